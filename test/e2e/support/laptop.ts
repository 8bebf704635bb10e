import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Office } from '#build/demo/office.ts';
import { messages } from '#build/demo/window.ts';
import { type Keyring, startKeyring } from '#build/host/keyring.ts';
import { type LaunchedApp, type LaunchOptions, launchApp } from '#build/host/launch.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';

export type Language = 'ja' | 'en';

/** A laptop with a keyring of its own, on which the built app runs. */
export type Laptop = Readonly<{
  /** The app's data folder. */
  folder: string;
  keyring: Keyring;
  pin: string;
  /** Starts the app as it is: not enrolled, or locked. */
  start(options?: Partial<LaunchOptions>): Promise<LaunchedApp>;
  /** Starts the app, enrols it where it is not yet, unlocks it, and waits for the screen that is ready to connect. */
  open(options?: Partial<LaunchOptions>): Promise<LaunchedApp>;
  stop(): Promise<void>;
}>;

/**
 * @param options.folder to be made; the caller removes it after `stop`. @param options.siteFile whether the installer has
 * left site.json; true unless told otherwise. @param options.code gives the code that `open` enrols with.
 */
export async function prepareLaptop(options: {
  folder: string;
  office: Office;
  language: Language;
  siteFile?: boolean;
  code: () => Promise<string>;
}): Promise<Laptop> {
  const { office, language } = options;
  const folder = join(options.folder, 'data');
  const pin = '593 rakuda 17';
  const apps: LaunchedApp[] = [];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'preferences.json'), JSON.stringify({ language, theme: 'light' }));
  if (options.siteFile !== false) await office.writeSiteFile(join(folder, 'site.json'));
  const keyring = await startKeyring(join(options.folder, 'keyring'));

  const start: Laptop['start'] = async ({ env, ...more } = {}) => {
    const size = { width: 1366, height: 768 };
    const app = await launchApp({ userData: folder, headless: true, size, ...more, env: { ...keyring.env, ...env } });
    apps.push(app);
    await app.page.waitForFunction(() => 'hanare' in globalThis);
    return app;
  };
  return {
    folder,
    keyring,
    pin,
    start,
    open: async (more) => {
      const app = await start(more);
      const status = await bridgeOf(app).status();
      if (status.state === 'notEnrolled') await bridgeOf(app).enrol(await options.code(), pin);
      else await bridgeOf(app).unlock(pin);
      await app.page.getByRole('button', { name: messages[language]['ready.connect'] }).waitFor();
      return app;
    },
    stop: async () => {
      for (const app of apps) await app.close().catch(() => undefined);
      await keyring.stop();
    },
  };
}
