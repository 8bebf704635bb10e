import * as v from 'valibot';
import type { ErrorName } from '../errors/catalogue.ts';
import type { Demand, Policy } from '../policy/policy.ts';

/** What of the laptop's system is looked at. Each is a rule of the same name in contract/policy. */
export const postureItems = [
  'usbBlock',
  'storageLock',
  'diskEncryption',
  'antivirus',
  'updates',
  'firewall',
  'screenLock',
  'timeSync',
] as const;
export type PostureItem = (typeof postureItems)[number];

const tri = v.picklist(['yes', 'no', 'unknown']);
export type Tri = v.InferOutput<typeof tri>;

/** `good` only when it was seen to be so: what cannot be found out is `unknown`, which a demand treats as `bad`. */
const postureFactSchema = v.strictObject({
  item: v.picklist(postureItems),
  state: v.picklist(['good', 'bad', 'unknown']),
  /** Whether the system is told to do it, and whether it does it now. Two questions; either may have no answer. */
  set: tri,
  effective: tri,
  /** Age of virus definitions, or days since updates were last looked for. */
  ageDays: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100_000))),
  /** For the helpdesk: which product or setting was seen. Plain words, no path of a person's file. */
  detail: v.optional(v.pipe(v.string(), v.maxLength(120))),
});
export type PostureFact = Readonly<v.InferOutput<typeof postureFactSchema>>;

export const postureReportSchema = v.strictObject({
  os: v.picklist(['linux', 'windows', 'other']),
  client: v.pipe(v.string(), v.maxLength(40)),
  facts: v.pipe(v.array(postureFactSchema), v.maxLength(postureItems.length)),
});
export type PostureReport = Readonly<v.InferOutput<typeof postureReportSchema>>;

/** `grace`: bad, but let in until `until` (ms since 1970). */
export const postureVerdictSchema = v.strictObject({
  item: v.picklist(postureItems),
  level: v.picklist(['ok', 'warn', 'grace', 'refuse']),
  until: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
export type PostureVerdict = Readonly<v.InferOutput<typeof postureVerdictSchema>>;

/** What a person is told of an item that is not as it should be. */
export const postureErrors = {
  usbBlock: 'usbBlockMissing',
  storageLock: 'storageOpen',
  diskEncryption: 'diskNotEncrypted',
  antivirus: 'antivirusOff',
  updates: 'updatesOverdue',
  firewall: 'firewallOff',
  screenLock: 'screenLockOff',
  timeSync: 'timeNotSynced',
} as const satisfies Record<PostureItem, ErrorName>;

/** As `antivirusDays` or `updateDays`: age is no matter. */
const anyAge = 3650;

const dayMs = 24 * 3_600_000;

/** Whether an item is as the policy wants it. An item that was not reported is not. */
export function isGood(report: PostureReport | undefined, item: PostureItem, policy: Policy): boolean {
  const fact = report?.facts.find((one) => one.item === item);
  if (fact?.state !== 'good') return false;
  if (item === 'antivirus') return isFresh(fact, policy.antivirusDays);
  if (item === 'updates') return isFresh(fact, policy.updateDays);
  return true;
}

/** An age that cannot be told is no fresh one, unless the office says that age is no matter. */
function isFresh({ ageDays }: PostureFact, mostDays: number): boolean {
  return ageDays === undefined ? mostDays === anyAge : ageDays <= mostDays;
}

/**
 * Weighs one item. @param badSince when it was first seen to be bad without having been good since; ms since 1970, as `now`.
 */
export function judgeItem(
  item: PostureItem,
  good: boolean,
  demand: Demand,
  badSince: number,
  now: number,
): PostureVerdict {
  if (good || demand.action === 'ignore') return { item, level: 'ok', until: null };
  if (demand.action === 'warn') return { item, level: 'warn', until: null };
  const until = Math.round(badSince + demand.graceDays * dayMs);
  return now < until ? { item, level: 'grace', until } : { item, level: 'refuse', until: null };
}
