import type { Receipt, RulesView, RuleView } from '#contract/ipc/state.ts';
import { defaultPolicy, type Rules } from '#contract/policy/policy.ts';
import { type RuleName, ruleNames } from '#contract/policy/rules.ts';

/** What only the gateway can see of a rule, and what this app does by itself. */
const atGateway: ReadonlySet<RuleName> = new Set<RuleName>([
  'sessionSeconds',
  'minimumVersion',
  'antivirusDays',
  'updateDays',
  'hours',
  'networks',
  'refusedDeskClasses',
]);
const byApp: ReadonlySet<RuleName> = new Set<RuleName>([
  'idleSeconds',
  'warnSeconds',
  'offlineDays',
  'pinMinimum',
  'watermark',
  'postureSeconds',
]);
const rulesCheckedAt = Date.UTC(2026, 10, 22, 3, 0);

/** A laptop on which all is well, but for what a test says: values of rules, and how single ones stand. */
export function fakeRules(
  given: Rules = {},
  standing: Readonly<Partial<Record<RuleName, Partial<RuleView>>>> = {},
): RulesView {
  const policy = { ...defaultPolicy, ...given };
  return {
    version: 12,
    receivedAt: Date.UTC(2026, 10, 22, 2, 30),
    baseline: 'verified',
    rules: ruleNames.map((name) => ({
      name,
      value: policy[name],
      origin: 'site',
      set: 'yes',
      checkedAt: atGateway.has(name) || byApp.has(name) ? null : rulesCheckedAt,
      effective: atGateway.has(name) ? 'unknown' : 'yes',
      failure: null,
      ...standing[name],
    })),
    posture: { at: rulesCheckedAt, report: { os: 'linux', client: '0.1.0', facts: [] }, verdicts: [] },
    checking: false,
  };
}

export const fakeReceipt: Receipt = {
  sid: 'sid-1',
  files: 41,
  bytes: 120_000,
  found: [],
  unread: [],
  at: Date.UTC(2026, 10, 22, 3, 4),
  clean: true,
  kept: 'office',
};
