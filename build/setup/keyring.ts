import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebian } from './debian.ts';

/** Debian packages of what build/host/keyring.ts runs. */
export const keyringPackages = ['gnome-keyring', 'dbus', 'libglib2.0-bin'] as const;
const programs = ['gnome-keyring-daemon', 'dbus-daemon', 'gdbus'];

/** Makes sure that a private keyring can be started; on a system other than Debian it takes what is on PATH. */
export function ensureKeyring(): void {
  const folders = (process.env.PATH ?? '').split(':').filter(Boolean);
  const there = programs.every((name) => folders.some((folder) => existsSync(join(folder, name))));
  if (!there) ensureDebian(keyringPackages, 'give the demo laptop a keyring for its key');
}
