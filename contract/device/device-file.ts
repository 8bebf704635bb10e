import * as v from 'valibot';
import { deskSchema, userSchema } from '../wire/messages.ts';

/**
 * What the gateway hands out for one laptop and main reads at start. It holds the private key in clear and so is a
 * first step only: the vault in the OS keychain replaces it (see docs/decisions). Mode 0600.
 */
const pem = v.pipe(v.string(), v.startsWith('-----BEGIN '), v.maxLength(16_384));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(253));

export const deviceFileSchema = v.strictObject({
  version: v.literal(1),
  gateway: v.strictObject({ host: text, port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)) }),
  site: v.strictObject({ name: text, ca: pem }),
  device: v.strictObject({ id: text, label: text }),
  user: userSchema,
  desk: v.nullable(deskSchema),
  /** Null on a laptop that was never given one: the gateway refuses it, and says so. */
  certificate: v.nullable(pem),
  privateKey: v.nullable(pem),
});
export type DeviceFile = Readonly<v.InferOutput<typeof deviceFileSchema>>;
