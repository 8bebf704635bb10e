import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { until, waitForPhase } from './support/page.ts';
import { rdpDesks } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';
import { openXDisplay, type XDisplay } from './support/x-display.ts';

/* A laptop with a display beside it: the desk becomes one of two monitors, each where the laptop's is. */

for (const { title, security, missing, resizes, startEmpty } of await rdpDesks()) {
  if (!resizes || title === 'xrdp-0.9') continue;
  if (missing !== null) console.warn(`\n!!! SKIPPED: two displays on ${title} are NOT tested here: ${missing}\n`);
  describe.skipIf(missing !== null)(`two displays on ${title}`, () => {
    let desk: Awaited<ReturnType<typeof startEmpty>>;
    let world: World;
    let app: LaunchedApp;
    let display: XDisplay;
    beforeAll(async () => {
      desk = await startEmpty();
      world = await createWorld({ rdp: { port: desk.port, security } });
      app = await world.open({ chromiumArgs: ['--screen-info={1366x768}{1366,0 1280x1024}'] });
      await signInToRdp(app);
      await waitForPhase(app, 'connected');
      display = await openXDisplay(desk.display ?? '', 'authority' in desk ? desk.authority : null);
    });
    afterAll(async () => {
      await display?.stop();
      await world?.stop();
      await desk?.stop();
    });
    const monitors = async () =>
      [...(await display.run('xrandr', '--listmonitors')).matchAll(/\+(\*?)\S+ (\d+)\/\d+x(\d+)\/\d+\+(\d+)\+(\d+)/g)]
        .map(([, primary, ...numbers]) => ({ primary: primary === '*', at: numbers.join(' ') }))
        .sort((one, other) => Number(other.primary) - Number(one.primary));

    test('are two monitors of the desk, and the bar is on the main one', async () => {
      await app.page.getByRole('button', { name: 'すべての画面を使う' }).click();
      await until('two monitors', async () => (await monitors()).length === 2, 15_000).catch(() => undefined);
      expect(await monitors()).toEqual([
        { primary: true, at: '1366 768 0 0' },
        { primary: false, at: '1280 1024 1366 0' },
      ]);
      display.start('xterm', '-geometry', '80x24+1500+700');
      await until('its window', async () => (await display.run('xwininfo', '-root', '-tree')).includes('"xterm"'));
      await shoot(app.page, `rdp-${title}-displays`);
      const handle = await app.page.locator('.bar--floating, .handle').boundingBox();
      expect(handle?.x).toBeGreaterThanOrEqual(0);
      expect((handle?.x ?? 0) + (handle?.width ?? 0)).toBeLessThanOrEqual(1366);
    });

    test('are one again when the window goes back', async () => {
      // The bar may have folded away meanwhile.
      const handle = app.page.locator('.handle__button');
      if ((await handle.count()) > 0) await handle.click();
      await app.page.getByRole('button', { name: '1 つの画面に戻す' }).click();
      await until('one monitor', async () => (await monitors()).length === 1, 15_000);
      const [only] = await monitors();
      expect(only?.at).toMatch(/^1366 /);
    });
  });
}
