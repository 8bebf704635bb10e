import type { RulesView, RuleView } from '#contract/ipc/state.ts';

/** Whether somebody should look into a rule: it asks for something, and that was seen not to be so. */
export function needsCare({ value, effective, failure }: Pick<RuleView, 'value' | 'effective' | 'failure'>): boolean {
  return (failure !== null || effective === 'no') && actionOf(value) !== 'ignore';
}

/** How many things somebody should look into; a damaged baseline is one of them. */
export function countCare({ rules, baseline }: Pick<RulesView, 'rules' | 'baseline'>): number {
  return rules.filter(needsCare).length + (baseline === 'rejected' ? 1 : 0);
}

function actionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'action' in value ? value.action : value;
}
