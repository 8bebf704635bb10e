import * as v from 'valibot';

/** Where a session could have left something on the laptop. */
const residuePlaces = ['profile', 'temp', 'clipboard', 'crash'] as const;
export type ResiduePlace = (typeof residuePlaces)[number];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The outcome of looking for a session's remains: counts, and short names without a folder or a person's words. */
export const residueReportSchema = v.strictObject({
  sid: v.pipe(v.string(), v.maxLength(64)),
  files: count,
  bytes: count,
  found: v.pipe(
    v.array(
      v.strictObject({
        place: v.picklist(residuePlaces),
        what: v.pipe(v.string(), v.maxLength(80)),
        removed: v.boolean(),
      }),
    ),
    v.maxLength(50),
  ),
  /** Places that could not be looked at. */
  unread: v.pipe(v.array(v.picklist(residuePlaces)), v.maxLength(residuePlaces.length)),
});
export type ResidueReport = Readonly<v.InferOutput<typeof residueReportSchema>>;

/** Nothing was there, and every place was looked at. */
export function isClean({ found, unread }: ResidueReport): boolean {
  return found.length === 0 && unread.length === 0;
}
