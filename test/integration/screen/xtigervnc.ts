import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Xtigervnc = Readonly<{
  port: number;
  /** The X display's Unix socket. */
  xSocket: string;
  stop(): Promise<void>;
}>;

/**
 * A real Xtigervnc on loopback with a display of its own.
 * @param options.geometry e.g. `640x480`. @param options.extra more of its command line.
 * @param options.passwordFile a file with an obfuscated VncAuth password; without it: no authentication
 */
export async function startXtigervnc(
  options: Readonly<{ geometry?: string; extra?: readonly string[]; passwordFile?: string }> = {},
): Promise<Xtigervnc> {
  const directory = await mkdtemp(join(tmpdir(), 'hanare-xvnc-'));
  const port = await freePort();
  const auth = options.passwordFile === undefined ? ['None'] : ['VncAuth', '-PasswordFile', options.passwordFile];
  const child = spawn(
    'Xtigervnc',
    [
      ...['-displayfd', '3', '-geometry', options.geometry ?? '640x480', '-depth', '24', '-ac', '-noreset'],
      ...['-rfbport', String(port), '-localhost', '-interface', '127.0.0.1', '-SecurityTypes', ...auth],
      ...['-nolisten', 'tcp', '-desktop', 'hanare test', ...(options.extra ?? [])],
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], cwd: directory },
  );
  const display = await displayOf(child);
  return {
    port,
    xSocket: `/tmp/.X11-unix/X${display}`,
    stop: async () => {
      const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await exit;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function displayOf(child: ChildProcess): Promise<number> {
  let said = '';
  let number = '';
  child.stderr!.on('data', (data: Buffer) => {
    said += data.toString();
  });
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Xtigervnc ended with ${code}: ${said}`)));
    child.stdio[3]!.on('data', (data: Buffer) => {
      number += data.toString();
      if (number.endsWith('\n')) resolve(Number(number));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
