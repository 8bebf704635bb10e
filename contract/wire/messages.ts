import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';
import { laptopEvents, maxEvidence } from '../evidence/evidence.ts';
import { postureItems, postureVerdictSchema } from '../evidence/posture.ts';
import { codeLengths } from '../identity/code.ts';

/**
 * Messages of the control WebSocket (`GET /v1/control`), each one JSON text frame. Both sides parse with these schemas
 * before looking at anything; an unknown message or field ends the connection. docs/protocol.md shows the exchange.
 */
export const wireVersion = 4;

/** No control message is longer; the WebSocket layer refuses a longer frame before it is read. Bytes. */
export const maxControlBytes = 16 * 1024;

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const label = v.pipe(v.string(), v.maxLength(200));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const reason = v.picklist(errorNames);

export const deskProtocols = ['vnc', 'rdp'] as const;
export type DeskProtocol = (typeof deskProtocols)[number];

export const deskSchema = v.strictObject({ id, name: label, protocol: v.picklist(deskProtocols) });
/** A desk as the client may know it: never an address. */
export type Desk = Readonly<v.InferOutput<typeof deskSchema>>;

/**
 * How an RDP desk is opened. `nla` refuses one without network level authentication, `tls` also takes one that asks on its own
 * screen. `certificate`: the SHA-256 that it must show, lower-case hex; null while none is known.
 */
export const rdpSecurities = ['nla', 'tls'] as const;
export type RdpSecurity = (typeof rdpSecurities)[number];
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const rdpAccessSchema = v.strictObject({
  security: v.picklist(rdpSecurities),
  certificate: v.nullable(sha256),
});
export type RdpAccess = Readonly<v.InferOutput<typeof rdpAccessSchema>>;

export const userSchema = v.strictObject({ id, name: label });
export type User = Readonly<v.InferOutput<typeof userSchema>>;

const pem = v.pipe(v.string(), v.startsWith('-----BEGIN '), v.maxLength(8192));
/** As ErrorDetails of contract/errors, bounded. */
export const failureDetails = v.pipe(
  v.record(
    v.pipe(v.string(), v.maxLength(40)),
    v.union([v.pipe(v.string(), v.maxLength(200)), v.number(), v.boolean()]),
  ),
  v.maxEntries(16),
);
const fact = v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(100)));

/** What tells one machine from another; null where the system does not say. Recorded, and shown to IT when it changes. */
export const machineSchema = v.strictObject({
  /** SMBIOS product UUID and serial number. */
  uuid: fact,
  serial: fact,
  /** Addresses of built-in network cards, lower case with colons, sorted. */
  macs: v.pipe(v.array(v.pipe(v.string(), v.regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/))), v.maxLength(16)),
});
export type Machine = Readonly<v.InferOutput<typeof machineSchema>>;

/** Who makes the one-time password: the laptop itself after the PIN, or the person with a phone. */
export const otpMethods = ['embedded', 'prompted'] as const;
export type OtpMethod = (typeof otpMethods)[number];

const otpSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('totp'), code: v.pipe(v.string(), v.regex(/^\d{6}$/)) }),
  v.strictObject({ kind: v.literal('emergency'), code: v.pipe(v.string(), v.length(codeLengths.emergency)) }),
]);
export type Otp = Readonly<v.InferOutput<typeof otpSchema>>;

/** A packet was sent; the desk PC answers; its remote access is ready. In this order. */
export const wakeStages = ['sent', 'answers', 'ready'] as const;
export type WakeStage = (typeof wakeStages)[number];

export const fromClient = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    version: v.literal(wireVersion),
    client: v.strictObject({ version: label, platform: label }),
    machine: machineSchema,
  }),
  /** After `challenge`, and again after an `authFail` that is not final. */
  v.strictObject({ type: v.literal('auth'), nonce: label, otp: otpSchema }),
  /** A signed-in person proves anew who they are, before `until` runs out. */
  v.strictObject({ type: v.literal('extend'), otp: otpSchema }),
  /** Asks for a new certificate for a new key (PKCS#10, P-256). */
  v.strictObject({ type: v.literal('renew'), request: count, csr: pem }),
  /** Answer to `erase`: key, vault and logs are gone. */
  v.strictObject({ type: v.literal('erased') }),
  v.strictObject({ type: v.literal('open'), request: count, desk: id }),
  v.strictObject({ type: v.literal('close'), sid: id }),
  /** The certificate that an RDP desk has shown. The first of a desk is its pin from then on. */
  v.strictObject({ type: v.literal('deskCertificate'), sid: id, sha256 }),
  /** Signed testimony (contract/evidence); answered by `kept`. Before the sign-in only a residue receipt is taken. */
  v.strictObject({ type: v.literal('evidence'), id: count, jws: v.pipe(v.string(), v.maxLength(maxEvidence)) }),
  v.strictObject({ type: v.literal('event'), event: v.picklist(laptopEvents), details: failureDetails }),
  v.strictObject({ type: v.literal('ping'), n: count }),
  v.strictObject({ type: v.literal('pong'), n: count }),
]);
export type ClientMessage = v.InferOutput<typeof fromClient>;

