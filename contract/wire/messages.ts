import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';

/**
 * Messages of the control WebSocket (`GET /v1/control`), each one JSON text frame. Both sides parse with these schemas
 * before looking at anything; an unknown message or field ends the connection. docs/protocol.md shows the exchange.
 */
export const wireVersion = 1;

/** No control message is longer; the WebSocket layer refuses a longer frame before it is read. Bytes. */
export const maxControlBytes = 16 * 1024;

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const label = v.pipe(v.string(), v.maxLength(200));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const reason = v.picklist(errorNames);

export const deskProtocols = ['vnc'] as const;
export type DeskProtocol = (typeof deskProtocols)[number];

export const deskSchema = v.strictObject({ id, name: label, protocol: v.picklist(deskProtocols) });
/** A desk as the client may know it: never an address. */
export type Desk = Readonly<v.InferOutput<typeof deskSchema>>;

export const userSchema = v.strictObject({ id, name: label });
export type User = Readonly<v.InferOutput<typeof userSchema>>;

export const fromClient = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    version: v.literal(wireVersion),
    client: v.strictObject({ version: label, platform: label }),
  }),
  v.strictObject({ type: v.literal('auth'), nonce: label }),
  v.strictObject({ type: v.literal('open'), request: count, desk: id }),
  v.strictObject({ type: v.literal('close'), sid: id }),
  v.strictObject({ type: v.literal('ping'), n: count }),
  v.strictObject({ type: v.literal('pong'), n: count }),
]);
export type ClientMessage = v.InferOutput<typeof fromClient>;

export const fromGateway = v.variant('type', [
  /** `serverTime` in milliseconds since 1970; the client compares its clock with it. */
  v.strictObject({ type: v.literal('challenge'), nonce: label, serverTime: count }),
  v.strictObject({ type: v.literal('authOk'), user: userSchema, desks: v.pipe(v.array(deskSchema), v.maxLength(64)) }),
  v.strictObject({ type: v.literal('authFail'), reason }),
  /** `token` is a compact JWS (contract/wire/grant.ts); `expires` in milliseconds since 1970, gateway's clock. */
  v.strictObject({
    type: v.literal('grant'),
    request: count,
    sid: id,
    desk: deskSchema,
    token: v.pipe(v.string(), v.maxLength(4096)),
    expires: count,
  }),
  v.strictObject({ type: v.literal('refused'), request: count, reason }),
  /** The session's screen is over, seen from the gateway; the control connection stays. */
  v.strictObject({ type: v.literal('closed'), sid: id, reason }),
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
