import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Policy } from '#contract/policy/policy.ts';

/** What another program gets of the window; `unsupported`: this system keeps no window from being copied, or cannot be asked. */
export type OwnPicture = 'black' | 'visible' | 'unsupported';
export type CaptureState = 'blocked' | 'open' | 'unsupported';

/** The window as the watch sees it; main/shell/capture-probe.ts is Electron's. */
export type CaptureTarget = Readonly<{
  /** Asks the system to keep the window out of what other programs see. */
  protect(): void;
  /** Whether there is anything to be copied: not while the window is hidden or minimised. */
  shown(): boolean;
  probe(): Promise<OwnPicture>;
  /** Calls `listener` at whatever may undo the protection. @returns how to stop that. */
  events(listener: () => void): () => void;
}>;

type CaptureTiming = Readonly<{
  /** From the last of some events to the look: a window that is being moved sends many. */
  settleMs: number;
  /** From the first of them at most, so that a window that never rests is looked at too. */
  mostSettleMs: number;
  everyMs: number;
  /** While it is open: what opened it may end at any moment, and the person waits for the picture. */
  everyOpenMs: number;
  probeMs: number;
}>;

const usualTiming: CaptureTiming = {
  settleMs: 300,
  mostSettleMs: 2_000,
  everyMs: 60_000,
  everyOpenMs: 5_000,
  probeMs: 10_000,
};

export type CaptureWatch = Readonly<{
  /** `open` until the first look: what was not seen to be blocked counts as open. */
  state(): CaptureState;
  stop(): void;
}>;

/** Keeps the window protected against being copied, and looks whether it holds. */
export function watchCapture(
  parts: CaptureTarget &
    Readonly<{ onChange: (state: CaptureState) => void; log: Logger; timing?: Partial<CaptureTiming> }>,
): CaptureWatch {
  const { protect, shown, probe, onChange, log } = parts;
  const timing = { ...usualTiming, ...parts.timing };
  let state: CaptureState = 'open';
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let waitingSince: number | undefined;
  let looking = false;
  let again = false;
  let failed = false;

  function become(next: CaptureState): void {
    if (next === state) return;
    state = next;
    log.info('protection of the window', { state });
    try {
      onChange(state);
    } catch (error) {
      // Whoever listens must not stop the watch.
      log.error('a change of the window’s protection could not be handled', { error });
    }
  }

  function lookIn(ms: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(look, ms);
  }

  function look(): void {
    waitingSince = undefined;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    protect();
    judge()
      .then((seen) => {
        if (!stopped && seen !== undefined) become(seen);
      })
      .finally(() => {
        looking = false;
        if (again) lookIn(0);
        else if (waitingSince === undefined) lookIn(state === 'open' ? timing.everyOpenMs : timing.everyMs);
        again = false;
      });
  }

  /** Undefined: there is nothing to be seen now, so what was found last stays. Never rejects. */
  async function judge(): Promise<CaptureState | undefined> {
    if (!shown()) return undefined;
    try {
      const seen = await inTime(probe(), timing.probeMs);
      failed = false;
      // Hidden meanwhile: what came may be the picture of nothing.
      if (!shown()) return undefined;
      return seen === 'black' ? 'blocked' : seen === 'visible' ? 'open' : 'unsupported';
    } catch (error) {
      if (!failed) log.warn('the window’s own picture could not be taken', { error });
      failed = true;
      return 'open';
    }
  }

  function happened(): void {
    if (stopped) return;
    protect();
    const at = performance.now();
    waitingSince ??= at;
    lookIn(Math.max(0, Math.min(timing.settleMs, waitingSince + timing.mostSettleMs - at)));
  }

  const off = parts.events(happened);
  look();
  return {
    state: () => state,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      off();
    },
  };
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a session must bear for it. What a system cannot do counts as not done. */
export function captureVerdict(
  state: CaptureState,
  rule: Policy['capture'],
): Readonly<Record<'pause' | 'notice', Failure | null>> {
  const failure: Failure | null = state === 'blocked' ? null : { reason: 'captureUnprotected', details: {} };
  return { pause: rule === 'pause' ? failure : null, notice: rule === 'warn' ? failure : null };
}
