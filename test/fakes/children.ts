import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex, Readable } from 'node:stream';

export type Child = Readonly<{
  pid: number;
  /** Waits for the next line of standard output that matches. Rejects when the process ends first or after `limitMs`. */
  line(pattern: RegExp, limitMs: number): Promise<RegExpMatchArray>;
  /** Everything it wrote, standard output and standard error. */
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** The pipe of a descriptor from 3 on. */
  pipe(descriptor: number): Duplex;
}>;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Ends everything at once: what waits for a line of theirs fails then, and clears up behind itself. */
export function stopAllChildren(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** @throws Error that names `what` when `work` takes longer than `ms` */
export const within = async <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/**
 * @param options.env added to this process's environment. @param options.onLine hears each line at once, of either
 * stream. @param options.morePipes pipes from descriptor 3 on.
 */
export function startChild(
  command: string,
  args: readonly string[],
  options: { env?: Record<string, string>; onLine?: (line: string) => void; morePipes?: number } = {},
): Child {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe', ...Array<'pipe'>(options.morePipes ?? 0).fill('pipe')],
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  for (const stream of child.stdio.slice(1, 3) as Readable[])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      options.onLine?.(line);
      wake();
    });
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    const finish = (error?: Error) => {
      failure ??= error;
      running.delete(child);
      resolve();
      wake();
    };
    child.once('error', finish);
    child.once('close', () => finish());
  });
  const state = { done: false };
  void ended.then(() => {
    state.done = true;
    wake();
  });
  return {
    pid: child.pid ?? -1,
    output: () => lines.join('\n'),
    line: (pattern, limitMs) => {
      let seen = 0;
      let look = () => {};
      const found = new Promise<RegExpMatchArray>((resolve, reject) => {
        look = () => {
          while (seen < lines.length) {
            const match = lines[seen++]!.match(pattern);
            if (match) return resolve(match);
          }
          if (state.done)
            reject(new Error(`${command} ended early: ${failure?.message ?? lines.slice(-5).join(' | ')}`));
        };
        waiting.add(look);
        look();
      });
      return within(found, limitMs, `${command}: ${pattern}`).finally(() => waiting.delete(look));
    },
    pipe: (descriptor) => child.stdio[descriptor] as Duplex,
    stop: async (signal = 'SIGTERM') => {
      if (state.done) return;
      child.kill(signal);
      const force = setTimeout(() => child.kill('SIGKILL'), 3000);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit').catch(() => {});
      await ended.finally(() => clearTimeout(force));
    },
  };
}
