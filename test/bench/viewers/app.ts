import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '#build/bundle/index.ts';
import { startOffice } from '#build/demo/office.ts';
import { launchApp } from '#build/host/launch.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { ScreenStart } from '#renderer/screen/api.ts';
import { screenSize } from '../displays.ts';
import { monotonicUs } from '../processor-time.ts';
import type { Viewer, ViewerTarget } from './viewer.ts';

/** The whole product: the built app full-screen, its tunnel, and a real gateway. The gateway's time counts as the viewer's. */
export const app: Viewer = {
  name: 'app',
  prepare: buildApp,
  start: async (target) => {
    const stops: (() => Promise<unknown>)[] = [];
    const stop = async () => {
      for (const end of stops.reverse()) await end();
    };
    try {
      return { ...(await startApp(target, stops)), stop };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};

async function startApp({ display, port, quality, compression }: ViewerTarget, stops: (() => Promise<unknown>)[]) {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-bench-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const office = await startOffice({ folder, site: 'bench' });
  stops.push(office.stop);
  await office.command('user', 'add', 'u', '--name', 'u');
  await office.command('desk', 'add', 'd', '--name', 'd', '--protocol', 'vnc', '--address', `127.0.0.1:${port}`);
  await office.command('desk', 'assign', 'd', 'u');
  const userData = join(folder, 'laptop');
  await mkdir(userData);
  await office.issueDevice({ user: 'u', label: 'bench', out: join(userData, 'device.json') });
  await writeFile(join(userData, 'preferences.json'), JSON.stringify({ language: 'en', theme: 'light' }));
  const launched = await launchApp({
    userData,
    env: { DISPLAY: display },
    chromiumArgs: ['--kiosk', '--window-position=0,0', `--window-size=${screenSize.width},${screenSize.height}`],
  });
  stops.push(launched.close);
  const { page } = launched;
  const button = page.getByRole('button', { name: 'Connect' });
  await button.waitFor();
  await page.evaluate(() => (globalThis as unknown as { hanare: Bridge }).hanare.window.setFullScreen(true));
  const frame = page.frames().find((each) => each !== page.mainFrame());
  if (!frame) throw new Error('the screen is not preloaded');
  // The same settings as every other viewer: the window's own choice is changed on its way to the screen's page.
  await frame.evaluate(
    (given) => {
      (globalThis as unknown as EventTarget).addEventListener(
        'message',
        (event: unknown) => {
          const { data } = event as { data: ScreenStart };
          if (data.hanare === 'screen.start') Object.assign(data.options, given);
        },
        true,
      );
    },
    { scale: 'actual', resize: 'keep', vnc: { quality, compression } },
  );
  const connectBeganUs = monotonicUs();
  await button.evaluate((element) => (element as unknown as { click(): void }).click());
  // Playwright listens to the network: Chromium would send it every byte of the desk once more, and be measured with it.
  if (launched.host === 'stand-in') await page.context().browser()?.close();
  return { connectBeganUs, pids: () => [launched.pid, office.gateway().pid ?? -1] };
}
