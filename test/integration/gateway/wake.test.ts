import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import type { WakeStage } from '#contract/wire/messages.ts';
import { systemClock } from '#gateway/server/limits.ts';
import { createWaker } from '#gateway/server/wake.ts';
import { startChild } from '#test/fakes/children.ts';
import { freePort } from '#test/fakes/free-port.ts';
import { startXtigervnc, type Xtigervnc } from '#test/fakes/xtigervnc.ts';

const mac = '00:1b:44:11:3a:b7';

describe('waking a desk', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  it('starts a real VNC server by a real packet, and says ready once it greets', async () => {
    const port = await freePort();
    let desk: Promise<Xtigervnc> | undefined;
    const card = createSocket('udp4');
    card.bind(0, '127.0.0.1');
    await once(card, 'listening');
    undo.push(() => new Promise<void>((resolve) => card.close(resolve)));
    card.on('message', (packet) => {
      const wanted = 'ff'.repeat(6) + mac.replaceAll(':', '').repeat(16);
      if (packet.toString('hex') === wanted) desk ??= startXtigervnc({ port });
    });
    const stages: WakeStage[] = [];
    const logger = createLogger({ sink: () => undefined, now: Date.now, context: 'test' });
    const result = await createWaker({ clock: systemClock, logger }).wake(
      { id: 'pc-1', protocol: 'vnc', host: '127.0.0.1', port, mac, wakeTo: `127.0.0.1:${card.address().port}` },
      { stage: (stage) => stages.push(stage), signal: new AbortController().signal },
    );
    undo.push(async () => (await desk)?.stop());
    expect([stages, result]).toEqual([['sent', 'answers', 'ready'], { ok: true }]);
    // Once more, now that it is on: no stage at all.
    const again = await createWaker({ clock: systemClock, logger }).wake(
      { id: 'pc-1', protocol: 'vnc', host: '127.0.0.1', port, mac, wakeTo: null },
      { stage: (stage) => stages.push(stage), signal: new AbortController().signal },
    );
    expect([stages.length, again]).toEqual([3, { ok: true }]);
  });

  // A PC that is off answers nothing at all, which loopback cannot do without a filter: a network of its own can.
  it.skipIf(!mayMakeNetworks())('tells a PC that is off from one that starts, in a network of its own', async () => {
    const script = fileURLToPath(new URL('wake-off-desk.ts', import.meta.url));
    const child = startChild('unshare', ['--user', '--map-root-user', '--net', process.execPath, script]);
    undo.push(() => child.stop());
    const [, line] = await child.line(/^(\{.*\})$/, 50_000);
    expect(JSON.parse(line!)).toEqual({
      off: { stages: [], result: { ok: false, failure: { reason: 'wakeImpossible', details: {} } } },
      dead: { stages: ['sent'], result: { ok: false, failure: { reason: 'wakeNoAnswer', details: { seconds: 2 } } } },
      woken: { stages: ['sent', 'answers', 'ready'], result: { ok: true }, silentBefore: true },
    });
  });
});

function mayMakeNetworks(): boolean {
  try {
    const script = 'ip link set lo up && nft add table inet try';
    execFileSync('unshare', ['--user', '--map-root-user', '--net', 'sh', '-c', script], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
