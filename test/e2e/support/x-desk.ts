import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endProcess } from '#build/demo/office.ts';
import { vncAuthResponse } from '#main/desk/vnc-auth.ts';
import { XClient } from '#test/integration/screen/x-client.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

/** A real desk: Xtigervnc with an X display of its own, on loopback. */
export type XDesk = Readonly<{
  port: number;
  display: string;
  server: ChildProcess;
  /** A client with a window over the whole screen: draws, reads back, hears keys and buttons. The first call makes it. */
  client(): Promise<XClient>;
  /** Runs an X client to its end. @returns its standard output. */
  run(command: string, ...args: string[]): Promise<string>;
  /** Starts an X client that stays; it ends with the desk. */
  start(command: string, ...args: string[]): ChildProcess;
  stop(): Promise<void>;
}>;

/** @param options.password turns VncAuth on. @param options.port lets a desk come back where one was killed. */
export async function startXDesk(
  options: { password?: string; geometry?: string; port?: number } = {},
): Promise<XDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-desk-'));
  const port = options.port ?? (await freePort());
  const security = ['-SecurityTypes', 'None'];
  if (options.password !== undefined) {
    const file = join(folder, 'passwd');
    await writeFile(file, vncPasswordFile(options.password), { mode: 0o600 });
    security.splice(0, 2, '-SecurityTypes', 'VncAuth', '-PasswordFile', file);
  }
  // -RawKeyboard: keys by their place, as a Windows desk takes them, not by the letter that X's own layout gives them.
  // -displayfd lets the server pick a free display number: nothing to guess, nothing to collide with.
  const args = [
    '-displayfd',
    '3',
    '-rfbport',
    String(port),
    '-localhost',
    '-ac',
    '-noreset',
    '-RawKeyboard=1',
    '-geometry',
    options.geometry ?? '1280x720',
    '-depth',
    '24',
    ...security,
  ];
  const server = spawn('Xtigervnc', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  server.stderr!.resume();
  const number = await new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xtigervnc ended with ${code}`)));
    let text = '';
    server.stdio[3]!.on('data', (data: Buffer) => {
      text += String(data);
      if (text.includes('\n')) resolve(text.trim());
    });
  });
  const display = `:${number}`;
  const env = { ...process.env, DISPLAY: display };
  const clients: ChildProcess[] = [];
  let client: Promise<XClient> | undefined;
  return {
    port,
    display,
    server,
    client: () => {
      client ??= XClient.open(`/tmp/.X11-unix/X${number}`);
      return client;
    },
    run: async (command, ...rest) => (await run(command, rest, { env, maxBuffer: 64 * 1024 * 1024 })).stdout,
    start: (command, ...rest) => {
      const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      clients.push(child);
      return child;
    },
    stop: async () => {
      (await client)?.close();
      for (const client of clients) await endProcess(client);
      await endProcess(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A VNC password file holds the password in DES under a key that every VNC server knows: hidden, not protected. */
function vncPasswordFile(password: string): Uint8Array {
  const knownKey = String.fromCharCode(23, 82, 107, 6, 35, 78, 88, 7);
  const padded = new Uint8Array(16);
  padded.set(new TextEncoder().encode(password).subarray(0, 8));
  return vncAuthResponse(padded, knownKey).subarray(0, 8);
}
