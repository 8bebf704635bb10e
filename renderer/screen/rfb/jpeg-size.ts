import { protocolProblem } from '../core/screen-end.ts';

/**
 * Size that a JPEG says it has (ITU-T T.81, Annex B). Looked up before the bytes go to a decoder: a picture of
 * 65535 x 65535 in a few bytes would otherwise cost gigabytes.
 */
export function jpegSize(bytes: Uint8Array): { width: number; height: number } {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw protocolProblem('JPEG start');
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) throw protocolProblem('JPEG marker');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    // SOF0 to SOF2 are what decoders take: baseline, extended, progressive.
    if (marker >= 0xc0 && marker <= 0xc2) {
      return { height: (bytes[at + 5]! << 8) | bytes[at + 6]!, width: (bytes[at + 7]! << 8) | bytes[at + 8]! };
    }
    const segment = (marker >= 0xc3 && marker <= 0xcf) || marker >= 0xdb;
    if (!segment) throw protocolProblem('JPEG marker');
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length < 2) throw protocolProblem('JPEG segment');
    at += 2 + length;
  }
  throw protocolProblem('JPEG without a size');
}
