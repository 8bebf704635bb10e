import type { Command } from 'commander';
import { CliError, type Context, show, table, time } from './outcome.ts';
import { parseId } from './values.ts';
import { withStore } from './with-store.ts';

const mostShown = 1000;

export function addSessionCommands(program: Command, context: Context): void {
  const session = program.command('session').description('who is connected to which desk');
  session
    .command('list')
    .description('list live sessions, newest first')
    .option('--all', `the last ${mostShown} sessions, ended ones too`)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway session list --json')
    .action(({ all = false }: { all?: boolean }, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const sessions = store.sessions({ all, limit: mostShown }).map((row) => ({
          ...{ sid: row.sid, user: row.user, device: row.device, desk: row.desk, state: row.state },
          ...{ granted: row.granted, opened: row.opened, ended: row.ended, reason: row.reason },
          ...{ bytesToDesk: row.to_desk, bytesFromDesk: row.from_desk },
        }));
        const rows = sessions.map((item) => [
          ...[item.sid, item.user, item.device, item.desk, item.reason ?? item.state],
          ...[time(item.granted), size(item.bytesToDesk), size(item.bytesFromDesk)],
        ]);
        const head = ['SESSION', 'USER', 'DEVICE', 'DESK', 'STATE', 'SINCE', 'TO DESK', 'FROM DESK'];
        show(
          context,
          json,
          { sessions },
          table(head, rows, all ? 'There were no sessions yet.' : 'Nobody is connected.'),
        );
      }),
    );
  session
    .command('end')
    .description('end one session; the serving gateway cuts it within two seconds')
    .argument('<session>', 'id as "session list" shows it', parseId)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway session end 3f6c1d0a9b2e4c5d6e7f8a9b')
    .action((sid: string, _: object, command: Command) =>
      withStore(command, context, ({ store, json, audit, actor }) => {
        const row = store.session(sid);
        if (row === undefined) throw new CliError(`There is no session "${sid}".`);
        const { device, user, desk } = row;
        store.transaction(() => {
          if (!store.requestEnd(sid)) throw new CliError(`The session "${sid}" has ended already.`);
          audit.append({ actor, action: 'session.endAsked', device, user, desk, details: { sid } });
        });
        show(context, json, { sid, requested: true }, `The session of "${user}" on desk "${desk}" is being ended.`);
      }),
    );
}

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
