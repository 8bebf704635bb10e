import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Language } from '#contract/errors/entry.ts';
import type { Rules } from '#contract/policy/policy.ts';
import { type Judged, type Problem, readRulesText, withRule } from '../policy/check.ts';
import { createPolicyOffice, type PolicyOffice } from '../policy/office.ts';
import { createPolicies, type Policies } from '../policy/policies.ts';
import { loadSite } from '../site/site.ts';
import type { PolicyScope } from '../store/policy-records.ts';
import { CliError, type Context } from './outcome.ts';
import { parseId } from './values.ts';
import { type Opened, withStore } from './with-store.ts';

/* What the commands about policies share: whom a rule is for, where the rules come from, and the parts that decide. */

export type ScopeOptions = { site?: boolean; group?: string; user?: string; device?: string };

export function addScopeOptions(command: Command): Command {
  const others = (name: string) => ['site', 'group', 'user', 'device'].filter((other) => other !== name);
  return command
    .addOption(new Option('--site', 'for everybody').conflicts(others('site')))
    .addOption(new Option('--group <name>', 'for a group').argParser(parseId).conflicts(others('group')))
    .addOption(new Option('--user <id>', 'for one person').argParser(parseId).conflicts(others('user')))
    .addOption(new Option('--device <id>', 'for one laptop').argParser(parseId).conflicts(others('device')));
}

export function scopeOf({ group, user, device }: ScopeOptions): PolicyScope {
  if (group !== undefined) return `group:${group}`;
  if (user !== undefined) return `user:${user}`;
  return device === undefined ? 'site' : `device:${device}`;
}

export function scopeText(scope: PolicyScope, lang: Language = 'en'): string {
  if (scope === 'site') return { ja: '全員', en: 'everybody' }[lang];
  const [kind, id] = scope.split(':') as ['group' | 'user' | 'device', string];
  const names = { group: 'グループ', user: '利用者', device: '端末' } as const;
  return { ja: `${names[kind]}「${id}」`, en: `${kind} "${id}"` }[lang];
}

export type DraftOptions = ScopeOptions & { rule?: string[] };

/** Where rules come from: a file for all of a layer, or one rule at a time. */
export function addDraftOptions(command: Command): Command {
  const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];
  return addScopeOptions(
    command
      .argument('[file]', 'rules as JSON: all that is decided for whom they are')
      .option(
        '--rule <name=value>',
        'one rule, the others stay; repeat for several; no value: not decided here',
        collect,
      ),
  );
}

/**
 * Reads what is given; that may take as long as a person types, and must not happen within a transaction.
 * @returns of the rules that a layer has those that it shall have. Both throw CliError, naming each place that is wrong.
 */
export function draftOf(
  context: Context,
  command: Command,
  file: string | undefined,
  { rule }: DraftOptions,
): (before: Rules) => Rules {
  if ((file === undefined) === (rule === undefined)) command.error('error: give either a file or --rule');
  if (file !== undefined) {
    const rules = accepted(readFileRules(context, file), file);
    return () => rules;
  }
  return (before) => (rule ?? []).reduce((rules, text) => accepted(withRule(rules, text), `--rule ${text}`), before);
}

export function readFileRules(context: Context, file: string): Judged {
  return readRulesText(readFileSync(resolve(context.cwd, file), 'utf8'));
}

function accepted(judged: Judged, where: string): Rules {
  if ('rules' in judged) return judged.rules;
  throw new CliError(`${where} cannot be used; nothing was changed.\n${problemLines(judged.problems)}`);
}

export function problemLines(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`).join('\n');
}

type WithPolicies = Opened & Readonly<{ policies: Policies; office: PolicyOffice }>;

/** Opens the data folder with what decides about rules. */
export function withPolicies(
  command: Command,
  context: Context,
  work: (opened: WithPolicies) => void | Promise<void>,
): Promise<void> {
  return withStore(command, context, (opened) => {
    const { store, audit } = opened;
    const site = loadSite(opened.data);
    const { now } = context;
    const policies = createPolicies({ store, site, now });
    const office = createPolicyOffice({ store, policies, audit, issuer: site.config.issuer, now });
    return work({ ...opened, policies, office });
  });
}
