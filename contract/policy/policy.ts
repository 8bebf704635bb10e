import * as v from 'valibot';

/**
 * What the office decides for a laptop. It travels as a compact JWS (RFC 7515, ES256) under the site's policy key, which
 * the laptop learnt at enrolment; a policy that does not verify is not used, and no session opens under it.
 */
const seconds = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

export const policySchema = v.strictObject({
  /** Grows with every change; a laptop never goes back to a smaller one. */
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** The sign-in is asked for anew after this long without a hand on the laptop. */
  idleSeconds: seconds(5, 24 * 3600),
  /** … and after this long in any case. */
  sessionSeconds: seconds(5, 24 * 3600),
  /** How long before either the person is warned. */
  warnSeconds: seconds(1, 3600),
  /** A laptop that has not reached the office for so long locks itself. */
  offlineDays: v.pipe(v.number(), v.minValue(0.0001), v.maxValue(3650)),
  pinMinimum: v.pipe(v.number(), v.integer(), v.minValue(6), v.maxValue(32)),
  /** Older clients are refused. `1.2.3` */
  minimumVersion: v.pipe(v.string(), v.regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/)),
});
export type Policy = Readonly<v.InferOutput<typeof policySchema>>;

export const defaultPolicy: Policy = {
  version: 1,
  idleSeconds: 30 * 60,
  sessionSeconds: 12 * 3600,
  warnSeconds: 120,
  offlineDays: 30,
  pinMinimum: 6,
  minimumVersion: '0.0.0',
};

export const policyAlgorithm = 'ES256';
/** Claims of the JWS: who signed, when (seconds since 1970), for which device, and the policy itself. */
export const policyClaims = v.object({
  iss: v.string(),
  sub: v.string(),
  iat: v.number(),
  policy: policySchema,
});

/** Compares `1.2.3` with `1.10.0`: by number, not by letter. A version that cannot be read is older than any. */
export function isOlder(version: string, minimum: string): boolean {
  const parts = (text: string) => /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  const have = parts(version);
  const need = parts(minimum);
  if (!have || !need) return true;
  const at = have.findIndex((part, index) => part !== need[index]);
  return at >= 0 && have[at]! < need[at]!;
}
