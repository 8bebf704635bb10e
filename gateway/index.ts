#!/usr/bin/env node
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { runCli } from './cli/program.ts';
import { terminalConfirm } from './cli/terminal.ts';

// Whatever this process creates belongs to its account alone.
process.umask(0o077);

// A reader that went away (`| head`) must not end in a stack trace, least of all while serving.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = await runCli(process.argv.slice(2), {
  output: {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  },
  now: Date.now,
  account: account(),
  confirm: terminalConfirm(),
  env: process.env,
  // npm changes to the package's folder and leaves the caller's in INIT_CWD.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stopped: async () => {
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process, 'SIGHUP')]);
  },
});

/** A container may run under a number that has no name. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
