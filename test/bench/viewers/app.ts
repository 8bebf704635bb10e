import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '#build/bundle/index.ts';
import { randomPin } from '#build/demo/laptop.ts';
import { demoRules, type Office, startOffice } from '#build/demo/office.ts';
import { startKeyring } from '#build/host/keyring.ts';
import { type LaunchedApp, launchApp } from '#build/host/launch.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { ScreenOptions } from '#renderer/screen/api.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import { within } from '#test/fakes/children.ts';
import { screenSize } from '../displays.ts';
import { monotonicUs } from '../processor-time.ts';
import { profileChromium, profileNode, type StopProfile } from '../profile/profilers.ts';
import { connectRemote } from '../profile/remote.ts';
import type { Viewer, ViewerTarget } from './viewer.ts';

const startLimitMs = 25_000;
const attempts = 2;

/** The whole product: the built app full-screen, its tunnel, and a real gateway. The gateway's time counts as the viewer's. */
export const app: Viewer = {
  name: 'app',
  prepare: (names) => buildApp({ names }),
  start: async (target) => {
    for (let attempt = 1; ; attempt++) {
      const stops: (() => Promise<unknown>)[] = [];
      const stop = async () => {
        for (const end of stops.splice(0).reverse()) await end();
      };
      try {
        return { ...(await within(startApp(target, stops), startLimitMs, 'the start of the app')), stop };
      } catch (error) {
        await stop();
        if (attempt === attempts) throw error;
      }
    }
  },
};

type WorkerLike = { postMessage(message: { type: string; options: object }, transfer: unknown): void };

async function startApp(
  { display, port, access, quality, compression }: ViewerTarget,
  stops: (() => Promise<unknown>)[],
) {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-bench-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  // The barcode is read off the screen: no watermark over it.
  const policy = { ...demoRules, watermark: false };
  const office = await startOffice({ folder, site: 'bench', configure: (config) => ({ ...config, policy }) });
  stops.push(office.stop);
  await office.command('user', 'add', 'u', '--name', 'u');
  const way = access
    ? ['--protocol', 'rdp', '--security', access.security, '--certificate', 'none']
    : ['--protocol', 'vnc'];
  await office.command('desk', 'add', 'd', '--name', 'd', ...way, '--address', `127.0.0.1:${port}`);
  await office.command('desk', 'assign', 'd', 'u');
  const userData = join(folder, 'laptop');
  await mkdir(userData);
  await office.writeSiteFile(join(userData, 'site.json'));
  await writeFile(join(userData, 'preferences.json'), JSON.stringify({ language: 'en', theme: 'light' }));
  const keyring = await startKeyring(join(folder, 'keyring'));
  stops.push(keyring.stop);
  const { code } = await office.enrolDevice({ user: 'u', label: 'bench' });
  const launched = await launchApp({
    userData,
    env: { DISPLAY: display, ...keyring.env },
    timeout: 20_000,
    chromiumArgs: ['--kiosk', '--window-position=0,0', `--window-size=${screenSize.width},${screenSize.height}`],
  });
  stops.push(launched.close);
  const { page } = launched;
  await page.waitForFunction(() => 'hanare' in globalThis);
  await bridgeOf(launched).enrol(code, randomPin());
  const button = page.getByRole('button', { name: 'Connect' });
  await button.waitFor();
  // Without a session the window leaves full screen again; beside its bar the picture would be scaled, which costs.
  await page.evaluate(() => {
    const { session, window } = (globalThis as unknown as { hanare: Bridge }).hanare;
    session.onChange(({ phase }) => {
      if (phase === 'connected') void window.setFullScreen(true);
    });
  });
  const frame = page.frames().find((each) => each !== page.mainFrame());
  if (!frame) throw new Error('the screen is not preloaded');
  await frame.waitForLoadState();
  // The same settings as every other viewer: the window's own choice is changed on its way to the screen's worker.
  await frame.evaluate(
    ({ given, size }) => {
      const { prototype } = (globalThis as unknown as { Worker: { prototype: WorkerLike } }).Worker;
      const { postMessage } = prototype;
      prototype.postMessage = function (message, transfer) {
        // The window would have the desk take its own size, and the barcode with it.
        if (message.type === 'size') {
          if (size === null) return;
          Object.assign(message, size);
        }
        if (message.type === 'start') Object.assign(message.options, given);
        postMessage.call(this, message, transfer);
      };
    },
    {
      size: access?.sized ? { ...screenSize, scalePercent: 100, monitors: [] } : null,
      given: {
        ...{ scale: 'actual', resize: access?.sized ? 'match' : 'keep' },
        ...(access === null ? { vnc: { quality, compression } } : {}),
      } satisfies Partial<ScreenOptions>,
    },
  );
  const connectBeganUs = monotonicUs();
  await button.evaluate((element) => (element as unknown as { click(): void }).click());
  if (access !== null) {
    const { user, password } = access;
    await page.getByRole('dialog').waitFor();
    await page.evaluate((login) => (globalThis as unknown as { hanare: Bridge }).hanare.session.login(login), {
      ...{ user, password },
    });
  }
  // Playwright listens to the network: Chromium would send it every byte of the desk once more, and be measured with it.
  if (launched.host === 'stand-in') await page.context().browser()?.close();
  const startProfile = () => profileApp(launched, office);
  return { connectBeganUs, pids: () => [launched.pid, office.gateway().pid ?? -1], startProfile };
}

/** In Electron, whose windows cannot be driven from here, main and the gateway alone. */
async function profileApp({ endpoint, pid, log }: LaunchedApp, office: Office): Promise<StopProfile> {
  const remote = endpoint === null ? undefined : await connectRemote(endpoint);
  const profiles = await Promise.all([
    ...(remote ? [profileChromium(remote.cdp)] : []),
    profileNode('main', pid, log),
    profileNode('gateway', office.gateway().pid ?? -1, office.log),
  ]);
  return async () => {
    const ended = await Promise.all(profiles.map((end) => end()));
    remote?.close();
    return ended.flat();
  };
}
