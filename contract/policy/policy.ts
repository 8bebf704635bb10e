import * as v from 'valibot';
import { hoursSchema } from './hours.ts';

/**
 * What the office decides for a laptop. It travels as a compact JWS (RFC 7515, ES256) under the site's policy key, which
 * the laptop learnt at enrolment; a policy that does not verify is not used, and no session opens under it.
 * What each rule means to people, and what is stricter, stands in rules.ts.
 */
const seconds = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const days = v.pipe(v.number(), v.minValue(0), v.maxValue(3650));

/** What happens to a laptop whose system is not as it should be; `graceDays` from when that was first seen. */
const demandSchema = v.strictObject({
  action: v.picklist(['ignore', 'warn', 'refuse']),
  graceDays: days,
});
export type Demand = Readonly<v.InferOutput<typeof demandSchema>>;

export const deskClassSchema = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));
/** An IPv4 or IPv6 network, `10.1.0.0/16`. The gateway reads it; here only its form counts. */
const network = v.pipe(v.string(), v.regex(/^[0-9a-fA-F.:]{2,39}\/\d{1,3}$/));

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

  /** USB storage that is plugged in: only said, the picture is hidden until it is out, or the session ends. */
  usb: v.picklist(['warn', 'pause', 'end']),
  /** A window whose picture other programs could copy. */
  capture: v.picklist(['ignore', 'warn', 'pause']),
  /** User, laptop and time, faint, all over the picture. */
  watermark: v.boolean(),
  /** Whether what the desk plays is heard at the laptop. */
  audio: v.boolean(),
  /** A laptop that reaches anything but the gateway. */
  closedPath: v.picklist(['ignore', 'warn', 'refuse']),

  /** The system must refuse USB storage, and keep what is written off the disk. */
  usbBlock: demandSchema,
  storageLock: demandSchema,
  diskEncryption: demandSchema,
  antivirus: demandSchema,
  /** Older virus definitions count as none. */
  antivirusDays: days,
  updates: demandSchema,
  /** A system that has not looked for updates for longer is not up to date. */
  updateDays: days,
  firewall: demandSchema,
  screenLock: demandSchema,
  timeSync: demandSchema,
  /** How often the laptop's state is looked at during a session. */
  postureSeconds: seconds(5, 3600),

  /** Null: at any time. */
  hours: v.nullable(hoursSchema),
  /** Networks a laptop may come from; null: any. */
  networks: v.nullable(v.pipe(v.array(network), v.maxLength(64))),
  /** Desks with such a tag are not opened from outside. */
  refusedDeskClasses: v.pipe(v.array(deskClassSchema), v.maxLength(32)),
});
export type Policy = Readonly<v.InferOutput<typeof policySchema>>;

const refuse: Demand = { action: 'refuse', graceDays: 0 };
const refuseLater: Demand = { action: 'refuse', graceDays: 7 };

/** What applies where nobody has decided otherwise: whatever can be refused is. */
export const defaultPolicy: Policy = {
  version: 1,
  idleSeconds: 30 * 60,
  sessionSeconds: 12 * 3600,
  warnSeconds: 120,
  offlineDays: 30,
  pinMinimum: 6,
  minimumVersion: '0.0.0',
  usb: 'pause',
  capture: 'pause',
  watermark: true,
  audio: false,
  closedPath: 'refuse',
  usbBlock: refuse,
  storageLock: refuse,
  diskEncryption: refuse,
  antivirus: refuseLater,
  antivirusDays: 7,
  updates: refuseLater,
  updateDays: 45,
  firewall: refuse,
  screenLock: refuse,
  timeSync: refuseLater,
  postureSeconds: 600,
  hours: null,
  networks: null,
  refusedDeskClasses: ['my-number'],
};

/** What is not given is as strict as can be. */
export function completed(given: { readonly [N in keyof Policy]?: Policy[N] | undefined }): Policy {
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaultPolicy, ...(Object.fromEntries(chosen) as Partial<Policy>) };
}

const warn: Demand = { action: 'warn', graceDays: 0 };

/** For a trial on laptops that are not kitted yet: what would be refused is said instead. Never the default. */
export const trialRules = {
  usb: 'warn',
  capture: 'warn',
  closedPath: 'warn',
  usbBlock: warn,
  storageLock: warn,
  diskEncryption: warn,
  antivirus: warn,
  updates: warn,
  firewall: warn,
  screenLock: warn,
  timeSync: warn,
} as const satisfies Partial<Policy>;

/** Some of the rules, as one layer decides them; `version` is nobody's to set there. */
export const rulesSchema = v.partial(v.omit(policySchema, ['version']));
export type Rules = Readonly<v.InferOutput<typeof rulesSchema>>;

/**
 * Who has decided a rule: nobody (`default`), the gateway's file (`file`), the office for all, for a group, a person or a
 * laptop, or kitting, whose baseline no later policy makes looser.
 */
export const originSchema = v.pipe(
  v.string(),
  v.regex(/^(?:default|file|site|group:[A-Za-z0-9._-]{1,64}|user|device|kitting)$/),
);
export type Origins = Readonly<Record<string, string>>;

export const policyAlgorithm = 'ES256';
/** `sub` of a baseline: it is for every laptop of the site. */
export const anyDevice = '*';
/**
 * As signed by a gateway of another version: a rule that it does not know yet is as strict as can be, one that only it knows
 * cannot be kept here. The office sees each laptop's version, and has `minimumVersion`.
 */
const signedPolicy = v.pipe(
  v.object({ ...v.partial(policySchema).entries, version: policySchema.entries.version }),
  v.transform((given): Policy => completed(given)),
);
/** Claims of the JWS: who signed, when (seconds since 1970), for which device, the policy, and who decided each rule. */
export const policyClaims = v.object({
  iss: v.string(),
  sub: v.string(),
  iat: v.number(),
  policy: signedPolicy,
  origins: v.optional(v.record(v.string(), originSchema), {}),
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
