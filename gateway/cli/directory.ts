import type { Command } from 'commander';
import type { DeskProtocol } from '#contract/wire/messages.ts';
import { type Context, show, table, time } from './outcome.ts';
import { formatAddress, parseAddress, parseId, parseName, parseProtocol } from './values.ts';
import { withStore } from './with-store.ts';

export function addUserCommands(program: Command, context: Context): void {
  const user = program.command('user').description('the people who may use a desk');
  user
    .command('add')
    .description('add a person')
    .argument('<id>', 'short id', parseId)
    .requiredOption('--name <name>', 'name as people read it', parseName)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user add yamada --name "Yamada Hanako"')
    .action((id: string, { name }: { name: string }, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        store.addUser({ id, name, created: context.now() });
        show(context, json, { user: { id, name } }, `User "${id}" (${name}) added.`);
      }),
    );
  user
    .command('list')
    .description('list all people')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user list --json')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const users = store.users();
        const rows = users.map(({ id, name, status, created }) => [id, name, status, time(created)]);
        show(context, json, { users }, table(['ID', 'NAME', 'STATUS', 'ADDED'], rows, 'There are no users yet.'));
      }),
    );
}

type DeskOptions = { name: string; protocol: DeskProtocol; address: { host: string; port: number } };

export function addDeskCommands(program: Command, context: Context): void {
  const desk = program.command('desk').description('the desk PCs and who may use them');
  desk
    .command('add')
    .description('add a desk PC')
    .argument('<id>', 'short id', parseId)
    .requiredOption('--name <name>', 'name as people read it', parseName)
    .requiredOption('--protocol <protocol>', 'how its screen is reached: vnc', parseProtocol)
    .requiredOption('--address <host:port>', 'where the gateway reaches it; laptops never see this', parseAddress)
    .addHelpText(
      'after',
      '\nExample:\n  $ hanare-gateway desk add pc-101 --name "Desk 101" --protocol vnc --address 10.1.2.3:5900',
    )
    .action((id: string, { name, protocol, address }: DeskOptions, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        store.addDesk({ id, name, protocol, ...address, created: context.now() });
        const text = `Desk "${id}" (${name}) at ${formatAddress(address)} added. Nobody may use it yet: see "desk assign".`;
        show(context, json, { desk: { id, name, protocol, ...address } }, text);
      }),
    );
  desk
    .command('list')
    .description('list all desk PCs with their users')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway desk list')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const desks = store.desks();
        const rows = desks.map((item) => [
          ...[item.id, item.name, item.protocol, formatAddress(item)],
          item.users.join(', ') || '-',
        ]);
        const head = ['ID', 'NAME', 'PROTOCOL', 'ADDRESS', 'USERS'];
        show(context, json, { desks }, table(head, rows, 'There are no desks yet.'));
      }),
    );
  for (const verb of ['assign', 'unassign'] as const) {
    const description =
      verb === 'assign' ? 'let a person use a desk PC' : 'stop a person from using a desk PC; a live session is cut';
    desk
      .command(verb)
      .description(description)
      .argument('<desk>', 'id of the desk', parseId)
      .argument('<user>', 'id of the user', parseId)
      .addHelpText('after', `\nExample:\n  $ hanare-gateway desk ${verb} pc-101 yamada`)
      .action((deskId: string, userId: string, _: object, command: Command) =>
        withStore(command, context, ({ store, json }) => {
          const assign = verb === 'assign';
          const changed = assign ? store.assign(deskId, userId, context.now()) : store.unassign(deskId, userId);
          const now = assign ? `"${userId}" may use desk "${deskId}"` : `"${userId}" may not use desk "${deskId}"`;
          const text = changed ? `From now on ${now}.` : `It was so already: ${now}.`;
          show(context, json, { desk: deskId, user: userId, assigned: assign, changed }, text);
        }),
      );
  }
}
