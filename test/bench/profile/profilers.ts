import { setTimeout as sleep } from 'node:timers/promises';
import type { Cdp, CdpConnection } from '#build/standin/cdp.ts';
import { type CpuProfile, type Spent, selfTimes } from './cpu-profile.ts';
import { connectRemote } from './remote.ts';

/** Where one thread's JavaScript and WebAssembly spent the time. */
export type ScriptProfile = Readonly<{ where: string; spent: readonly Spent[] }>;
export type StopProfile = () => Promise<readonly ScriptProfile[]>;

/** Finer than V8's own, for a frame takes a few ms. µs. */
const interval = 500;

async function startOne(where: string, session: Cdp): Promise<() => Promise<ScriptProfile>> {
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval });
  await session.send('Profiler.start');
  return async () => {
    const { profile } = await session.send('Profiler.stop');
    return { where, spent: selfTimes(profile as CpuProfile) };
  };
}

const together = (stops: readonly (() => Promise<ScriptProfile>)[]): StopProfile => {
  return () => Promise.all(stops.map((stop) => stop()));
};

/** Profiles every page, frame and worker of a Chromium that is there now. */
export async function profileChromium(cdp: CdpConnection): Promise<StopProfile> {
  const found: { where: string; session: Cdp }[] = [];
  const follow = async (sessionId: string, type: string, url: string): Promise<void> => {
    const session = cdp.session(sessionId);
    found.push({ where: `${type} ${url.split(/[?#]/)[0]!.split('/').at(-1)}`, session });
    const below: Promise<void>[] = [];
    session.on('Target.attachedToTarget', (child) => {
      below.push(follow(child.sessionId, child.targetInfo.type, child.targetInfo.url));
    });
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
    await Promise.all(below);
  };
  const { targetInfos } = await cdp.browser.send('Target.getTargets');
  for (const { type, targetId, url } of targetInfos) {
    if (type !== 'page') continue;
    const { sessionId } = await cdp.browser.send('Target.attachToTarget', { targetId, flatten: true });
    await follow(sessionId, type, url);
  }
  return together(await Promise.all(found.map(({ where, session }) => startOne(where, session))));
}

/**
 * Profiles the main thread of a running Node, which opens its inspector when it is asked to by a signal.
 * @param log what it has written so far, with the inspector's address
 */
export async function profileNode(where: string, pid: number, log: () => readonly string[]): Promise<StopProfile> {
  process.kill(pid, 'SIGUSR1');
  for (let tries = 0; tries < 200; tries++) {
    const url = log()
      .join('\n')
      .match(/Debugger listening on (ws:\S+)/)?.[1];
    if (url !== undefined) {
      const { cdp, close } = await connectRemote(url);
      const stop = await startOne(where, cdp.browser);
      return async () => [await stop().finally(close)];
    }
    await sleep(20);
  }
  throw new Error(`${where} opens no inspector`);
}
