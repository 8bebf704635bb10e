import { electronBinary } from '#build/host/electron-binary.ts';
import { ensureBrowser } from './browser.ts';

/** Makes sure that the app has something to run in: Electron where its binary is, else Chromium for the stand-in. */
export function ensureHost(): void {
  if (!electronBinary()) ensureBrowser();
}
