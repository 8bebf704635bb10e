import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';

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
    details: v.pipe(
      v.record(
        v.pipe(v.string(), v.maxLength(40)),
        v.union([v.pipe(v.string(), v.maxLength(200)), v.number(), v.boolean()]),
      ),
      v.maxEntries(16),
    ),
  }),
]);
