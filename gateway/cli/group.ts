import type { Command } from 'commander';
import type { LaptopChange } from '../policy/foresee.ts';
import { type Context, show, table } from './outcome.ts';
import { laptopsForMachines, laptopsText } from './policy-change.ts';
import { withPolicies } from './policy-options.ts';
import { parseId } from './values.ts';
import { withStore } from './with-store.ts';

export function addGroupCommands(program: Command, context: Context): void {
  const group = program.command('group').description('people who share rules; see "policy set --group"');
  addMembership(group, context, 'add');
  addMembership(group, context, 'remove');
  group
    .command('list')
    .description('all groups with their people, and how many rules each decides')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway group list')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const users = Map.groupBy(store.memberships(), ({ name }) => name);
        const layers = new Map(store.policyLayers().map(({ scope, rules }) => [String(scope), rules]));
        // A group that has rules and nobody in it yet is one, too.
        const decided = [...layers.keys()].filter((scope) => scope.startsWith('group:'));
        const names = new Set([...users.keys(), ...decided.map((scope) => scope.slice('group:'.length))]);
        const groups = [...names].sort().map((name) => ({
          name,
          users: (users.get(name) ?? []).map(({ user }) => user),
          rules: Object.keys(JSON.parse(layers.get(`group:${name}`) ?? '{}') as object),
        }));
        const rows = groups.map(({ name, users, rules }) => [name, users.join(', ') || '-', rules.join(', ') || '-']);
        show(context, json, { groups }, table(['GROUP', 'PEOPLE', 'RULES'], rows, 'There are no groups yet.'));
      }),
    );
}

function addMembership(group: Command, context: Context, verb: 'add' | 'remove'): void {
  const adds = verb === 'add';
  group
    .command(verb)
    .description(adds ? 'put a person into a group; the group need not exist before' : 'take a person out of a group')
    .argument('<group>', 'name of the group', parseId)
    .argument('<user>', 'id of the user', parseId)
    .addHelpText('after', `\nExample:\n  $ hanare-gateway group ${verb} night-shift yamada`)
    .action((name: string, user: string, _: object, command: Command) =>
      withPolicies(command, context, ({ office, actor, json }) => {
        const laptops: readonly LaptopChange[] | undefined = adds
          ? office.join(name, user, actor)
          : office.leave(name, user, actor);
        const changed = laptops !== undefined;
        const said = adds ? `"${user}" is in group "${name}" now.` : `"${user}" is not in group "${name}" any more.`;
        const text = changed ? `${said} ${laptopsText(laptops)}` : 'It was so already.';
        show(
          context,
          json,
          { group: name, user, member: adds, changed, laptops: laptopsForMachines(laptops ?? []) },
          text,
        );
      }),
    );
}
