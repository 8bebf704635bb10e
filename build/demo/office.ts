import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v from 'valibot';
import type { Rules } from '#contract/policy/policy.ts';
import { type SiteFile, siteFileSchema } from '#contract/wire/enrol.ts';

/** An office on this machine's loopback: a real gateway in a process of its own, set up by its own command. */
export type Office = Readonly<{
  /** The gateway's process and ports; a killed one is started again by `serve`. */
  gateway(): ChildProcess;
  port: number;
  enrolPort: number;
  /** Its data folder: CA, keys, store, audit log. */
  data: string;
  /** What the gateway has written to standard output and error. */
  log(): readonly string[];
  /** Runs one command of hanare-gateway. @returns what it printed with --json, parsed. */
  command(...args: string[]): Promise<unknown>;
  /** Makes a new laptop for a user. @param more of the command line. @returns its id and the code that enrols it. */
  enrolDevice(options: {
    user: string;
    label: string;
    more?: readonly string[];
  }): Promise<{ id: string; code: string }>;
  /** Writes what an installer leaves on each laptop of this office. */
  writeSiteFile(file: string): Promise<SiteFile>;
  /** Changes config.json; holds from the next `serve` on. */
  configure(change: (config: Config) => Config): Promise<void>;
  serve(): Promise<void>;
  stop(): Promise<void>;
}>;

type Config = Readonly<Record<string, unknown>>;

const nothing = { action: 'ignore', graceDays: 0 } as const;
/** A developer's machine is no kitted laptop: what only kitting sets is not asked of it. */
export const demoRules: Rules = {
  usb: 'warn',
  capture: 'ignore',
  closedPath: 'ignore',
  usbBlock: nothing,
  storageLock: nothing,
  diskEncryption: nothing,
  antivirus: nothing,
  updates: nothing,
  firewall: nothing,
  screenLock: nothing,
  timeSync: nothing,
};

const entry = fileURLToPath(new URL('../../gateway/index.ts', import.meta.url));
const node = [process.execPath, '--disable-warning=ExperimentalWarning', entry] as const;
const run = promisify(execFile);

/** @param folder where the office keeps its CA and store; the caller removes it. */
export async function startOffice(options: {
  folder: string;
  site: string;
  /** Changes config.json before the gateway starts. */
  configure?: (config: Config) => Config;
  /** An address of it besides loopback's, which laptops are told. */
  host?: string;
  /** By default a free one. */
  port?: number;
  /** Takes the gateway's log lines. */
  log?: (line: string) => void;
}): Promise<Office> {
  const data = join(options.folder, 'gateway');
  const command = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run(node[0], [...node.slice(1), '--data', data, '--json', ...args]);
    return stdout.trim() === '' ? null : JSON.parse(stdout);
  };
  // The first name goes into what laptops are told: an address, so that nothing has to be looked up.
  const { host = '127.0.0.1' } = options;
  const hosts = new Set([host, '127.0.0.1', 'localhost']);
  await command('init', '--site', options.site, ...[...hosts].flatMap((name) => ['--host', name]));
  const configure: Office['configure'] = async (change) => {
    const file = join(data, 'config.json');
    await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')) as Config)));
  };
  await configure((config) => ({ ...config, policy: demoRules }));
  if (options.configure) await configure(options.configure);
  const lines: string[] = [];
  let ports = { port: options.port ?? 0, enrolPort: 0 };
  let child: ChildProcess | undefined;

  const serve = async (): Promise<void> => {
    const listen = ['--listen', '127.0.0.1', '--port', String(ports.port), '--enrol-port', String(ports.enrolPort)];
    const args = ['--data', data, '--json', 'serve', ...listen];
    const gateway = spawn(node[0], [...node.slice(1), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = gateway;
    createInterface({ input: gateway.stderr }).on('line', (line) => {
      lines.push(line);
      options.log?.(line);
    });
    ports = await new Promise((resolve, reject) => {
      gateway.once('exit', (code) =>
        reject(new Error(`the gateway ended with ${code}: ${lines.slice(-20).join('\n')}`)),
      );
      createInterface({ input: gateway.stdout }).on('line', (line) => {
        lines.push(line);
        const event = JSON.parse(line) as { event?: string; port?: number; enrol?: { port: number } | null };
        if (event.event === 'ready' && event.port && event.enrol)
          resolve({ port: event.port, enrolPort: event.enrol.port });
      });
    });
  };
  await serve();

  return {
    gateway: () => child!,
    port: ports.port,
    enrolPort: ports.enrolPort,
    data,
    log: () => lines,
    command,
    enrolDevice: async ({ user, label, more = [] }) => {
      const where = ['--office', `${host}:${ports.enrolPort}`];
      const made = await command('device', 'enrol', '--user', user, '--label', label, ...where, ...more);
      const { device, code } = made as { device: { id: string }; code: string };
      return { id: device.id, code };
    },
    writeSiteFile: async (file) => {
      await command('site-file', '--out', file, '--office', `${host}:${ports.enrolPort}`);
      return v.parse(siteFileSchema, JSON.parse(await readFile(file, 'utf8')));
    },
    configure,
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
