import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { noXrdp, startXrdp, type Xrdp } from '#test/fakes/rdp/xrdp.ts';
import { until, waitForPhase } from './support/page.ts';
import { differenceFrom, screenBox } from './support/picture.ts';
import { account } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';
import { openXDisplay, type XDisplay } from './support/x-display.ts';

/* A desk without dynamic channels: it takes another size only when it is connected to anew. */

const missing = noXrdp();
if (missing !== null) console.warn(`\n!!! SKIPPED: a desk that is opened anew is NOT tested here: ${missing}\n`);
describe.skipIf(missing !== null)('a desk that takes no other size during a session', () => {
  let desk: Xrdp;
  let world: World;
  let app: LaunchedApp;
  let display: XDisplay;
  beforeAll(async () => {
    desk = await startXrdp({
      desk: { ...account, kind: 'xorg', session: 'exec sleep 100000' },
      dynamicChannels: false,
      staysDisconnected: true,
    });
    world = await createWorld({ rdp: { port: desk.port, security: 'tls' }, policy: { watermark: false } });
    app = await world.open();
    await signInToRdp(app);
    await waitForPhase(app, 'connected');
    display = await openXDisplay(desk.display ?? '', desk.authority);
  });
  afterAll(async () => {
    await display?.stop();
    await world?.stop();
    await desk?.stop();
  });
  const sessions = async () => {
    const { sessions: all } = (await world.office.command('session', 'list', '--all')) as {
      sessions: { sid: string; state: string; reason?: string | null }[];
    };
    return all;
  };

  test('is connected to anew for the size of the window, its programs going on, and nobody is asked', async () => {
    display.start('xterm', '-geometry', '60x20+40+40', '-fg', '#073642', '-bg', '#fdf6e3');
    await until('its window', async () => (await display.run('xwininfo', '-root', '-tree')).includes('"xterm"'));
    await app.page.setViewportSize({ width: 1180, height: 700 });
    await until('the notice', async () => (await app.page.locator('.desk__picture--old').count()) === 1);
    await shoot(app.page, 'rdp-anew');
    expect(await app.page.locator('.silent__notice').textContent()).toContain('画面の大きさを合わせています');
    await until('the new picture', async () => (await app.page.locator('.desk__picture--old').count()) === 0);
    const box = await screenBox(app.page);
    expect(await display.run('xdpyinfo')).toContain(`${Math.floor(box.width) & ~1}x${Math.floor(box.height)}`);
    expect(await display.run('xwininfo', '-root', '-tree')).toContain('"xterm"');
    await until('the same picture', async () => {
      const { mean, far } = await differenceFrom(app.page, await display.picture());
      return mean < 4 && far < 0.001;
    });
    await shoot(app.page, 'rdp-anew-done');
  });

  test('is typed at again', async () => {
    const client = await display.client();
    const box = await screenBox(app.page);
    await app.page.mouse.click(box.x + 300, box.y + 400);
    await until('the click', () => client.events.some(({ type, down }) => type === 'button' && !down));
    await app.page.keyboard.press('a');
    await until('the key', () => client.events.some(({ type, down }) => type === 'key' && !down));
  });

  test('has had two sessions at the office, the first of them left in order', async () => {
    const all = await sessions();
    expect(all.map(({ state, reason }) => [state, reason])).toEqual([
      ['open', null],
      ['ended', 'userEnded'],
    ]);
  });
});
