import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeAtomically } from '../site/files.ts';
import { CliError, type Context } from './outcome.ts';

/**
 * Does `work`, whose result goes into a file for this account alone (0600). The name is taken before, so that neither a
 * full disk nor a file that is there already is found only when a code has been made that is shown once.
 * @param path undefined when no file is wanted. @param content of the file, from what `work` gave.
 * @throws {CliError} when the file exists or cannot be written, and what `work` throws; then there is no file.
 */
export function withOutFile<T>(
  context: Context,
  path: string | undefined,
  work: () => T,
  content: (result: T) => string,
): { result: T; file: string | undefined } {
  if (path === undefined) return { result: work(), file: undefined };
  const file = resolve(context.cwd, path);
  try {
    writeAtomically(file, '', { replace: false });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const message = exists ? `The file ${file} exists already` : `The file ${file} cannot be written`;
    throw new CliError(`${message}; nothing was changed.`, undefined, { cause: error });
  }
  try {
    const result = work();
    writeAtomically(file, content(result), { replace: true });
    return { result, file };
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
