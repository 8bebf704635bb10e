import type { Text } from '../errors/entry.ts';
import { type Demand, defaultPolicy, isOlder, type Origins, type Policy, type Rules } from './policy.ts';
import { ruleTexts } from './rule-texts.ts';

/* What each rule of contract/policy/policy.ts is called, who makes it hold, and which of two values is the stricter. */

export type RuleName = keyof Rules;
export const ruleNames = Object.keys(defaultPolicy).filter((name) => name !== 'version') as RuleName[];

export const ruleGroups = ['screen', 'usb', 'network', 'system', 'signIn', 'office'] as const;
type RuleGroup = (typeof ruleGroups)[number];

export type Rule = Readonly<{
  group: RuleGroup;
  /** Which side refuses. A rule of the office's holds whatever is done to the laptop. */
  enforcedBy: 'laptop' | 'office';
  title: Text;
  /** Why there is such a rule, to a person who has never heard of it. */
  why: Text;
}>;

const places: Readonly<Record<RuleName, readonly [RuleGroup, Rule['enforcedBy']]>> = {
  idleSeconds: ['signIn', 'laptop'],
  sessionSeconds: ['signIn', 'office'],
  warnSeconds: ['signIn', 'laptop'],
  offlineDays: ['signIn', 'laptop'],
  pinMinimum: ['signIn', 'laptop'],
  minimumVersion: ['system', 'office'],
  usb: ['usb', 'laptop'],
  capture: ['screen', 'laptop'],
  watermark: ['screen', 'laptop'],
  audio: ['screen', 'laptop'],
  closedPath: ['network', 'office'],
  usbBlock: ['usb', 'office'],
  storageLock: ['system', 'office'],
  diskEncryption: ['system', 'office'],
  antivirus: ['system', 'office'],
  antivirusDays: ['system', 'office'],
  updates: ['system', 'office'],
  updateDays: ['system', 'office'],
  firewall: ['system', 'office'],
  screenLock: ['system', 'office'],
  timeSync: ['system', 'office'],
  postureSeconds: ['system', 'laptop'],
  hours: ['office', 'office'],
  networks: ['office', 'office'],
  refusedDeskClasses: ['office', 'office'],
};

export function ruleOf(name: RuleName): Rule {
  const [group, enforcedBy] = places[name];
  return { group, enforcedBy, ...ruleTexts[name] };
}

export type Layer = Readonly<{ origin: string; rules: Rules }>;

/** Lays decisions over the default, later layers over earlier ones, and remembers who has decided each rule. */
export function layPolicy(version: number, layers: readonly Layer[]): Readonly<{ policy: Policy; origins: Origins }> {
  const rules: Record<string, unknown> = { ...defaultPolicy, version };
  const origins: Record<string, string> = Object.fromEntries(ruleNames.map((name) => [name, 'default']));
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer.rules)) {
      if (value === undefined) continue;
      rules[name] = value;
      origins[name] = layer.origin;
    }
  }
  return { policy: rules as Policy, origins };
}

type Judge<T> = (one: T, other: T) => T;
const byOrder =
  <T>(...looseToStrict: readonly T[]): Judge<T> =>
  (one, other) =>
    looseToStrict.indexOf(one) >= looseToStrict.indexOf(other) ? one : other;
const smaller: Judge<number> = Math.min;
const larger: Judge<number> = Math.max;
const sterner = byOrder<Demand['action']>('ignore', 'warn', 'refuse');
/** Grace is about refusing: that of a milder demand says nothing. */
const demand: Judge<Demand> = (one, other) => {
  if (one.action !== other.action) return sterner(one.action, other.action) === one.action ? one : other;
  return { action: one.action, graceDays: Math.min(one.graceDays, other.graceDays) };
};
/** Of hours and networks there is no stricter one: the baseline's counts where it has any. */
const firstGiven = <T>(one: T | null, other: T | null): T | null => other ?? one;

const stricter: { readonly [N in RuleName]-?: Judge<Policy[N]> } = {
  idleSeconds: smaller,
  sessionSeconds: smaller,
  // A longer warning is kinder, not looser.
  warnSeconds: larger,
  offlineDays: smaller,
  pinMinimum: larger,
  minimumVersion: (one, other) => (isOlder(one, other) ? other : one),
  usb: byOrder('warn', 'pause', 'end'),
  capture: byOrder('ignore', 'warn', 'pause'),
  watermark: (one, other) => one || other,
  audio: (one, other) => one && other,
  closedPath: byOrder('ignore', 'warn', 'refuse'),
  usbBlock: demand,
  storageLock: demand,
  diskEncryption: demand,
  antivirus: demand,
  antivirusDays: smaller,
  updates: demand,
  updateDays: smaller,
  firewall: demand,
  screenLock: demand,
  timeSync: demand,
  postureSeconds: smaller,
  hours: firstGiven,
  networks: firstGiven,
  refusedDeskClasses: (one, other) => [...new Set([...one, ...other])],
};

/** Whether one value of a rule allows something that the other does not. Of two hours or networks none is the looser. */
export function isLooser<N extends RuleName>(name: N, one: Policy[N], other: Policy[N]): boolean {
  if (name === 'hours' || name === 'networks') return one === null && other !== null;
  const judge = stricter[name] as unknown as Judge<Policy[N]>;
  return JSON.stringify(judge(one, other)) !== JSON.stringify(one);
}

/**
 * The rules of a laptop that was kitted with a baseline: of each rule the stricter one counts, so that no later policy makes
 * it looser than kitting did.
 */
export function underBaseline(
  current: Readonly<{ policy: Policy; origins: Origins }>,
  baseline: Policy,
): Readonly<{ policy: Policy; origins: Origins }> {
  const policy: Record<string, unknown> = { ...current.policy };
  const origins: Record<string, string> = { ...current.origins };
  for (const name of ruleNames) {
    const value = (stricter[name] as Judge<unknown>)(current.policy[name], baseline[name]);
    if (JSON.stringify(value) === JSON.stringify(current.policy[name])) continue;
    policy[name] = value;
    origins[name] = 'kitting';
  }
  return { policy: policy as Policy, origins };
}
