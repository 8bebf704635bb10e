import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startKeyring } from '#build/host/keyring.ts';
import { canStoreSecrets, hanareEntries, removeHanareEntries } from '#build/host/secret-service.ts';
import { ensureKeyring } from '#build/setup/keyring.ts';
import { pinProblem } from '#contract/identity/pin.ts';
import type { SiteFile } from '#contract/wire/enrol.ts';
import type { Office } from './office.ts';

/** A laptop as it comes from the installer: its data folder with site.json, and a keyring for its key. */
export type Laptop = Readonly<{
  userData: string;
  /** What its site.json says. */
  site: SiteFile;
  /** Environment by which the app finds the keyring. */
  env: Record<string, string>;
  /** Whose keyring it is. */
  keyring: 'own' | 'session';
  /** Removes what the app has put into the session's keyring, or ends its own. The folder is the caller's. */
  stop(): Promise<void>;
}>;

export async function prepareLaptop(options: {
  folder: string;
  office: Office;
  language: 'ja' | 'en';
  headless: boolean;
}): Promise<Laptop> {
  const userData = join(options.folder, 'laptop');
  await mkdir(userData, { mode: 0o700 });
  const site = await options.office.writeSiteFile(join(userData, 'site.json'));
  const preferences = { language: options.language, theme: 'system' };
  await writeFile(join(userData, 'preferences.json'), JSON.stringify(preferences));
  if (process.platform !== 'linux' || (!options.headless && (await sessionKeyringIsFree()))) {
    const stop = async () => {
      if (process.platform === 'linux') await removeHanareEntries(process.env);
    };
    return { userData, site, env: {}, keyring: 'session', stop };
  }
  ensureKeyring();
  const keyring = await startKeyring(join(options.folder, 'keyring'));
  return { userData, site, env: { ...keyring.env }, keyring: 'own', stop: keyring.stop };
}

/** Open without a question, and without the registration of a real Hanare, which must not be touched. */
async function sessionKeyringIsFree(): Promise<boolean> {
  if (!process.env.DBUS_SESSION_BUS_ADDRESS || !(await canStoreSecrets(process.env))) return false;
  return (await hanareEntries(process.env)).length === 0;
}

/** @returns eight digits that a PIN may have. */
export function randomPin(): string {
  for (;;) {
    const pin = String(randomInt(100_000_000)).padStart(8, '0');
    if (pinProblem(pin) === undefined) return pin;
  }
}
