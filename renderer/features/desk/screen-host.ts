import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { ErrorDetails } from '#contract/errors/hanare-error.ts';
import type { Bridge, ScreenPortMessage } from '#contract/ipc/bridge.ts';
import type { Monitor, ScreenFigures, SessionState } from '#contract/ipc/state.ts';
import type { KeyChord, ScaleMode, ScreenCommand, ScreenOptions, ScreenStart } from '#renderer/screen/api.ts';
import { readFailure } from '../../app/failure.ts';
import { createStore } from '../../app/store.ts';
import { type CheckedScreenEvent, parseScreenEvent } from './screen-events.ts';
import { createWatchdog } from './watchdog.ts';

/** Longer than any good start of the screen's page takes; then the session ends instead of waiting. Milliseconds. */
const startLimitMs = 10_000;
/**
 * Chromium keeps the process of a removed frame for two seconds in case the same site comes back; the next frame is
 * made after that, so that it gets a process which no desk's bytes have ever been in.
 */
const freshFrameDelayMs = 2500;
/**
 * A frame whose page says nothing for so long was lost on its way, as when the process it was given ended just then, and is
 * replaced: twice this for the next one, and so on, because a slow laptop must get there too. Milliseconds.
 */
const loadLimitMs = 3000;
const longestLoadLimitMs = 48_000;
/** Main hears figures no more often than this, however fast the screen sends them. Milliseconds. */
const figuresStepMs = 250;

const vncDesk = { protocol: 'vnc', vnc: { quality: 8, compression: 2 } } as const;

export type ScreenHostState = Readonly<{
  /** Counts frames: the React key of the iframe. */
  generation: number;
  /** Whether an iframe should be there. */
  mounted: boolean;
  /** Whether that iframe's page has said that it is ready. */
  ready: boolean;
  /** Whether it has been started for a session. */
  running: boolean;
  /** What the desk wants answered with a password; the answer is `answer`. */
  challenge: Uint8Array | null;
  scale: ScaleMode;
}>;

export type ScreenHostOptions = Readonly<{
  session: Bridge['session'];
  screenUrl: string;
  page: Window;
  /** The screen gave the keyboard back. */
  onLeave: () => void;
  /** The screen has covered itself, because the person pressed the key for it. */
  onHide: () => void;
}>;

type Running = Readonly<{ control: MessagePort; stopWatch: () => void }>;
/** Main's port for the next session, and what that session is. */
type Waiting = Readonly<{ port: MessagePort; what: Pick<ScreenOptions, 'protocol' | 'rdp' | 'vnc'> }>;

/**
 * Owns the screen's iframe over its life: preloaded before a session, started with main's port when that comes, watched
 * while it runs, and thrown away after. INVARIANT: one frame serves one session.
 */
