import type { Command } from 'commander';
import type { LaptopChange, RuleChange } from '../policy/foresee.ts';
import type { PolicyChange } from '../policy/office.ts';
import { valueText } from '../policy/words.ts';
import { CliError, type Context, show, table } from './outcome.ts';
import {
  addDraftOptions,
  addScopeOptions,
  type DraftOptions,
  draftOf,
  problemLines,
  readFileRules,
  type ScopeOptions,
  scopeOf,
  scopeText,
  withPolicies,
} from './policy-options.ts';

export function addPolicyChanges(policy: Command, context: Context): void {
  addSet(policy, context);
  addClear(policy, context);
  addDiff(policy, context);
  addCheck(policy, context);
}

function addSet(policy: Command, context: Context): void {
  addDraftOptions(
    policy
      .command('set')
      .description('decide rules for everybody (default), a group, a person or a laptop; live sessions follow at once'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ hanare-gateway policy set rules.json
  $ hanare-gateway policy set --group night-shift --rule hours=null --rule usb=end
  $ hanare-gateway policy set --device laptop-7 --rule antivirus=refuse:14`,
    )
    .action((file: string | undefined, options: DraftOptions, command: Command) =>
      withPolicies(command, context, ({ store, office, policies, actor, json }) => {
        const scope = scopeOf(options);
        const draft = draftOf(context, command, file, options);
        // Read and written in one: two administrators who each change one rule must not undo each other's.
        const change = store.transaction(() => office.set(scope, draft(policies.rulesOf(scope) ?? {}), actor));
        const count = change.layer.length;
        const head = `For ${scopeText(scope)}: ${rulesText(count)} changed.`;
        const text = count === 0 ? `It was so already for ${scopeText(scope)}.` : `${head}\n${changeText(change)}`;
        show(context, json, { scope, changed: count > 0, ...forMachines(change) }, text);
      }),
    );
}

function addClear(policy: Command, context: Context): void {
  addScopeOptions(policy.command('clear').description('take back what is decided for everybody (default) or for some'))
    .addHelpText('after', '\nExample:\n  $ hanare-gateway policy clear --user yamada')
    .action((options: ScopeOptions, command: Command) =>
      withPolicies(command, context, ({ office, actor, json }) => {
        const scope = scopeOf(options);
        const change = office.clear(scope, actor);
        const found = change ?? { layer: [], laptops: [] };
        const text = `For ${scopeText(scope)} nothing is decided any more.\n${changeText(found)}`;
        const value = { scope, changed: change !== undefined, ...forMachines(found) };
        show(context, json, value, change === undefined ? `Nothing was decided for ${scopeText(scope)}.` : text);
      }),
    );
}

function addDiff(policy: Command, context: Context): void {
  addDraftOptions(policy.command('diff').description('what "policy set" would change, and for whom; changes nothing'))
    .addHelpText('after', '\nExample:\n  $ hanare-gateway policy diff draft.json --group night-shift')
    .action((file: string | undefined, options: DraftOptions, command: Command) =>
      withPolicies(command, context, ({ office, policies, json }) => {
        const scope = scopeOf(options);
        const rules = draftOf(context, command, file, options)(policies.rulesOf(scope) ?? {});
        const change = office.preview(scope, rules);
        const count = change.layer.length;
        const head = `For ${scopeText(scope)}, ${rulesText(count)} would change.`;
        const text = count === 0 ? `It is so already for ${scopeText(scope)}.` : `${head}\n${changeText(change)}`;
        show(context, json, { scope, ...forMachines(change) }, text);
      }),
    );
}

function addCheck(policy: Command, context: Context): void {
  policy
    .command('check')
    .description('say what is wrong with a file of rules; ends with code 1 when something is; needs no site')
    .argument('<file>', 'rules as JSON')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway policy check rules.json')
    .action((file: string, _: object, command: Command) => {
      const { json = false } = command.optsWithGlobals<{ json?: boolean }>();
      const judged = readFileRules(context, file);
      const problems = 'problems' in judged ? judged.problems : [];
      if (json || problems.length === 0) show(context, json, { problems }, `${file} is in order.`);
      if (problems.length > 0) throw new CliError(`${file} cannot be used.\n${problemLines(problems)}`);
    });
}

function forMachines({ layer, laptops }: PolicyChange) {
  return { rules: withNulls(layer), laptops: laptopsForMachines(laptops) };
}

export function laptopsForMachines(laptops: readonly LaptopChange[]) {
  return laptops.map(({ changes, ...laptop }) => ({ ...laptop, changes: withNulls(changes) }));
}

/** JSON would leave out what was not decided. */
function withNulls(changes: readonly RuleChange[]) {
  return changes.map(({ rule, before = null, after = null, looser }) => ({ rule, before, after, looser }));
}

function changeText({ layer, laptops }: PolicyChange): string {
  const rows = layer.map((change) => [...cells(change), change.looser ? 'looser than Hanare’s default' : '-']);
  return [table(['RULE', 'BEFORE', 'AFTER', 'NOTE'], rows, ''), '', laptopsText(laptops)].join('\n');
}

/** Laptops rule by rule; those that change alike share a line. */
export function laptopsText(laptops: readonly LaptopChange[]): string {
  if (laptops.length === 0) return 'No laptop’s rules change by it.';
  const all = laptops.flatMap(({ device, changes }) => changes.map((change) => ({ device, change })));
  const alike = Map.groupBy(all, ({ change }) => JSON.stringify(change));
  const rows = [...alike.values()].map((group) => {
    const { change } = group[0]!;
    return [...cells(change), change.looser ? 'looser' : '-', group.map(({ device }) => device).join(', ')];
  });
  const head =
    laptops.length === 1 ? 'It changes the rules of 1 laptop:' : `It changes the rules of ${laptops.length} laptops:`;
  return `${head}\n${table(['RULE', 'BEFORE', 'AFTER', 'NOTE', 'LAPTOPS'], rows, '')}`;
}

function cells({ rule, before, after }: RuleChange): string[] {
  return [rule, valueText(rule, before, 'en'), valueText(rule, after, 'en')];
}

function rulesText(count: number): string {
  return count === 1 ? '1 rule' : `${count} rules`;
}
