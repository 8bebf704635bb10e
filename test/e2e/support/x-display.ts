import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { endProcess } from '#build/demo/office.ts';
import { XClient } from '#test/fakes/x-client.ts';
import { until } from './page.ts';
import { type Picture, readPicture } from './picture.ts';

const run = promisify(execFile);

/** A desk's own X display as this system's programs reach it, past the desk's server: windows in it, what it shows. */
export type XDisplay = Readonly<{
  /** With a window over the whole screen; see XClient. It is closed with the display. */
  client(): Promise<XClient>;
  run(command: string, ...args: string[]): Promise<string>;
  /** Starts an X client that stays until `stop`. */
  start(command: string, ...args: string[]): void;
  /** What it shows, whoever draws it. */
  picture(): Promise<Picture>;
  stop(): Promise<void>;
}>;

/**
 * Waits for the display: xrdp starts it when somebody signs in. @param authorityFile its $XAUTHORITY; without it, or where
 * there is none (xauth is not installed there), it lets in whoever is on this machine.
 */
export async function openXDisplay(display: string, authorityFile: string | null): Promise<XDisplay> {
  const socket = `/tmp/.X11-unix/X${display.slice(1)}`;
  // The socket in the file system is another namespace's where the desk is in one; the abstract one is the network's.
  const listens = async () =>
    (await readFile('/proc/net/unix', 'utf8')).split('\n').some((line) => line.endsWith(`@${socket}`));
  await until('the display', listens, 20_000);
  // It is made before the display is.
  const authority = authorityFile !== null && existsSync(authorityFile) ? authorityFile : null;
  const env = { ...process.env, DISPLAY: display, ...(authority === null ? {} : { XAUTHORITY: authority }) };
  const children: ChildProcess[] = [];
  let client: Promise<XClient> | undefined;
  return {
    client: () => {
      client ??= XClient.open(
        `\0${socket}`,
        authority === null ? undefined : readCookie(readFileSync(authority), display),
      );
      return client;
    },
    run: async (command, ...args) => (await run(command, args, { env, maxBuffer: 64 * 1024 * 1024 })).stdout,
    start: (command, ...args) => {
      children.push(spawn(command, args, { env, stdio: 'ignore' }));
    },
    picture: async () => {
      const options = { env, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
      return readPicture((await run('import', ['-window', 'root', 'png:-'], options)).stdout);
    },
    stop: async () => {
      (await client?.catch(() => undefined))?.close();
      for (const child of children) await endProcess(child);
    },
  };
}

/** @param file as libXau writes it: family, then address, display number, scheme and data, each with its length before it */
function readCookie(file: Buffer, display: string): Uint8Array | undefined {
  for (let at = 0; at + 2 < file.length; ) {
    at += 2;
    const [, number, scheme, data] = [0, 1, 2, 3].map(() => {
      const from = at + 2;
      at = from + file.readUInt16BE(at);
      return file.subarray(from, at);
    });
    const isFor = number!.length === 0 || `:${number}` === display;
    if (isFor && String(scheme) === 'MIT-MAGIC-COOKIE-1') return data;
  }
  return undefined;
}
