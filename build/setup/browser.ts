import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebian, MissingSoftware } from './debian.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** @returns the path of a Chromium that the stand-in can use: HANARE_CHROMIUM, or the first one on PATH. */
export function findBrowser(): string | undefined {
  const chosen = process.env.HANARE_CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const folders = (process.env.PATH ?? '').split(':').filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Chromium and fonts that have Japanese letters, for a machine where Electron's own binary cannot be had. */
export function ensureBrowser(): string {
  if (existsSync('/usr/bin/apt-get')) ensureDebian(['fonts-noto-cjk'], 'show Japanese text');
  const found = findBrowser();
  if (found) return found;
  ensureDebian(['chromium'], 'show the app (Electron itself is not here)');
  const installed = findBrowser();
  if (!installed) throw new MissingSoftware('Chromium was installed but cannot be found on PATH; set HANARE_CHROMIUM.');
  return installed;
}
