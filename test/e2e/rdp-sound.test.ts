import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { tonePlayer } from '#test/fakes/rdp/tone.ts';
import { noXrdp, startXrdp, type Xrdp } from '#test/fakes/rdp/xrdp.ts';
import { until, waitForPhase } from './support/page.ts';
import { account } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

/* Whether the window plays what a desk plays: told by the browser's own account of it, since nobody listens here. */

const missing = noXrdp();
if (missing !== null) console.warn(`\n!!! SKIPPED: the sound in the window is NOT tested here: ${missing}\n`);
describe.skipIf(missing !== null)('a desk that plays a tone', () => {
  let desk: Xrdp;
  let world: World;
  let app: LaunchedApp;
  const contexts = new Map<string, string>();
  beforeAll(async () => {
    desk = await startXrdp({ desk: { ...account, kind: 'xorg', session: `${tonePlayer(440)} & exec sleep 100000` } });
    world = await createWorld({ rdp: { port: desk.port, security: 'tls' }, policy: { audio: true } });
    app = await world.open();
    await signInToRdp(app);
    await waitForPhase(app, 'connected');
    const frame = app.page.frames().find((one) => one !== app.page.mainFrame());
    const cdp = await app.page.context().newCDPSession(frame!);
    cdp.on('WebAudio.contextCreated', ({ context }) => void contexts.set(context.contextId, context.contextState));
    cdp.on('WebAudio.contextChanged', ({ context }) => void contexts.set(context.contextId, context.contextState));
    cdp.on('WebAudio.contextWillBeDestroyed', ({ contextId }) => void contexts.delete(contextId));
    await cdp.send('WebAudio.enable');
  });
  afterAll(async () => {
    await world?.stop();
    await desk?.stop();
  });
  const plays = () => [...contexts.values()].includes('running');

  test('is heard once the person has touched the picture', async () => {
    await app.page.mouse.click(400, 400);
    await until('sound', plays);
    await shoot(app.page, 'rdp-sound');
  });

  test('is silent while it is muted, and when the office forbids it', async () => {
    await app.page.getByRole('button', { name: '音を消す' }).click();
    await until('silence', () => !plays());
    await app.page.getByRole('button', { name: '音を出す' }).click();
    await until('sound again', plays);
    await world.office.command('policy', 'set', '--rule', 'audio=false');
    await until('silence for good', () => !plays());
    expect(await app.page.getByRole('button', { name: /^音を/ }).count()).toBe(0);
    expect(await app.page.locator('.bar').count()).toBe(1);
  });
});
