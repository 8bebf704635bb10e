import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';
import { addressSchema } from '../wire/enrol.ts';
import { failureDetails } from '../wire/messages.ts';

export const preferencesSchema = v.strictObject({
  language: v.picklist(['ja', 'en']),
  theme: v.picklist(['system', 'light', 'dark']),
});

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Ways in which an RDP desk sends pictures: MS-RDPEGFX 2.2.2.1 and 2.2.2.2, then those of classic graphics (MS-RDPBCGR 2.2.9). */
const rdpCodecs = [
  'uncompressed',
  'remotefx',
  'clear',
  'progressive',
  'planar',
  'avc420',
  'alpha',
  'avc444',
  'avc444v2',
  'bitmap',
  'bitmap-compressed',
  'surface-bits',
  'surface-remotefx',
] as const;

/** Figures of one remote screen since it opened. Counts, never contents. */
export const screenFiguresSchema = v.strictObject({
  width: count,
  height: count,
  /** Frames put on the screen. */
  frames: count,
  /** Frames shown in the last second. */
  fps: count,
  /** Bytes from the desk, decoded. */
  bytes: count,
  /** From the desk's first byte to the first picture, ms; 0 before it. */
  firstPictureMs: count,
  /** Mean time to decode and to present one shown frame, ms. */
  decodeMs: count,
  presentMs: count,
  /** What an RDP desk chose. */
  rdp: v.exactOptional(
    v.strictObject({
      /** Of its RDP (MS-RDPBCGR 2.2.1.4.2). */
      version: count,
      /** Of dynamic channels, as it offers them; null where it offers none. */
      channels: v.nullable(count),
      /** Of the graphics pipeline, as it confirmed it (MS-RDPEGFX 2.2.3); null where it draws without. */
      pipeline: v.nullable(count),
      /** Pieces of pictures decoded, by codec. */
      codecs: v.record(v.picklist(rdpCodecs), count),
      /** It takes other sizes during the session (MS-RDPEDISP). */
      resize: v.boolean(),
    }),
  ),
});

export const screenReportSchema = v.variant('type', [
  /** The desk asks for a password; main waits as long as the person needs. */
  v.strictObject({ type: v.literal('challenge') }),
  v.strictObject({ type: v.literal('firstPicture'), figures: screenFiguresSchema }),
  v.strictObject({ type: v.literal('figures'), figures: screenFiguresSchema }),
  /** The desk takes another size only when it is connected to anew: the screen waits for another port. */
  v.strictObject({ type: v.literal('reconnect') }),
  v.strictObject({
    type: v.literal('ended'),
    reason: v.picklist(errorNames),
    details: failureDetails,
  }),
]);

const typed = v.pipe(v.string(), v.maxLength(500));
/** What the person typed or scanned; `office` when there is neither a site file nor a scanned label. */
export const enrolInspectSchema = v.strictObject({ typed, office: v.nullable(addressSchema) });
/** `accepted`: the fingerprint that the person has compared. `imported`: use the certificate of `enrol.import`. */
export const enrolRunSchema = v.strictObject({
  accepted: v.pipe(v.string(), v.length(64)),
  pin: v.pipe(v.string(), v.maxLength(128)),
  imported: v.boolean(),
});
/**
 * The account on the desk: `user`, `DOMAIN\\user` or `user@domain`. It stays in main's memory. Each is as long as RDP can send
 * (MS-RDPBCGR 2.2.1.11.1.1: 512 bytes with the terminating zero).
 */
export const deskLoginSchema = v.strictObject({
  user: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  password: v.pipe(v.string(), v.maxLength(255)),
});
/** As typed; main reads it. */
export const otpAnswerSchema = v.strictObject({
  kind: v.picklist(['totp', 'emergency']),
  code: v.pipe(v.string(), v.maxLength(64)),
});
