import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A started app: its output by lines and its end. */
export function followProcess(child: ChildProcess) {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const exited = new Promise<number>((resolve) => {
    // `close` and not `exit`: the output is complete then, and the stand-in's clearing up is done.
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    child.once('error', (error) => {
      lines.push(String(error));
      resolve(127);
    });
  });
  return {
    lines,
    exited,
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    /** Asks politely, then no more. */
    async end(milliseconds: number): Promise<void> {
      child.kill('SIGTERM');
      const timer = new AbortController();
      const late = sleep(milliseconds, 'late' as const, { signal: timer.signal }).catch(() => 'ended' as const);
      const first = await Promise.race([exited.then(() => 'ended' as const), late]);
      timer.abort();
      if (first === 'late') child.kill('SIGKILL');
      await exited;
    },
  };
}
export type AppProcess = ReturnType<typeof followProcess>;
