import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { type DeviceFile, deviceFileSchema } from '#contract/device/device-file.ts';
import { HanareError } from '#contract/errors/hanare-error.ts';

/**
 * Reads what the gateway issued for this laptop. Nothing is ever written or repaired here.
 * @throws HanareError notEnrolled when there is no file, deviceFileDamaged when it cannot be read or is not of its form
 */
export async function loadDeviceFile(path: string): Promise<DeviceFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new HanareError(missing ? 'notEnrolled' : 'deviceFileDamaged', {}, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The cause is left out: a parser quotes what it read, and this file holds a private key.
    throw new HanareError('deviceFileDamaged');
  }
  const result = v.safeParse(deviceFileSchema, value);
  if (!result.success) throw new HanareError('deviceFileDamaged', { field: v.getDotPath(result.issues[0]) ?? '' });
  return result.output;
}
