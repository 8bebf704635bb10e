import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { PostureVerdict } from '#contract/evidence/posture.ts';
import { createLogger } from '#contract/log/logger.ts';
import type { Machine } from '#contract/wire/messages.ts';
import type { TunnelState } from '#contract/wire/tunnel-state.ts';
import type { Credentials } from '#main/tunnel/dial.ts';
import type { TunnelCredentials } from '#main/tunnel/pairs.ts';
import { openTunnel, type TunnelDevice } from '#main/tunnel/tunnel.ts';
import { createFakeDevice } from './fake-device.ts';

export type TestTunnelOptions = Readonly<{
  desk?: string | null;
  wallNow?: () => number;
  onState?: (state: TunnelState) => void;
  device?: TunnelDevice;
  /** The laptop's own one-time passwords. */
  otp?: () => Promise<string>;
  older?: TunnelCredentials['older'];
  machine?: Machine;
}>;

/** Opens a real tunnel and keeps what it says. */
export function startTestTunnel(credentials: Credentials, options: TestTunnelOptions = {}) {
  const refusals: Failure[] = [];
  const kept: { id: number; verdicts: readonly PostureVerdict[] }[] = [];
  const phases: string[] = [];
  const lines: string[] = [];
  const got: Buffer[] = [];
  let later = 0;
  let closings = 0;
  let channel: Duplex | undefined;
  let tellChannel: (stream: Duplex) => void;
  let tellClosed: (closed: NonNullable<TunnelState['closed']>) => void;
  const channelOpen = new Promise<Duplex>((resolve) => {
    tellChannel = resolve;
  });
  const closed = new Promise<NonNullable<TunnelState['closed']>>((resolve) => {
    tellClosed = resolve;
  });
  const tunnel = openTunnel({
    credentials: { ...credentials, older: options.older ?? null },
    desk: options.desk ?? null,
    identity: {
      version: '1.0.0',
      platform: 'test',
      machine: options.machine ?? { uuid: null, serial: null, macs: [] },
    },
    device: options.device ?? createFakeDevice(),
    otp: { next: options.otp ?? (async () => '123456') },
    log: createLogger({ sink: (line) => lines.push(line), now: Date.now, level: 'debug', context: 'tunnel' }),
    now: () => performance.now() + later,
    wallNow: options.wallNow ?? Date.now,
    onState: (state) => {
      if (phases.at(-1) !== state.phase) phases.push(state.phase);
      options.onState?.(state);
      if (!state.closed) return;
      closings += 1;
      tellClosed(state.closed);
    },
    onExtendRefused: (failure) => refusals.push(failure),
    onKept: (id, verdicts) => kept.push({ id, verdicts }),
    onChannel: (stream) => {
      channel = stream;
      stream.on('data', (chunk: Buffer) => {
        got.push(chunk);
        tunnel.heard();
      });
      stream.resume();
      tellChannel(stream);
    },
  });
  return {
    tunnel,
    phases,
    lines,
    /** Why extending the sign-in was refused. */
    refusals,
    /** What the office has written down. */
    kept,
    closed,
    channelOpen,
    channel: () => channel,
    closings: () => closings,
    received: () => Buffer.concat(got),
    /** Lets the tunnel's clock jump; its next tick sees it. */
    jump(ms: number) {
      later += ms;
    },
    async reached(phase: string): Promise<void> {
      for (let tries = 0; tries < 1_000 && !phases.includes(phase); tries += 1) await sleep(5);
      if (!phases.includes(phase)) throw new Error(`the tunnel never was at ${phase}, only at ${phases}`);
    },
  };
}

/** What keeps this process alive of the kinds that a tunnel makes. */
export function liveResources(): Record<string, number> {
  const kinds = ['TCPSocketWrap', 'TLSWrap', 'TCPConnectWrap', 'GetAddrInfoReqWrap', 'Timeout'];
  const now = process.getActiveResourcesInfo();
  return Object.fromEntries(kinds.map((kind) => [kind, now.filter((one) => one === kind).length]));
}

/**
 * Waits until no more is alive than was before. @returns what is too much, empty when all is gone.
 * @param servers how many sockets the other side of the test, in this same process, still holds.
 */
export async function leftOver(
  before: Record<string, number>,
  servers: () => number = () => 0,
): Promise<Record<string, number>> {
  let more: [string, number][] = [];
  for (let tries = 0; tries < 300; tries += 1) {
    const now = liveResources();
    const allowed = { ...before, TCPSocketWrap: (before.TCPSocketWrap ?? 0) + servers() };
    more = Object.entries(now).filter(([kind, count]) => count > (allowed[kind as 'TCPSocketWrap'] ?? 0));
    if (more.length === 0) return {};
    await sleep(10);
  }
  return Object.fromEntries(more);
}
