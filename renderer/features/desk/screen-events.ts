import * as v from 'valibot';
import { catalogue, errorNames } from '#contract/errors/catalogue.ts';
import { screenFiguresSchema } from '#contract/ipc/schemas.ts';

/**
 * What the screen's page says, checked: that page handles hostile bytes, so the window believes nothing it has not
 * parsed. The shapes are those of ScreenEvent in renderer/screen/api.ts.
 */
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(65_535));

/** A screen may end with what a desk or a screen can cause; it must not speak for the network, the gateway or the sign-in. */
const screenReasons = errorNames.filter((name) => /^[459]/.test(catalogue[name].code));

const eventSchema = v.variant('type', [
  v.object({ type: v.literal('opened'), name: v.pipe(v.string(), v.maxLength(4096)), width: size, height: size }),
  v.object({ type: v.literal('resized'), width: size, height: size }),
  v.object({
    type: v.literal('challenge'),
    challenge: v.pipe(
      v.instance(Uint8Array),
      v.check((bytes) => bytes.length === 16),
    ),
  }),
  v.object({ type: v.literal('firstPicture'), figures: screenFiguresSchema }),
  v.object({ type: v.literal('figures'), figures: screenFiguresSchema }),
  v.object({ type: v.literal('reconnect') }),
  v.object({ type: v.literal('leave') }),
  v.object({ type: v.literal('hide') }),
  v.object({
    type: v.literal('closed'),
    failure: v.optional(
      v.object({
        reason: v.picklist(screenReasons),
        details: v.pipe(
          v.record(
            v.pipe(v.string(), v.maxLength(40)),
            v.union([v.pipe(v.string(), v.maxLength(200)), v.number(), v.boolean()]),
          ),
          v.check((details) => Object.keys(details).length <= 16),
        ),
      }),
    ),
  }),
]);
export type CheckedScreenEvent = v.InferOutput<typeof eventSchema>;

/** The event, or null when it is none: the session then ends, for the screen's page can no longer be trusted. */
export function parseScreenEvent(data: unknown): CheckedScreenEvent | null {
  const parsed = v.safeParse(eventSchema, data);
  return parsed.success ? parsed.output : null;
}
