import { leakOf, type PathReport } from '#contract/evidence/path.ts';
import { isGood, judgeItem, type PostureReport, postureItems } from '#contract/evidence/posture.ts';
import { judgeHours } from '#contract/policy/hours.ts';
import { isOlder, type Policy, type Rules } from '#contract/policy/policy.ts';
import { type RuleName, ruleNames } from '#contract/policy/rules.ts';
import { isInNetworks } from './networks.ts';

/** What was recorded of a session that was let in. Times in milliseconds since 1970. */
export type PastSession = Readonly<{
  user: string;
  device: string;
  /** As the desk is tagged now. */
  deskClass: string | null;
  granted: number;
  /** Null while it lives. */
  ended: number | null;
  /** Where it came from; null where that was not recorded. */
  source: string | null;
  /** What the laptop said of itself then; undefined where nothing was recorded. */
  posture: PostureReport | undefined;
  path: PathReport | undefined;
}>;

type Effect = 'refused' | 'cutShort';
type Finding = Readonly<{ rule: RuleName; effect: Effect | 'unknown' }>;

/** One rule that would have met one person. */
type Affected = Readonly<{
  user: string;
  rule: RuleName;
  /** Sessions. */
  refused: number;
  cutShort: number;
  /** Of both, how many the present rules would have left alone. */
  anew: number;
  first: number;
  last: number;
}>;
export type Simulation = Readonly<{
  sessions: number;
  /** Sessions, each counted once: what would have met them was a refusal, or else an early end. */
  refused: number;
  cutShort: number;
  anew: number;
  people: readonly Affected[];
  /** How many sessions each rule could not be tried on, because nothing was recorded. */
  unknown: readonly Readonly<{ rule: RuleName; sessions: number }>[];
}>;

/** The rules that what is recorded can answer; the others leave no trace at the office. */
const replayed: ReadonlySet<RuleName> = new Set<RuleName>([
  ...(['minimumVersion', 'refusedDeskClasses', 'hours', 'networks', 'closedPath'] as const),
  ...postureItems,
  ...(['antivirusDays', 'updateDays'] as const),
]);

export function notReplayed(rules: Rules): RuleName[] {
  return ruleNames.filter((name) => rules[name] !== undefined && !replayed.has(name));
}

/**
 * Replays sessions against a draft, and against the present rules for comparison.
 * @param now the end of sessions that still live, ms since 1970.
 */
export function simulate(
  sessions: readonly PastSession[],
  parts: Readonly<{
    draft: (session: PastSession) => Policy;
    present: (session: PastSession) => Policy;
    now: number;
  }>,
): Simulation {
  const inOrder = sessions.toSorted((one, other) => one.granted - other.granted);
  const judgeDraft = createJudge(parts.draft, parts.now);
  const judgePresent = createJudge(parts.present, parts.now);
  const people = new Map<string, Affected>();
  const unknown = new Map<RuleName, number>();
  const total = { refused: 0, cutShort: 0, anew: 0 };

  for (const session of inOrder) {
    const findings = judgeDraft(session);
    const before = new Set(
      judgePresent(session)
        .filter(isHit)
        .map(({ rule }) => rule),
    );
    const hits = findings.filter(isHit);
    for (const { rule, effect } of findings) {
      if (effect === 'unknown') unknown.set(rule, (unknown.get(rule) ?? 0) + 1);
    }
    for (const { rule, effect } of hits) {
      const key = `${session.user} ${rule}`;
      const { user, granted } = session;
      const fresh: Affected = { user, rule, refused: 0, cutShort: 0, anew: 0, first: granted, last: granted };
      const was = people.get(key) ?? fresh;
      const anew = was.anew + (before.has(rule) ? 0 : 1);
      people.set(key, { ...was, [effect]: was[effect] + 1, anew, last: granted });
    }
    if (hits.length === 0) continue;
    total[hits.some(({ effect }) => effect === 'refused') ? 'refused' : 'cutShort'] += 1;
    if (before.size === 0) total.anew += 1;
  }
  const rank = ({ rule }: { rule: RuleName }) => ruleNames.indexOf(rule);
  return {
    sessions: sessions.length,
    ...total,
    people: [...people.values()].toSorted((one, other) => byText(one.user, other.user) || rank(one) - rank(other)),
    unknown: [...unknown]
      .map(([rule, count]) => ({ rule, sessions: count }))
      .toSorted((one, other) => rank(one) - rank(other)),
  };
}

function isHit(finding: Finding): finding is Finding & { effect: Effect } {
  return finding.effect !== 'unknown';
}

function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** @returns what a policy would have done to a session; to be asked in the order of time, because graces run meanwhile. */
function createJudge(policyOf: (session: PastSession) => Policy, now: number): (session: PastSession) => Finding[] {
  /** Since when an item of a device has been bad, as the gateway remembers it. */
  const badSince = new Map<string, number>();

  const posture = (session: PastSession, policy: Policy, end: number): Finding[] =>
    postureItems.flatMap((item): Finding[] => {
      const demand = policy[item];
      if (session.posture === undefined) return demand.action === 'refuse' ? [{ rule: item, effect: 'unknown' }] : [];
      const key = `${session.device} ${item}`;
      const good = isGood(session.posture, item, policy);
      const since = badSince.get(key) ?? session.granted;
      if (good) badSince.delete(key);
      else badSince.set(key, since);
      const { level, until } = judgeItem(item, good, demand, since, session.granted);
      if (level === 'refuse') return [{ rule: item, effect: 'refused' }];
      return level === 'grace' && end > until! ? [{ rule: item, effect: 'cutShort' }] : [];
    });

  return (session) => {
    const policy = policyOf(session);
    const end = session.ended ?? now;
    return [...version(session, policy), ...place(session, policy, end), ...posture(session, policy, end)];
  };
}

function version({ posture }: PastSession, { minimumVersion }: Policy): Finding[] {
  // Nothing is older than that, so nothing need be known.
  if (minimumVersion === '0.0.0') return [];
  if (posture === undefined) return [{ rule: 'minimumVersion', effect: 'unknown' }];
  return isOlder(posture.client, minimumVersion) ? [{ rule: 'minimumVersion', effect: 'refused' }] : [];
}

/** Which desk, when, from where, and what else could be reached. */
function place(session: PastSession, policy: Policy, end: number): Finding[] {
  const findings: Finding[] = [];
  const add = (rule: RuleName, effect: Finding['effect'] | undefined | false) => {
    if (effect) findings.push({ rule, effect });
  };
  const { deskClass, source, path, granted } = session;
  add('refusedDeskClasses', deskClass !== null && policy.refusedDeskClasses.includes(deskClass) && 'refused');
  if (policy.hours !== null) {
    const hours = judgeHours(policy.hours, granted);
    add('hours', hours.open ? end > hours.closes && 'cutShort' : 'refused');
  }
  if (policy.networks !== null) {
    add('networks', source === null ? 'unknown' : !isInNetworks(source, policy.networks) && 'refused');
  }
  if (policy.closedPath === 'refuse') {
    add('closedPath', path === undefined ? 'unknown' : leakOf(path) !== undefined && 'refused');
  }
  return findings;
}
