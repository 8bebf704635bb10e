import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';
import { addressSchema } from '../wire/enrol.ts';
import { failureDetails } from '../wire/messages.ts';

export const preferencesSchema = v.strictObject({
  language: v.picklist(['ja', 'en']),
  theme: v.picklist(['system', 'light', 'dark']),
});

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

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
});

export const screenReportSchema = v.variant('type', [
  /** The desk asks for a password; main waits as long as the person needs. */
  v.strictObject({ type: v.literal('challenge') }),
  v.strictObject({ type: v.literal('firstPicture'), figures: screenFiguresSchema }),
  v.strictObject({ type: v.literal('figures'), figures: screenFiguresSchema }),
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
