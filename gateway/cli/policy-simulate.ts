import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import * as v from 'valibot';
import { type Rules, rulesSchema } from '#contract/policy/policy.ts';
import { type DraftScope, draftPolicies } from '../policy/draft.ts';
import { pastSessions } from '../policy/past-sessions.ts';
import { createPolicies } from '../policy/policies.ts';
import { notReplayed, type Simulation, simulate } from '../policy/simulate.ts';
import { loadSite } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { CliError, type Context, localDate, localTime, show, table } from './outcome.ts';
import { parseCount, parseId } from './values.ts';
import { withStore } from './with-store.ts';

const defaultDays = 30;
const dayMs = 24 * 3_600_000;

type ScopeOptions = { site?: boolean; group?: string; user?: string; device?: string };

export function addPolicySimulate(policy: Command, context: Context): void {
  policy
    .command('simulate')
    .description('replay past sessions against a draft, and say who would be refused or cut short; changes nothing')
    .argument('<file>', 'the draft: rules as JSON, as "policy set" takes them')
    .option('--site', 'the draft is for everybody (default)')
    .option('--group <name>', 'the draft is for one group', parseId)
    .option('--user <id>', 'the draft is for one person', parseId)
    .option('--device <id>', 'the draft is for one laptop', parseId)
    .option('--days <number>', 'how far back', parseCount, defaultDays)
    .addHelpText(
      'after',
      '\nA laptop is taken as it said of itself then, and a desk PC by its class of today.' +
        '\n\nExample:\n  $ hanare-gateway policy simulate draft.json --group night-shift --days 60',
    )
    .action((file: string, { days, ...scope }: { days: number } & ScopeOptions, command: Command) => {
      if (Object.keys(scope).length > 1) command.error('error: give one of --site, --group, --user and --device');
      return withStore(command, context, ({ store, data, json }) => {
        const rules = readDraft(resolve(context.cwd, file));
        const { now } = context;
        const since = now() - days * dayMs;
        const { layers } = createPolicies({ store, site: loadSite(data), now });
        const policies = draftPolicies(layers, scopeOf(scope, store), rules);
        const found = simulate(pastSessions(store, since), { ...policies, now: now() });
        const result = { days, since, ...found, notReplayed: notReplayed(rules) };
        show(context, json, result, textOf(result));
      });
    });
}

/** @throws {CliError} naming each place that is wrong. */
function readDraft(path: string): Rules {
  const text = readFileSync(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`The file ${path} cannot be read as JSON.`, undefined, { cause: error });
  }
  const result = v.safeParse(rulesSchema, value);
  if (result.success) return result.output;
  const places = [...new Set(result.issues.map((issue) => v.getDotPath(issue) ?? 'the top level'))];
  throw new CliError(`The draft is no set of rules (see ${places.join(', ')}); "policy check" says more.`);
}

/** @throws {CliError} for whom it does not know: a mistyped name must not look like "nobody would be met". */
function scopeOf({ group, user, device }: ScopeOptions, store: Store): DraftScope {
  if (user !== undefined && store.user(user) === undefined) throw new CliError(`There is no user "${user}".`);
  if (device !== undefined && store.device(device) === undefined) throw new CliError(`There is no device "${device}".`);
  if (group !== undefined) {
    const members = new Set(store.memberships().flatMap(({ name, user }) => (name === group ? [user] : [])));
    if (members.size === 0) throw new CliError(`Nobody is in the group "${group}".`);
    return { origin: `group:${group}`, covers: (_, who) => members.has(who) };
  }
  if (user !== undefined) return { origin: 'user', covers: (_, who) => who === user };
  if (device !== undefined) return { origin: 'device', covers: (which) => which === device };
  return { origin: 'site', covers: () => true };
}

type Result = Simulation & Readonly<{ since: number; notReplayed: readonly string[] }>;

function textOf({ sessions, since, refused, cutShort, anew, people, unknown, notReplayed }: Result): string {
  if (sessions === 0) return `There were no sessions since ${localDate(since)}.`;
  const count = sessions === 1 ? '1 session' : `${sessions} sessions`;
  const rows = people.map((person) => [
    ...[person.user, person.rule, String(person.refused), String(person.cutShort), String(person.anew)],
    ...[localTime(person.first), localTime(person.last)],
  ]);
  const head = ['USER', 'RULE', 'REFUSED', 'CUT SHORT', 'NEW', 'FIRST', 'LAST'];
  return [
    `Of ${count} since ${localDate(since)}, the draft would refuse ${refused} and cut ${cutShort} short; ` +
      `the rules of now would leave ${anew} of these alone.`,
    ...(people.length === 0 ? [] : ['', table(head, rows, '')]),
    ...(unknown.length === 0 ? [] : ['', `Not known, as nothing was recorded: ${list(unknown)}.`]),
    ...(notReplayed.length === 0 ? [] : ['', `Not replayed, as it leaves no trace here: ${notReplayed.join(', ')}.`]),
  ].join('\n');
}

function list(unknown: Simulation['unknown']): string {
  return unknown.map(({ rule, sessions }) => `${rule} for ${sessions}`).join(', ');
}
