import { spawn } from 'node:child_process';
import type { Logger } from '#contract/log/logger.ts';
import { childEnvironment } from '../system.ts';

export type Command = Readonly<{ program: string; args: readonly string[] }>;
export type Heard = Readonly<{ data(chunk: Uint8Array): void; ended(): void }>;
/** Starts a program whose output is listened to. `ended` comes once, also when it could not be started. */
export type StartProcess = (command: Command, heard: Heard) => Readonly<{ stop(): void }>;

/** No shell, no input, the C locale. It only reads, so that it may be killed at any time. */
export const startProcess: StartProcess = ({ program, args }, { data, ended }) => {
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    // On Linux its word is only a hint to look, and tests of it need their environment.
    env: process.platform === 'win32' ? childEnvironment() : { ...process.env, LC_ALL: 'C' },
  });
  let over = false;
  const end = () => {
    if (!over) ended();
    over = true;
  };
  child.stdout.on('data', data);
  child.once('error', end);
  child.once('close', end);
  return { stop: () => void child.kill('SIGKILL') };
};

export type Patience = Readonly<{
  /** Wait before it is started again, ms; twice as long each time, up to `most`, until it has run for that long. */
  first: number;
  most: number;
  /** A program that says nothing for so long hangs; null: it may be silent. */
  silence: number | null;
}>;

/**
 * Keeps a program running until it is stopped.
 * @param on.started before anything that it says, each time. @returns what stops it
 */
export function keepRunning(
  command: Command,
  on: Readonly<{ started(): void; data(chunk: Uint8Array): void }>,
  { start, patience, log }: Readonly<{ start: StartProcess; patience: Patience; log: Logger }>,
): Readonly<{ stop(): void }> {
  let stopped = false;
  let wait = patience.first;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Readonly<{ stop(): void }> | undefined;

  function listen(): void {
    clearTimeout(timer);
    if (patience.silence !== null) timer = setTimeout(() => running?.stop(), patience.silence);
  }

  function begin(): void {
    since = performance.now();
    on.started();
    listen();
    running = start(command, {
      data: (chunk) => {
        if (stopped) return;
        listen();
        on.data(chunk);
      },
      ended: () => {
        if (stopped) return;
        clearTimeout(timer);
        if (performance.now() - since > patience.most) wait = patience.first;
        // Said once, and not for as long as the program is missing.
        if (wait === patience.first) log.warn('what listens for USB has ended', { program: command.program });
        timer = setTimeout(begin, wait);
        wait = Math.min(wait * 2, patience.most);
      },
    });
  }

  begin();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      running?.stop();
    },
  };
}
