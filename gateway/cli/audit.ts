import type { Command } from 'commander';
import type { AuditLine } from '../audit/line.ts';
import { type AuditProblem, readAudit } from '../audit/verify.ts';
import { sitePaths } from '../site/site.ts';
import { CliError, type Context, show, table, time } from './outcome.ts';
import { parseCount, parseId } from './values.ts';
import { withStore } from './with-store.ts';

const defaultLast = 50;

export function addAuditCommands(program: Command, context: Context): void {
  const audit = program.command('audit').description('the log of who did what, when and to which device');
  audit
    .command('list')
    .description('the last entries, oldest first')
    .option('--last <number>', 'how many', parseCount, defaultLast)
    .option('--device <id>', 'only those of one device', parseId)
    .option('--user <id>', 'only those of one user', parseId)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway audit list --last 20 --device laptop-7')
    .action(({ last, device, user }: { last: number; device?: string; user?: string }, command: Command) =>
      withStore(command, context, async ({ data, json }) => {
        const { entries, unreadable } = await readAudit(sitePaths(data).audit, { last, device, user });
        const head = ['NO', 'TIME', 'BY', 'WHAT', 'DEVICE', 'USER', 'DESK', 'DETAILS'];
        const text = table(head, entries.map(cells), 'There are no entries.');
        const warning = unreadable === 0 ? '' : `\n${unreadable} lines cannot be read: see "audit verify".`;
        show(context, json, { entries, unreadable }, `${text}${warning}`);
      }),
    );
  audit
    .command('verify')
    .description('check the whole log; ends with code 1 and names the first line that is not as it was written')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway audit verify')
    .action((_: object, command: Command) =>
      withStore(command, context, async ({ audit: log, json }) => {
        const { lines, problem } = await log.verify();
        if (problem === null) return show(context, json, { lines, problem }, `The audit log is whole: ${lines} lines.`);
        if (json) show(context, json, { lines, problem }, '');
        throw new CliError(describe(problem));
      }),
    );
}

function cells(line: AuditLine): string[] {
  const by = line.actor.kind === 'gateway' ? 'gateway' : `${line.actor.kind} ${line.actor.name}`;
  return [
    ...[String(line.seq), time(Date.parse(line.time)), by, line.action],
    ...[line.device ?? '-', line.user ?? '-', line.desk ?? '-'],
    line.details === undefined ? '-' : JSON.stringify(line.details),
  ];
}

function describe({ line, seq, what }: AuditProblem): string {
  const entry = `Line ${line} of the audit log (entry ${seq})`;
  switch (what) {
    case 'changed':
      return `${entry} was changed after it was written.`;
    case 'missing':
      return `${entry} is missing; others follow it.`;
    case 'reordered':
      return `${entry} is not in its place.`;
    case 'truncated':
      return `${entry} is missing: the log was cut off there.`;
    case 'unreadable':
      return `${entry} cannot be read.`;
    default:
      return what satisfies never;
  }
}
