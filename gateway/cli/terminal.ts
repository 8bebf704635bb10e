import { createInterface } from 'node:readline';

/** A question on this process's terminal. @returns undefined when there is none to ask at, as in a script. */
export function terminalConfirm(): ((question: string) => Promise<boolean>) | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return (question) =>
    new Promise((resolve) => {
      // Not on standard output, which belongs to the result.
      const terminal = createInterface({ input: stdin, output: stderr });
      // Ctrl+C and Ctrl+D close it without an answer.
      terminal.once('close', () => resolve(false));
      terminal.question(`${question} [y/N] `, (answer) => {
        resolve(/^y(es)?$/i.test(answer.trim()));
        terminal.close();
      });
    });
}
