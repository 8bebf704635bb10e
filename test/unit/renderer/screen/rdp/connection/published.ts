/*
 * PDUs of the annotated examples in MS-RDPBCGR section 4.1, as they are under TLS: without the security headers and
 * the encryption of the example's own connection. User 1007, I/O channel 1003, share 0x000103ea.
 */

const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex.replace(/\s+/g, ''), 'hex'));

/** 4.1.3: all before the settings, of which there are 0x11c bytes. */
export const connectInitialHead = bytes(`
  03 00 01 a0 02 f0 80 7f 65 82 01 94 04 01 01 04 01 01 01 01 ff 30 19 02 01 22 02 01 02 02 01 00
  02 01 01 02 01 00 02 01 01 02 02 ff ff 02 01 02 30 19 02 01 01 02 01 01 02 01 01 02 01 01 02 01
  00 02 01 01 02 02 04 20 02 01 02 30 1c 02 02 ff ff 02 02 fc 17 02 02 ff ff 02 01 01 02 01 00 02
  01 01 02 02 ff ff 02 01 02 04 82 01 33 00 05 00 14 7c 00 01 81 2a 00 08 00 10 00 01 c0 00 44 75
  63 61 81 1c`);

/** 4.1.4: all before the settings, of which there are 0x108 bytes; then core and network data. */
export const connectResponseHead = bytes(`
  03 00 01 51 02 f0 80 7f 66 82 01 45 0a 01 00 02 01 00 30 1a 02 01 22 02 01 03 02 01 00 02 01 01
  02 01 00 02 01 01 02 03 00 ff f8 02 01 02 04 82 01 1f 00 05 00 14 7c 00 01 2a 14 76 0a 01 01 00
  01 c0 00 4d 63 44 6e 81 08
  01 0c 0c 00 04 00 08 00 00 00 00 00 03 0c 10 00 eb 03 03 00 ec 03 ed 03 ee 03 00 00`);
/** The beginning of its security data: 128-bit RC4. */
export const standardSecurity = bytes('02 0c ec 00 02 00 00 00 02 00 00 00');

/** 4.1.5 to 4.1.8. */
export const erectDomain = bytes('03 00 00 0c 02 f0 80 04 01 00 01 00');
export const attachUserRequest = bytes('03 00 00 08 02 f0 80 28');
export const attachUserConfirm = bytes('03 00 00 0b 02 f0 80 2e 00 00 06');
export const joinRequest = bytes('03 00 00 0c 02 f0 80 38 00 06 03 ef');
export const joinConfirm = bytes('03 00 00 0f 02 f0 80 3e 00 00 06 03 ef 03 ef');

/** 4.1.11. */
export const validClient = bytes('80 00 00 00 ff 03 14 00 07 00 00 00 02 00 00 00 04 00 00 00');

/** 4.1.12: 1280 × 1024 with 24 bits. */
export const demandActive = bytes(`
  6f 01 11 00 ea 03 ea 03 01 00 04 00 59 01 52 44 50 00 0d 00 00 00
  09 00 08 00 ea 03 dc e2
  01 00 18 00 01 00 03 00 00 02 00 00 00 00 1d 04 00 00 00 00 00 00 01 01
  14 00 0c 00 02 00 00 00 40 06 00 00
  16 00 28 00 00 00 00 00 70 f6 13 f3 01 00 00 00 01 00 00 00 18 00 00 00 9c f6 13 f3 61 a6 82 80
  00 00 00 00 00 50 91 bf
  0e 00 08 00 00 01 00 00
  02 00 1c 00 18 00 01 00 01 00 01 00 00 05 00 04 00 00 01 00 01 00 00 00 01 00 00 00
  03 00 58 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 14 00 00 00 01 00
  00 00 22 00 01 01 01 01 01 00 00 01 01 01 01 01 00 00 00 01 01 01 01 01 01 01 01 00 01 01 01 01
  00 00 00 00 00 00 00 00 00 00 00 00 40 42 0f 00 00 00 00 00 00 00 00 00
  0a 00 08 00 06 00 00 00
  12 00 08 00 01 00 00 00
  08 00 0a 00 01 00 19 00 19 00
  0d 00 58 00 35 00 00 00 a1 06 00 00 00 00 00 00 0c f6 13 f3 93 5a 37 f3 00 90 30 e1 34 1c 38 f3
  40 f6 13 f3 04 00 00 00 4c 54 dc e2 08 50 dc e2 01 00 00 00 08 50 dc e2 00 00 00 00 38 f6 13 f3
  2e 05 38 f3 08 50 dc e2 2c f6 13 f3 00 00 00 00 08 00 0a 00 01 00 00 00
  17 00 08 00 00 00 00 00
  18 00 0b 00 00 00 00 00 00 00 00
  00 00 00 00`);

/** 4.1.13: its share control header but the length, and what stands before the number of sets. */
export const confirmActiveHead = bytes('13 00 ef 03 ea 03 01 00 ea 03 06 00');
export const confirmActiveSource = bytes('4d 53 54 53 43 00');

/** 4.1.14, 4.1.15, 4.1.16 and 4.1.18. */
export const clientFinalization = [
  '16 00 17 00 ef 03 ea 03 01 00 00 01 08 00 1f 00 00 00 01 00 ea 03',
  '1a 00 17 00 ef 03 ea 03 01 00 00 01 0c 00 14 00 00 00 04 00 00 00 00 00 00 00',
  '1a 00 17 00 ef 03 ea 03 01 00 00 01 0c 00 14 00 00 00 01 00 00 00 00 00 00 00',
  '1a 00 17 00 ef 03 ea 03 01 00 00 01 0c 00 27 00 00 00 00 00 00 00 03 00 32 00',
].map(bytes);
/** 4.1.19 to 4.1.22. */
export const serverFinalization = [
  '16 00 17 00 ea 03 ea 03 01 00 00 02 08 00 1f 00 00 00 01 00 ef 03',
  '1a 00 17 00 ea 03 ea 03 01 00 00 02 0c 00 14 00 00 00 04 00 00 00 00 00 00 00',
  '1a 00 17 00 ea 03 ea 03 01 00 00 02 0c 00 14 00 00 00 02 00 ef 03 ea 03 00 00',
  '1a 00 17 00 ea 03 ea 03 01 00 00 02 0c 00 28 00 00 00 00 00 00 00 03 00 04 00',
].map(bytes);
