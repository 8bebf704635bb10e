import type { Socket } from 'node:net';

/** Beyond this the socket is paused: a client that floods waits in its own send buffer. Bytes. */
const highWater = 64 * 1024;

export type ByteReader = Readonly<{
  /** The next `count` bytes, however they were cut on the way. Rejects when the connection ends before them. */
  take: (count: number) => Promise<Buffer>;
}>;

export class ConnectionEnded extends Error {
  constructor() {
    super('connection ended');
    this.name = 'ConnectionEnded';
  }
}

/** One reader at a time: the session reads message after message. */
export function createByteReader(socket: Socket): ByteReader {
  let held: Buffer[] = [];
  let have = 0;
  let ended = false;
  let waiting: { count: number; resolve: (bytes: Buffer) => void; reject: (error: Error) => void } | undefined;

  const serve = (): void => {
    if (waiting && have >= waiting.count) {
      const { count, resolve } = waiting;
      waiting = undefined;
      const all = held.length === 1 ? held[0]! : Buffer.concat(held, have);
      held = count === have ? [] : [all.subarray(count)];
      have -= count;
      resolve(all.subarray(0, count));
    } else if (waiting && ended) {
      const { reject } = waiting;
      waiting = undefined;
      reject(new ConnectionEnded());
    }
    if (have > highWater && !waiting) socket.pause();
    else if (socket.isPaused()) socket.resume();
  };

  socket.on('data', (chunk: Buffer) => {
    held.push(chunk);
    have += chunk.length;
    serve();
  });
  const end = (): void => {
    ended = true;
    serve();
  };
  socket.on('end', end);
  socket.on('close', end);
  // The reason is of no use to a server; 'close' follows and ends the session.
  socket.on('error', () => undefined);

  return {
    take: (count) =>
      new Promise((resolve, reject) => {
        waiting = { count, resolve, reject };
        serve();
      }),
  };
}
