import { constants, createDeflate } from 'node:zlib';

/** A zlib stream that lives as long as the connection; each block is flushed so that it can be read at once. */
export type Deflater = Readonly<{ deflate: (data: Uint8Array) => Promise<Buffer>; close: () => void }>;

export function createDeflater(level: number): Deflater {
  const stream = createDeflate({ level });
  let chunks: Buffer[] = [];
  let tail: Promise<unknown> = Promise.resolve();
  let closed = false;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);

  const once = (data: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new Error('deflater closed'));
      stream.once('close', () => reject(new Error('deflater closed')));
      stream.write(data);
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        stream.removeAllListeners('close');
        const all = Buffer.concat(chunks);
        chunks = [];
        resolve(all);
      });
    });

  return {
    deflate: (data) => {
      const next = tail.then(() => once(data));
      tail = next.catch(() => undefined);
      return next;
    },
    close: () => {
      closed = true;
      stream.close();
    },
  };
}
