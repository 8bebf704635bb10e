import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { missing } from './loud.ts';

export type SecondInstance = { argv: string[]; directory: string; data: unknown };

let server: Server | undefined;

/**
 * One instance for each user data folder. The lock is a listening socket without a file (Linux: abstract, Windows: a
 * named pipe), so that it is gone with its process however that ends. Node binds it within the call, which Electron's
 * synchronous API needs.
 */
export function requestLock(
  userData: string,
  mine: SecondInstance,
  onSecond: (other: SecondInstance) => void,
): boolean {
  if (server?.listening) return true;
  const name = `hanare-standin-${process.getuid?.() ?? ''}-${createHash('sha256').update(userData).digest('hex').slice(0, 32)}`;
  const path = { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` }[process.platform as string];
  if (!path) throw missing(`single instance lock on ${process.platform}`);
  const created = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > 1_000_000) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('end', () => {
      socket.end();
      onSecond(JSON.parse(text) as SecondInstance);
    });
  });
  created.on('error', () => {});
  created.listen(path);
  if (created.listening) {
    created.unref();
    server = created;
    return true;
  }
  notify(path, mine);
  return false;
}

export function hasLock(): boolean {
  return server?.listening ?? false;
}

export function releaseLock(): void {
  server?.close();
  server = undefined;
}

/** In a process of its own, because the caller may end in the very next statement. */
function notify(path: string, mine: SecondInstance): void {
  const script = `require('net').connect(process.argv[1].replace('@', '\\0')).on('error', () => {}).end(process.argv[2])`;
  spawnSync(process.execPath, ['-e', script, path.replace('\0', '@'), JSON.stringify(mine)], {
    timeout: 5000,
    env: {},
  });
}
