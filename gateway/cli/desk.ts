import type { Command } from 'commander';
import type { DeskProtocol } from '#contract/wire/messages.ts';
import { type Context, show, table } from './outcome.ts';
import { formatAddress, parseAddress, parseId, parseName, parseProtocol } from './values.ts';
import { withStore } from './with-store.ts';

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
      withStore(command, context, ({ store, json, audit, actor }) => {
        store.transaction(() => {
          store.addDesk({ id, name, protocol, ...address, created: context.now() });
          audit.append({ actor, action: 'desk.added', desk: id, details: { name, protocol, ...address } });
        });
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
        withStore(command, context, ({ store, json, audit, actor }) => {
          const assign = verb === 'assign';
          const changed = store.transaction(() => {
            const done = assign ? store.assign(deskId, userId, context.now()) : store.unassign(deskId, userId);
            if (done) audit.append({ actor, action: `desk.${verb}ed`, desk: deskId, user: userId });
            return done;
          });
          const now = assign ? `"${userId}" may use desk "${deskId}"` : `"${userId}" may not use desk "${deskId}"`;
          const text = changed ? `From now on ${now}.` : `It was so already: ${now}.`;
          show(context, json, { desk: deskId, user: userId, assigned: assign, changed }, text);
        }),
      );
  }
}
