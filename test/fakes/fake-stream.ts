import { Duplex } from 'node:stream';

/**
 * A pair of joined streams: what one side writes the other reads, with backpressure both ways, in pieces of at most
 * `pieceBytes` (1 shows every boundary).
 */
export function createStreamPair(options: { pieceBytes?: number; highWaterMark?: number } = {}): {
  near: Duplex;
  far: Duplex;
} {
  const make = (): Duplex & { peer?: Duplex; waiting?: (() => void) | undefined } => {
    const side: Duplex & { peer?: Duplex; waiting?: (() => void) | undefined } = new Duplex({
      highWaterMark: options.highWaterMark ?? 64 * 1024,
      // As net.Socket: an end from the other side ends this one too.
      allowHalfOpen: false,
      read() {
        const go = (side.peer as typeof side | undefined)?.waiting;
        if (!go) return;
        (side.peer as typeof side).waiting = undefined;
        go();
      },
      write(chunk: Buffer, _encoding, done) {
        let at = 0;
        const next = (): void => {
          const peer = side.peer;
          if (!peer || peer.destroyed) {
            done();
            return;
          }
          while (at < chunk.length) {
            const piece = chunk.subarray(at, at + (options.pieceBytes ?? chunk.length));
            at += piece.length;
            if (!peer.push(piece)) {
              side.waiting = next;
              return;
            }
          }
          // Later, as a socket does: TLS over it loses its place when it is called back out of its own write.
          process.nextTick(done);
        };
        next();
      },
      final(done) {
        side.peer?.push(null);
        done();
      },
      destroy(error, done) {
        const { peer } = side;
        if (peer && !peer.destroyed) process.nextTick(() => peer.destroy());
        done(error);
      },
    });
    return side;
  };
  const near = make();
  const far = make();
  near.peer = far;
  far.peer = near;
  return { near, far };
}
