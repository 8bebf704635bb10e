import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { endProcess } from '#build/demo/office.ts';
import { XClient } from '#test/fakes/x-client.ts';
import { startXtigervnc } from '#test/fakes/xtigervnc.ts';

const run = promisify(execFile);

/** A real desk: Xtigervnc with an X display of its own, on loopback. */
export type XDesk = Readonly<{
  port: number;
  display: string;
  /** A client with a window over the whole screen: draws, reads back, hears keys and buttons. The first call makes it. */
  client(): Promise<XClient>;
  /** Runs an X client to its end. @returns its standard output. */
  run(command: string, ...args: string[]): Promise<string>;
  /** Starts an X client that stays; it ends with the desk. */
  start(command: string, ...args: string[]): ChildProcess;
  /** The desk PC dies. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}>;

/** @param options.password turns VncAuth on. @param options.port lets a desk come back where one was killed. */
export async function startXDesk(options: { password?: string; port?: number } = {}): Promise<XDesk> {
  // -RawKeyboard: keys by their place, as a Windows desk takes them, not by the letter that X's own layout gives them.
  const server = await startXtigervnc({ geometry: '1280x720', ...options, extra: ['-RawKeyboard=1'] });
  const env = { ...process.env, DISPLAY: server.display };
  const clients: ChildProcess[] = [];
  let client: Promise<XClient> | undefined;
  return {
    port: server.port,
    display: server.display,
    client: () => {
      client ??= XClient.open(server.xSocket);
      return client;
    },
    run: async (command, ...rest) => (await run(command, rest, { env, maxBuffer: 64 * 1024 * 1024 })).stdout,
    start: (command, ...rest) => {
      const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      clients.push(child);
      return child;
    },
    kill: () => server.stop('SIGKILL'),
    stop: async () => {
      (await client)?.close();
      for (const each of clients) await endProcess(each);
      await server.stop();
    },
  };
}