export function createScreenHost({ session, screenUrl, page, onLeave, onHide }: ScreenHostOptions) {
  const origin = originOf(screenUrl);
  const store = createStore<ScreenHostState>({
    generation: 0,
    mounted: true,
    ready: false,
    running: false,
    challenge: null,
    scale: 'fit',
  });
  const update = (change: Partial<ScreenHostState>) => store.set({ ...store.get(), ...change });

  let frame: HTMLIFrameElement | null = null;
  let waiting: Waiting | null = null;
  let running: Running | null = null;
  let startTimer: ReturnType<typeof setTimeout> | undefined;
  let freshTimer: ReturnType<typeof setTimeout> | undefined;
  let loadTimer: ReturnType<typeof setTimeout> | undefined;
  let loadLimit = loadLimitMs;
  /** Whether this session's end has been reported, so that one end is one report. */
  let reported = false;
  let monitors: readonly Monitor[] | null = null;
  let sound = false;
  let phase: SessionState['phase'] = 'idle';
  let challenged = false;
  let pictured = false;
  /** The screen has left its desk and waits for another port. */
  let leaves = false;
  let figuresAt = Number.NEGATIVE_INFINITY;

  const report = (what: Parameters<Bridge['session']['report']>[0]) => {
    // Main refuses a report when its session is already over; there is then nothing left to tell.
    session.report(what).catch(() => undefined);
  };

  function fail(reason: ErrorName, details: ErrorDetails = {}): void {
    if (!reported) report({ type: 'ended', reason, details: { ...details } });
    reported = true;
    retire();
  }

  /** Takes the frame away if it was used or is in doubt, and brings a fresh one a little later. */
  function retire(): void {
    clearTimeout(startTimer);
    startTimer = undefined;
    waiting?.port.close();
    waiting = null;
    if (running !== null) {
      running.stopWatch();
      running.control.onmessage = null;
      running.control.postMessage({ type: 'close' } satisfies ScreenCommand);
      running.control.close();
      running = null;
    }
    replaceFrame();
  }

  function replaceFrame(): void {
    clearTimeout(loadTimer);
    if (!store.get().mounted) return;
    // From now on nothing it posts counts, though React has yet to take it out of the page.
    frame = null;
    update({ mounted: false, ready: false, running: false, challenge: null, scale: 'fit' });
    freshTimer = setTimeout(() => update({ mounted: true, generation: store.get().generation + 1 }), freshFrameDelayMs);
  }

  /** INVARIANT: a frame is replaced by this only before it is ready, so never one that has been used. */
  function watchLoad(): void {
    clearTimeout(loadTimer);
    loadTimer = setTimeout(() => {
      loadLimit = Math.min(loadLimit * 2, longestLoadLimitMs);
      replaceFrame();
    }, loadLimit);
  }

  function takePort(port: MessagePort, { desk, rdp }: ScreenPortMessage): void {
    if (running !== null && leaves && rdp !== null) {
      leaves = false;
      pictured = false;
      running.control.postMessage({ type: 'reconnect', rdp } satisfies ScreenCommand, [port]);
      return;
    }
    if (running !== null || waiting !== null) retire();
    waiting = { port, what: desk.protocol === 'rdp' && rdp !== null ? { protocol: 'rdp', rdp } : vncDesk };
    reported = false;
    startTimer = setTimeout(() => fail('screenCrashed'), startLimitMs);
    start();
  }

  function start(): void {
    if (waiting === null || !store.get().ready || frame?.contentWindow == null) return;
    clearTimeout(startTimer);
    startTimer = undefined;
    const { port, what } = waiting;
    const options: ScreenOptions = { ...what, scale: store.get().scale, resize: 'match' };
    const { port1: control, port2 } = new MessageChannel();
    const message: ScreenStart = { hanare: 'screen.start', options };
    frame.contentWindow.postMessage(message, origin, [port2, port]);
    waiting = null;
    // Only VNC asks this way: whoever else does wants main to answer chosen challenges.
    challenged = what.protocol !== 'vnc';
    pictured = false;
    leaves = false;
    figuresAt = Number.NEGATIVE_INFINITY;
    // A port says nothing when the process at its other end is killed (tried with Chromium 156), so silence has to.
    const watchdog = createWatchdog(() => fail('screenCrashed'));
    control.onmessage = (event) => {
      const heard = parseScreenEvent(event.data);
      if (heard?.type === 'firstPicture' || heard?.type === 'figures') watchdog.beat();
      hear(heard);
    };
    running = { control, stopWatch: watchdog.stop };
    // A new page is silent until it is told otherwise.
    if (sound) control.postMessage({ type: 'sound', on: true } satisfies ScreenCommand);
    update({ running: true });
  }

  function hear(event: CheckedScreenEvent | null): void {
    if (event === null) {
      fail('screenProtocolError', { problem: 'screen message' });
      return;
    }
    switch (event.type) {
      case 'opened':
      case 'resized':
        break;
      case 'challenge':
        takeChallenge(event.challenge);
        break;
      case 'firstPicture':
        if (!pictured) report({ type: 'firstPicture', figures: event.figures });
        pictured = true;
        break;
      case 'figures':
        takeFigures(event.figures);
        break;
      case 'reconnect':
        // The same frame goes on: what it is connected to is the same desk.
        leaves = true;
        report({ type: 'reconnect' });
        break;
      case 'leave':
        onLeave();
        break;
      case 'hide':
        onHide();
        break;
      case 'closed':
        if (event.failure !== undefined) fail(event.failure.reason, event.failure.details);
        break;
      default:
        event satisfies never;
    }
  }

  function takeChallenge(challenge: Uint8Array): void {
    // RFB asks once, before it opens. A second one would be a way to have main answer chosen challenges.
    if (challenged || pictured) {
      fail('screenProtocolError', { problem: 'second challenge' });
      return;
    }
    challenged = true;
    update({ challenge });
    report({ type: 'challenge' });
  }

  function takeFigures(figures: ScreenFigures): void {
    const now = performance.now();
    if (now - figuresAt < figuresStepMs) return;
    figuresAt = now;
    report({ type: 'figures', figures });
  }

  function onMessage(event: MessageEvent): void {
    const what = (event.data as { hanare?: unknown } | null)?.hanare;
    if (what === 'screen.ready' && event.source === (frame?.contentWindow ?? undefined) && event.origin === origin) {
      if (running !== null) return;
      clearTimeout(loadTimer);
      loadLimit = loadLimitMs;
      update({ ready: true });
      start();
    } else if (isPortMessage(event, page)) {
      takePort(event.ports[0]!, event.data);
    }
  }

  function sessionChanged(state: SessionState): void {
    if (state.phase === 'idle' || state.phase === 'ended') {
      reported = true;
      if (running !== null || waiting !== null) retire();
    } else if (state.phase === 'connected' && running === null && !reported) {
      // The page was loaded anew in the middle of a session: the port went with the old page.
      fail('screenCrashed');
    } else if (state.phase === 'connecting' && phase !== 'connecting') {
      reported = false;
    }
    phase = state.phase;
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    sessionChanged,
    attach(element: HTMLIFrameElement | null): void {
      frame = element;
      if (element !== null) watchLoad();
    },
    /** Begins to listen to the page's messages. @returns what ends it. */
    listen(): () => void {
      page.addEventListener('message', onMessage);
      return () => {
        page.removeEventListener('message', onMessage);
        clearTimeout(freshTimer);
        clearTimeout(startTimer);
        clearTimeout(loadTimer);
        running?.stopWatch();
      };
    },
    /** Has main compute the answer, and passes it on. The password goes nowhere else. */
    async answer(password: string): Promise<void> {
      const { challenge } = store.get();
      const asked = running;
      if (challenge === null || asked === null) return;
      try {
        const response = await session.answerDesk(challenge, password);
        if (running !== asked) return;
        update({ challenge: null });
        asked.control.postMessage({ type: 'answer', response } satisfies ScreenCommand);
      } catch (error) {
        const { reason, details } = readFailure(error);
        if (running === asked) fail(reason, details);
      }
    },
    setScale(mode: ScaleMode): void {
      update({ scale: mode });
      running?.control.postMessage({ type: 'scale', mode } satisfies ScreenCommand);
    },
    /** Where the laptop's displays lie within the window, while it is laid over several. */
    setMonitors(next: readonly Monitor[] | null): void {
      if (next === monitors) return;
      monitors = next;
      running?.control.postMessage({ type: 'monitors', monitors } satisfies ScreenCommand);
    },
    /** Whether the desk's sound is heard. Not before this has said so. */
    setSound(on: boolean): void {
      if (on === sound) return;
      sound = on;
      running?.control.postMessage({ type: 'sound', on } satisfies ScreenCommand);
    },
    sendChord(chord: KeyChord): void {
      running?.control.postMessage({ type: 'chord', chord } satisfies ScreenCommand);
    },
    /** Takes the picture and the keyboard from the person, or gives them back. */
    cover(on: boolean): void {
      running?.control.postMessage({ type: 'cover', on } satisfies ScreenCommand);
    },
    /** Gives the keyboard to the desk. */
    focus(): void {
      if (running === null) return;
      frame?.focus();
      running.control.postMessage({ type: 'focus' } satisfies ScreenCommand);
    },
  };
}

export type ScreenHost = ReturnType<typeof createScreenHost>;

/** URL gives an opaque origin for a scheme it does not know as standard; the app's own scheme is, in Electron. */
function originOf(url: string): string {
  const { origin, protocol, host } = new URL(url);
  return origin === 'null' ? `${protocol}//${host}` : origin;
}

function isPortMessage(event: MessageEvent, page: Window): event is MessageEvent<ScreenPortMessage> {
  const what = (event.data as { hanare?: unknown } | null)?.hanare;
  return (
    what === 'screen.port' && event.source === page && event.origin === page.location.origin && event.ports.length === 1
  );
}
