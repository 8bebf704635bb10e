import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './children.ts';
import { freePort } from './free-port.ts';
import { vncPasswordFile } from './vnc-des.ts';

export type Xtigervnc = Readonly<{
  port: number;
  /** For $DISPLAY, and the same display's Unix socket. */
  display: string;
  xSocket: string;
  pid: number;
  /** Everything it has written. */
  log(): string;
  /** @param signal SIGKILL for a desk that dies */
  stop(signal?: NodeJS.Signals): Promise<void>;
}>;

/**
 * A real Xtigervnc, on loopback only, with a display of its own.
 * @param options.geometry e.g. `640x480`. @param options.password turns VncAuth on; without it nobody is asked.
 * @param options.port lets a desk come back where one was killed. @param options.extra more of its command line.
 */
export async function startXtigervnc(
  options: Readonly<{ geometry?: string; password?: string; port?: number; extra?: readonly string[] }> = {},
): Promise<Xtigervnc> {
  const { geometry = '640x480', password, extra = [] } = options;
  const port = options.port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'hanare-xvnc-'));
  const passwordFile = join(folder, 'passwd');
  if (password !== undefined) await writeFile(passwordFile, vncPasswordFile(password), { mode: 0o600 });
  const security = password === undefined ? ['None'] : ['VncAuth', '-PasswordFile', passwordFile];
  // -displayfd lets the server pick a free display number: nothing to guess, nothing to collide with.
  const server = startChild('Xtigervnc', [
    ...['-displayfd', '1', '-geometry', geometry, '-depth', '24', '-ac', '-noreset', '-nolisten', 'tcp'],
    ...['-rfbport', String(port), '-localhost', '-interface', '127.0.0.1', '-desktop', 'hanare test'],
    ...['-SecurityTypes', ...security, ...extra],
  ]);
  const stop = async (signal?: NodeJS.Signals) => {
    await server.stop(signal);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [, number] = await server.line(/^(\d+)$/, 20_000);
    return {
      port,
      display: `:${number}`,
      xSocket: `/tmp/.X11-unix/X${number}`,
      pid: server.pid,
      log: server.output,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
