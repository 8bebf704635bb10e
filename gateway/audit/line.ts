import { createHash } from 'node:crypto';
import * as v from 'valibot';

/** Who did it: an administrator (account of the operating system), a device (its id), or the gateway by itself. */
export type Actor = Readonly<{ kind: 'admin' | 'device' | 'gateway'; name: string }>;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What happened. Never secrets: the log is read by people who may not know them. */
export type AuditEntry = Readonly<{
  actor: Actor;
  /** `object.event`, for example `device.revoked`. */
  action: string;
  device?: string | undefined;
  user?: string | undefined;
  desk?: string | undefined;
  details?: { readonly [key: string]: Json | undefined } | undefined;
}>;

const hashSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const lineSchema = v.strictObject({
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** ISO 8601, UTC. */
  time: v.string(),
  actor: v.strictObject({ kind: v.picklist(['admin', 'device', 'gateway']), name: v.string() }),
  action: v.string(),
  device: v.optional(v.string()),
  user: v.optional(v.string()),
  desk: v.optional(v.string()),
  details: v.optional(v.record(v.string(), v.unknown())),
  prev: hashSchema,
  hash: hashSchema,
});
/** One line of the log, read back. */
export type AuditLine = Readonly<v.InferOutput<typeof lineSchema>>;

/**
 * Makes line `seq`, without its line break.
 * @param time milliseconds since 1970.
 * @param prev hash of the line before.
 */
export function makeLine(entry: AuditEntry, seq: number, time: number, prev: string): { text: string; hash: string } {
  const body = canonical({ ...entry, seq, time: new Date(time).toISOString(), prev });
  const hash = hashOf(prev, body);
  return { text: withHash(body, hash), hash };
}

/**
 * @param bytes one line without its line break.
 * @returns undefined when it is no line of an audit log at all; `intact` false when it is one and not as it was written.
 */
export function readLine(bytes: Buffer): { line: AuditLine; intact: boolean } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const { success, output: line } = v.safeParse(lineSchema, value);
  if (!success) return undefined;
  // Byte for byte: another order, a space or another way to write a character is a change too.
  const body = canonical(line);
  const intact = bytes.equals(Buffer.from(withHash(body, line.hash))) && hashOf(line.prev, body) === line.hash;
  return { line, intact };
}

function hashOf(prev: string, body: string): string {
  return createHash('sha256').update(prev).update(body).digest('hex');
}

function withHash(body: string, hash: string): string {
  return `${body.slice(0, -1)},"hash":"${hash}"}`;
}

type Body = AuditEntry & Readonly<{ seq: number; time: string; prev: string }>;

/** The one way to write a line, its hash aside: keys in this order, those inside `details` sorted, no spaces. */
function canonical({ seq, time, actor, action, device, user, desk, details, prev }: Body | AuditLine): string {
  return JSON.stringify({
    ...{ seq, time, actor: { kind: actor.kind, name: actor.name }, action, device, user, desk },
    ...{ details: sorted(details), prev },
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
