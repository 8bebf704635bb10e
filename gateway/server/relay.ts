import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export type RelaySide = 'client' | 'desk';
export type Relay = Readonly<{
  /** Bytes taken from either side so far. */
  bytes: () => { toDesk: number; fromDesk: number };
  /** Cuts both sides at once. `onOver` is called before this returns, unless it was before. */
  destroy: () => void;
}>;

/**
 * Moves bytes between a client and a desk, both ways, without looking at them. One side's backpressure pauses the
 * other, so no more than the two streams' own buffers is ever held. A half-close is passed on.
 * @param options.onEnding called once, when a side first ends or breaks; bytes may still flow the other way.
 * @param options.onOver called once, when both sockets are done with; `first` is the side that ended first.
 */
export function startRelay(options: {
  client: Duplex;
  desk: Socket;
  halfOpenMs: number;
  onEnding: (first: RelaySide) => void;
  onOver: (first: RelaySide) => void;
}): Relay {
  const { client, desk } = options;
  let toDesk = 0;
  let fromDesk = 0;
  let first: RelaySide | undefined;
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  const startEnding = (side: RelaySide): void => {
    if (first !== undefined || over) return;
    first = side;
    timer = setTimeout(destroy, options.halfOpenMs);
    options.onEnding(side);
  };
  function destroy(): void {
    client.destroy();
    desk.destroy();
    if (over) return;
    over = true;
    clearTimeout(timer);
    options.onOver(first ?? 'client');
  }
  const closed = (side: RelaySide, failed: boolean): void => {
    startEnding(side);
    // After an orderly end the other side still has bytes to flush; after a failure there is nobody to flush for.
    if (failed || (client.closed && desk.closed)) destroy();
  };

  client.on('data', (chunk: Buffer) => {
    toDesk += chunk.length;
    if (!desk.write(chunk)) client.pause();
  });
  desk.on('drain', () => client.resume());
  desk.on('data', (chunk: Buffer) => {
    fromDesk += chunk.length;
    if (!client.write(chunk)) desk.pause();
  });
  client.on('drain', () => desk.resume());

  for (const [side, from, to] of [
    ['client', client, desk],
    ['desk', desk, client],
  ] as const) {
    from.on('end', () => {
      startEnding(side);
      to.end();
    });
    from.on('error', () => closed(side, true));
    from.on('close', () => closed(side, !from.readableEnded));
  }
  return { bytes: () => ({ toDesk, fromDesk }), destroy };
}
