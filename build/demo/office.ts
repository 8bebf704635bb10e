import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** An office on this machine's loopback: a real gateway in a process of its own, set up by its own command. */
export type Office = Readonly<{
  /** The gateway's process and port; a killed one is started again by `serve`. */
  gateway(): ChildProcess;
  port: number;
  /** Runs one command of hanare-gateway. @returns what it printed with --json, parsed. */
  command(...args: string[]): Promise<unknown>;
  /** Writes a new laptop's device file for a user. */
  issueDevice(options: { user: string; label: string; out: string }): Promise<void>;
  serve(): Promise<void>;
  stop(): Promise<void>;
}>;

const entry = fileURLToPath(new URL('../../gateway/index.ts', import.meta.url));
const node = [process.execPath, '--disable-warning=ExperimentalWarning', entry] as const;
const run = promisify(execFile);

/** @param folder where the office keeps its CA and store; the caller removes it. */
export async function startOffice(options: {
  folder: string;
  site: string;
  /** Takes the gateway's log lines. */
  log?: (line: string) => void;
}): Promise<Office> {
  const data = join(options.folder, 'gateway');
  const command = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run(node[0], [...node.slice(1), '--data', data, '--json', ...args]);
    return stdout.trim() === '' ? null : JSON.parse(stdout);
  };
  await command('init', '--site', options.site, '--host', 'localhost', '--host', '127.0.0.1');
  let port = 0;
  let child: ChildProcess | undefined;

  const serve = async (): Promise<void> => {
    const args = ['--data', data, '--json', 'serve', '--listen', '127.0.0.1', '--port', String(port)];
    const gateway = spawn(node[0], [...node.slice(1), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = gateway;
    const problems: string[] = [];
    createInterface({ input: gateway.stderr }).on('line', (line) => {
      if (problems.length < 20) problems.push(line);
      options.log?.(line);
    });
    port = await new Promise<number>((resolve, reject) => {
      gateway.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${problems.join('\n')}`)));
      createInterface({ input: gateway.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as { event?: string; port?: number };
        if (event.event === 'ready' && event.port) resolve(event.port);
      });
    });
  };
  await serve();

  return {
    gateway: () => child!,
    port,
    command,
    issueDevice: async ({ user, label, out }) => {
      const gateway = ['--gateway-host', '127.0.0.1', '--gateway-port', String(port)];
      await command('device', 'issue', '--user', user, '--label', label, '--out', out, ...gateway);
    },
    serve,
    stop: () => endProcess(child),
  };
}

/** Ends a process in order, and for good when it does not follow within three seconds. */
export async function endProcess(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(late);
}
