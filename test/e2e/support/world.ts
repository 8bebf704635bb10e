import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Office, startOffice } from '#build/demo/office.ts';
import { type LaunchedApp, launchApp } from '#build/host/launch.ts';
import type { DeviceFile } from '#contract/device/device-file.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { startXDesk, type XDesk } from './x-desk.ts';

/** An office with one user, one real desk and one laptop on which the built app runs. */
export type World = Readonly<{
  office: Office;
  desk: XDesk;
  folder: string;
  laptop: string;
  open(options?: { size?: { width: number; height: number } }): Promise<LaunchedApp>;
  /** Rewrites the laptop's device file. */
  changeDevice(change: (file: DeviceFile) => DeviceFile): Promise<void>;
  stop(): Promise<void>;
}>;

export async function createWorld(options: { password?: string; language?: 'ja' | 'en' } = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-e2e-'));
  const desk = await startXDesk(options.password === undefined ? {} : { password: options.password });
  const office = await startOffice({ folder, site: 'E2E' });
  await office.command('user', 'add', 'hanako', '--name', 'Hanako');
  await office.command(
    'desk',
    'add',
    'pc-1',
    '--name',
    'PC 1',
    '--protocol',
    'vnc',
    '--address',
    `127.0.0.1:${desk.port}`,
  );
  await office.command('desk', 'assign', 'pc-1', 'hanako');
  const laptop = join(folder, 'laptop');
  const deviceFile = join(laptop, 'device.json');
  await mkdir(laptop, { mode: 0o700 });
  await office.issueDevice({ user: 'hanako', label: 'E2E laptop', out: deviceFile });
  await writeFile(
    join(laptop, 'preferences.json'),
    JSON.stringify({ language: options.language ?? 'ja', theme: 'light' }),
  );
  const apps: LaunchedApp[] = [];
  return {
    office,
    desk,
    folder,
    laptop,
    open: async ({ size = { width: 1366, height: 768 } } = {}) => {
      const app = await launchApp({ userData: laptop, headless: true, size });
      apps.push(app);
      await app.page.waitForFunction(() => 'hanare' in globalThis);
      return app;
    },
    changeDevice: async (change) => {
      const file = JSON.parse(await readFile(deviceFile, 'utf8')) as DeviceFile;
      await writeFile(deviceFile, JSON.stringify(change(file)), { mode: 0o600 });
    },
    stop: async () => {
      for (const app of apps) await app.close().catch(() => undefined);
      await office.stop();
      await desk.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function sessionState(app: LaunchedApp): Promise<SessionState> {
  return await app.page.evaluate(() => (globalThis as unknown as { hanare: Bridge }).hanare.session.state());
}

/** Waits until something holds. @throws Error that names it when it does not within the limit, ms */
export async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(100);
  }
}

export async function waitForPhase(
  app: LaunchedApp,
  phase: SessionState['phase'],
  limitMs = 30_000,
): Promise<SessionState> {
  let state: SessionState | undefined;
  const reached = async () => {
    state = await sessionState(app).catch(() => undefined);
    return state?.phase === phase;
  };
  await until(`phase ${phase}`, reached, limitMs).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; it is ${JSON.stringify(state)}; ${app.log().slice(-5).join(' | ')}`);
  });
  return state!;
}
