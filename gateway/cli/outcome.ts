import { resolve } from 'node:path';
import type { Command, CommanderError } from 'commander';
import { AlreadyServingError } from '../server/index.ts';
import { SiteError } from '../site/files.ts';
import { DirectoryError } from '../store/directory.ts';
import { StoreError } from '../store/schema.ts';

/** Documented in docs/protocol.md and in `--help`; scripts depend on them. */
export const exitCodes = {
  ok: 0,
  /** The command was understood and refused or failed; nothing was changed. */
  failed: 1,
  usage: 2,
  /** There is no site in the data folder. */
  notInitialised: 3,
  /** The port cannot be had, or another gateway serves this folder. */
  cannotListen: 4,
} as const;

/** A failure said in one plain sentence. */
export class CliError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

type Output = Readonly<{ out: (line: string) => void; err: (line: string) => void }>;

/** What every command gets besides its own options. */
export type Context = Readonly<{
  output: Output;
  now: () => number;
  env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  cwd: string;
  /** Account of the operating system that runs the command: who the audit log names. */
  account: string;
  /** Asks a person at the terminal a yes-or-no question; undefined where nobody can answer. */
  confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Resolves when the process is asked to stop. */
  stopped: () => Promise<void>;
}>;

export type GlobalOptions = Readonly<{ data: string; json: boolean }>;

export function globalOptions(command: Command, context: Context): GlobalOptions {
  const { data, json } = command.optsWithGlobals<{ data?: string; json?: boolean }>();
  const folder = data ?? context.env.HANARE_GATEWAY_DATA ?? 'hanare-gateway';
  return { data: resolve(context.cwd, folder), json: json ?? false };
}

/** Prints a result: JSON on one line for machines, or the sentence or table for people. */
export function show(context: Context, json: boolean, value: unknown, text: string): void {
  context.output.out(json ? JSON.stringify(value) : text);
}

/** A table with aligned columns, or a sentence when there is nothing to list. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const all = [head, ...rows.map((cells) => cells.map(oneLine))];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => width(cells[column] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat(widths[column]! - width(cell)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** Columns on a terminal: CJK characters and full-width forms take two. */
function width(text: string): number {
  let columns = 0;
  for (const char of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      char,
    )
      ? 2
      : 1;
  return columns;
}

/** Names come from people: a control character must not move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

/** Facts as `name  value` lines; a value may have several lines. */
export function facts(lines: readonly (readonly [string, string])[]): string {
  const widest = Math.max(...lines.map(([name]) => width(name)));
  return lines
    .flatMap(([name, value]) =>
      value.split('\n').map((part, index) => {
        const lead = index === 0 ? name : '';
        return `  ${lead}${' '.repeat(widest - width(lead))}  ${oneLine(part)}`.trimEnd();
      }),
    )
    .join('\n');
}

/** Day and second on this computer's clock, as people at the office read it; `--json` has milliseconds since 1970. */
export function time(ms: number | null): string {
  return ms === null ? '-' : `${localTime(ms)}:${two(new Date(ms).getSeconds())}`;
}

/** Day and minute on this computer's clock. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  return `${localDate(ms)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The day as `--until` takes it. */
export function localDate(ms: number | null): string {
  if (ms === null) return '-';
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Asks before what cannot be undone. @throws {CliError} when the answer is no, or nobody is there to answer. */
export async function confirmed(context: Context, options: { yes?: boolean; question: string }): Promise<void> {
  if (options.yes) return;
  if (context.confirm === undefined) {
    throw new CliError('This cannot be undone, and there is no terminal to ask at: add --yes.', exitCodes.usage);
  }
  if (!(await context.confirm(options.question))) throw new CliError('Nothing was changed.');
}

/** Turns whatever was thrown into a sentence and an exit code. Unexpected errors keep their stack on stderr. */
export function explain(error: unknown): { message: string; exitCode: number; expected: boolean } {
  const known = (message: string, exitCode: number) => ({ message, exitCode, expected: true });
  if (error instanceof CliError) return known(error.message, error.exitCode);
  if (error instanceof SiteError) {
    return known(error.message, error.problem === 'notInitialised' ? exitCodes.notInitialised : exitCodes.failed);
  }
  if (error instanceof AlreadyServingError) return known(error.message, exitCodes.cannotListen);
  if (error instanceof DirectoryError || error instanceof StoreError) return known(error.message, exitCodes.failed);
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return known(`No permission for ${path ?? 'this'}.`, exitCodes.failed);
  if (code === 'ENOENT' && path !== undefined) return known(`There is no file or folder ${path}.`, exitCodes.failed);
  if (code === 'EISDIR') return known('That is a folder, not a file.', exitCodes.failed);
  if (code === 'ENOSPC') return known('The disk is full.', exitCodes.failed);
  return {
    message: error instanceof Error ? error.message : String(error),
    exitCode: exitCodes.failed,
    expected: false,
  };
}

/** Commander ends `--help` and `--version` with an "error" too. */
export function exitCodeOf(error: CommanderError): number {
  return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}
