import { readFile, stat } from 'node:fs/promises';
import { type BrowserWindow, dialog } from 'electron';
import { HanareError } from '#contract/errors/hanare-error.ts';

/** No certificate file is larger; what is would only be read into memory in vain. Bytes. */
const maxBytes = 1024 * 1024;

/**
 * Lets the person choose a PKCS#12 file. Only its contents come back: no path ever reaches the window.
 * @returns null when none was chosen. @throws HanareError certificateFileDamaged when it cannot be read
 */
export async function openCertificateFile(window: BrowserWindow | undefined): Promise<Uint8Array | null> {
  const options = { properties: ['openFile' as const], filters: [{ name: 'PKCS#12', extensions: ['p12', 'pfx'] }] };
  const chosen = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  const [path] = chosen.filePaths;
  if (chosen.canceled || path === undefined) return null;
  try {
    if ((await stat(path)).size > maxBytes) throw new HanareError('certificateFileDamaged');
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw error instanceof HanareError ? error : new HanareError('certificateFileDamaged', {}, { cause: error });
  }
}
