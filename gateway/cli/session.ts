import type { Command } from 'commander';
import { askEnd, type Filter, liveSessions } from './end-sessions.ts';
import { CliError, type Context, show, table, time } from './outcome.ts';
import { parseId } from './values.ts';
import { type Opened, withStore } from './with-store.ts';

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
          ...{ source: row.source, bytesToDesk: row.to_desk, bytesFromDesk: row.from_desk },
        }));
        const rows = sessions.map((item) => [
          ...[item.sid, item.user, item.device, item.desk, item.reason ?? item.state],
          ...[item.source ?? '-', time(item.granted), size(item.bytesToDesk), size(item.bytesFromDesk)],
        ]);
        const head = ['SESSION', 'USER', 'DEVICE', 'DESK', 'STATE', 'SOURCE', 'SINCE', 'TO DESK', 'FROM DESK'];
        show(
          context,
          json,
          { sessions },
          table(head, rows, all ? 'There were no sessions yet.' : 'Nobody is connected.'),
        );
      }),
    );
  addEnd(session, context);
}

type EndOptions = { all?: boolean; yes?: boolean } & Filter;

function addEnd(session: Command, context: Context): void {
  session
    .command('end')
    .description('end one session, or all; the serving gateway cuts them within two seconds')
    .argument('[session]', 'id as "session list" shows it', parseId)
    .option('--all', 'every live session instead of one, or those that the next options name')
    .option('--desk <id>', 'with --all: only those on one desk PC', parseId)
    .option('--user <id>', 'with --all: only those of one person', parseId)
    .option('--device <id>', 'with --all: only those of one laptop', parseId)
    .option('--yes', 'do it; without, --all only says how many would end')
    .addHelpText(
      'after',
      '\nExample:\n  $ hanare-gateway session end 3f6c1d0a9b2e4c5d6e7f8a9b\n  $ hanare-gateway session end --all --desk pc-101 --yes',
    )
    .action((sid: string | undefined, { all = false, yes = false, ...filter }: EndOptions, command: Command) => {
      if (all === (sid !== undefined)) command.error('error: give the id of one session, or --all');
      if (!all && Object.keys(filter).length > 0) command.error('error: --desk, --user and --device go with --all');
      return withStore(command, context, (opened) =>
        sid === undefined ? endAll(opened, filter, yes, context) : endOne(opened, sid, context),
      );
    });
}

function endOne(opened: Opened, sid: string, context: Context): void {
  const { store, json } = opened;
  const row = store.session(sid);
  if (row === undefined) throw new CliError(`There is no session "${sid}".`);
  store.transaction(() => {
    if (!askEnd(opened, row)) throw new CliError(`The session "${sid}" has ended already.`);
  });
  const text = `The session of "${row.user}" on desk "${row.desk}" is being ended.`;
  show(context, json, { sid, requested: true }, text);
}

function endAll(opened: Opened, filter: Filter, yes: boolean, context: Context): void {
  const { store, json } = opened;
  // A name that was mistyped must not look like "nobody is connected".
  for (const kind of ['desk', 'user', 'device'] as const) {
    const id = filter[kind];
    if (id !== undefined && store[kind](id) === undefined) throw new CliError(`There is no ${kind} "${id}".`);
  }
  const count = (found: readonly unknown[]) => (found.length === 1 ? '1 session' : `${found.length} sessions`);
  if (!yes) {
    const sessions = liveSessions(store, filter);
    if (json) show(context, json, { sessions: sessions.map(({ sid }) => sid), requested: false }, '');
    throw new CliError(`${count(sessions)} would end. Nothing was changed; add --yes to do it.`);
  }
  const asked = store.transaction(() => liveSessions(store, filter).filter((row) => askEnd(opened, row)));
  const text = asked.length === 0 ? 'Nobody is connected.' : `${count(asked)} being ended.`;
  show(context, json, { sessions: asked.map(({ sid }) => sid), requested: true }, text);
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