export const fromGateway = v.variant('type', [
  /** `serverTime` in milliseconds since 1970; the client compares its clock with it. */
  v.strictObject({
    type: v.literal('challenge'),
    nonce: label,
    serverTime: count,
    method: v.picklist(otpMethods),
  }),
  v.strictObject({
    type: v.literal('authOk'),
    user: userSchema,
    desks: v.pipe(v.array(deskSchema), v.maxLength(64)),
    /** When the person must sign in anew, and until when the laptop is lent; ms since 1970, gateway's clock. */
    until: count,
    lease: v.nullable(count),
    /** Compact JWS, see contract/policy. */
    policy: v.pipe(v.string(), v.maxLength(8192)),
  }),
  /**
   * `final`: the connection ends. Otherwise another `auth` (or `extend`) may follow. Of `details`: `left` tries before the
   * lock, `seconds` to wait or by which the clock is off, `minimum` version.
   */
  v.strictObject({ type: v.literal('authFail'), reason, details: failureDetails, final: v.boolean() }),
  v.strictObject({ type: v.literal('extended'), until: count }),
  v.strictObject({ type: v.literal('certificate'), request: count, certificate: pem }),
  /** Instead of `challenge`, or at any time: this laptop is given up. It erases itself and says `erased`. */
  v.strictObject({ type: v.literal('erase') }),
  /** `token` is a compact JWS (contract/wire/grant.ts); `expires` in milliseconds since 1970, gateway's clock. */
  v.strictObject({
    type: v.literal('grant'),
    request: count,
    sid: id,
    desk: deskSchema,
    /** For an RDP desk and for no other. */
    rdp: v.optional(rdpAccessSchema),
    token: v.pipe(v.string(), v.maxLength(4096)),
    expires: count,
  }),
  v.strictObject({ type: v.literal('refused'), request: count, reason, details: v.optional(failureDetails) }),
  /** The session's screen is over, seen from the gateway; the control connection stays. */
  v.strictObject({ type: v.literal('closed'), sid: id, reason, details: v.optional(failureDetails) }),
  /** The evidence is written down. `verdicts`: what the office makes of a posture report; empty for other kinds. */
  v.strictObject({
    type: v.literal('kept'),
    id: count,
    verdicts: v.pipe(v.array(postureVerdictSchema), v.maxLength(postureItems.length)),
  }),
  /** The policy has changed: a compact JWS as in `authOk`. */
  v.strictObject({ type: v.literal('policy'), policy: v.pipe(v.string(), v.maxLength(8192)) }),
  /** The hours end at `at` (ms since 1970, gateway's clock), and the session with them. */
  v.strictObject({ type: v.literal('closing'), at: count }),
  /** Before `grant` or `refused`: how waking the desk gets on. */
  v.strictObject({ type: v.literal('waking'), request: count, stage: v.picklist(wakeStages) }),
  /** The gateway is about to stop; no new sessions. `deadline` in milliseconds since 1970. */
  v.strictObject({ type: v.literal('drain'), deadline: count }),
  v.strictObject({ type: v.literal('ping'), n: count }),
  v.strictObject({ type: v.literal('pong'), n: count }),
]);
export type GatewayMessage = v.InferOutput<typeof fromGateway>;

/**
 * Parses one control frame.
 * @returns the message, or undefined when the text is no JSON, too long or not of the schema: then end the connection.
 */
export function parseControl<S extends typeof fromClient | typeof fromGateway>(
  schema: S,
  text: string,
): v.InferOutput<S> | undefined {
  if (text.length > maxControlBytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
