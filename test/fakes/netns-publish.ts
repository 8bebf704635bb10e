import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './children.ts';

const forward = fileURLToPath(new URL('./netns-forward.ts', import.meta.url));

/**
 * Makes a port of this machine's loopback reachable in a namespace, under the same number.
 * @param options.folder for a socket; the caller removes it. @param options.host an address of the namespace's
 * @returns what takes it away again
 */
export async function publishPort(options: {
  namespace: string;
  folder: string;
  host: string;
  port: number;
}): Promise<() => Promise<void>> {
  const { namespace, host, port } = options;
  const path = join(options.folder, `${port}.sock`);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const other = connect(port, '127.0.0.1');
    socket.on('error', () => other.destroy());
    other.on('error', () => socket.destroy());
    socket.pipe(other).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const child = startChild('ip', ['netns', 'exec', namespace, process.execPath, forward, host, `${port}`, path]);
  await child.line(/^ready$/, 20_000);
  return async () => {
    await child.stop();
    // What a killed laptop has left open would keep it waiting.
    await new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });
  };
}
