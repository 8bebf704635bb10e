import * as v from 'valibot';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { enrolAnswerSchema } from '#contract/wire/enrol.ts';

const { device, user, desk, site, gateway, certificate, otp, policyKey, policy, lease } = enrolAnswerSchema.entries;
const privateKey = v.pipe(v.string(), v.startsWith('-----BEGIN '));
const when = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What is inside the vault: the registration, as the gateway gave it and as later sign-ins have changed it. */
const contentSchema = v.strictObject({
  device,
  user,
  desk,
  site,
  gateway,
  certificate,
  privateKey,
  /** A renewed pair that has not been used yet; the one above still works. */
  next: v.nullable(v.strictObject({ certificate, privateKey })),
  otp,
  policyKey,
  /** Compact JWS; the last that verified. */
  policy,
  lease,
  /** Last sign-in, ms since 1970. */
  lastContact: when,
  /** `Entry.lifted` at that time: a lift that the gateway has seen no longer counts. */
  liftSeen: v.nullable(when),
});
export type Content = Readonly<v.InferOutput<typeof contentSchema>>;

/** @param plain UTF-8 JSON. @throws vaultDamaged, without a word of what was in it */
export function parseContent(plain: Uint8Array): Content {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain));
  } catch {
    throw new HanareError('vaultDamaged');
  }
  const content = v.safeParse(contentSchema, value);
  if (!content.success) throw new HanareError('vaultDamaged', { field: v.getDotPath(content.issues[0]) ?? '' });
  return content.output;
}
