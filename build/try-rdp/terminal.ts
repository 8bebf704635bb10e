import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';

type Keyboard = Pick<ReadStream, 'setRawMode' | 'setEncoding' | 'resume' | 'pause' | 'on' | 'off'>;

/**
 * Asks without showing what is typed. @returns null when Ctrl+C or Ctrl+D was pressed, or the terminal went away
 */
export function askHidden(
  question: string,
  keyboard: Keyboard,
  screen: Pick<WriteStream, 'write'>,
): Promise<string | null> {
  return new Promise((resolve) => {
    const typed: string[] = [];
    const done = (answer: string | null) => {
      keyboard.off('data', take).off('end', gone);
      keyboard.setRawMode(false);
      keyboard.pause();
      screen.write('\n');
      resolve(answer);
    };
    const gone = () => done(null);
    const take = (text: string) => {
      for (const letter of text) {
        if (letter === '\r' || letter === '\n') return done(typed.join(''));
        if (letter === '\u0003' || letter === '\u0004') return done(null);
        if (letter === '\u007f' || letter === '\b') typed.pop();
        else if (letter >= ' ') typed.push(letter);
      }
    };
    keyboard.setEncoding('utf8');
    // Before the question: who types at once is not to be echoed either.
    keyboard.setRawMode(true);
    screen.write(question);
    keyboard.on('data', take).on('end', gone).resume();
  });
}

/** Asks for a line that may be seen. @returns null when none came before the signal */
export async function askLine(question: string, signal: AbortSignal): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // A terminal in this state makes no signal of Ctrl+C by itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const closed = once(lines, 'close').then(() => null);
    return await Promise.race([lines.question(question, { signal }), closed]);
  } catch {
    return null;
  } finally {
    lines.close();
  }
}
