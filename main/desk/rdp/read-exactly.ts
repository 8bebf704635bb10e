import type { Duplex } from 'node:stream';
import { protocolError, RdpProblem } from './problems.ts';

/** Takes just so many bytes; what came behind them stays in the stream. */
export function readExactly(stream: Duplex, bytes: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      stream.off('readable', look).off('end', closed).off('close', closed);
      signal.removeEventListener('abort', abort);
      done();
    };
    const abort = () => settle(() => reject(signal.reason));
    const closed = () => settle(() => reject(new RdpProblem('desk-hung-up', 'the desk hung up')));
    const look = () => {
      const chunk: unknown = stream.read(bytes);
      if (chunk === null) return;
      // At its end a stream gives what is left, however little.
      if (!(chunk instanceof Uint8Array)) settle(() => reject(protocolError('a stream of something else')));
      else if (chunk.length !== bytes) closed();
      else settle(() => resolve(Buffer.from(chunk)));
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    stream.on('end', closed).on('close', closed).on('readable', look);
    if (stream.destroyed || stream.readableEnded) closed();
    else look();
  });
}

/**
 * The same for what a stream says before TLS takes it over, of which not a byte may follow: by 'data', because a stream
 * that was read by 'readable' does not serve TLS afterwards.
 */
export function readAlone(
  stream: Duplex,
  length: (head: Buffer) => number | null,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const settle = (done: () => void) => {
      stream.off('data', take).off('end', closed).off('close', closed);
      signal.removeEventListener('abort', abort);
      stream.pause();
      done();
    };
    const abort = () => settle(() => reject(signal.reason));
    const closed = () => settle(() => reject(new RdpProblem('desk-hung-up', 'the desk hung up')));
    const take = (chunk: Uint8Array) => {
      held = Buffer.concat([held, chunk]);
      try {
        const whole = length(held);
        if (whole === null || held.length < whole) return;
        if (held.length > whole) throw protocolError('bytes before TLS');
        settle(() => resolve(held));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    if (stream.destroyed || stream.readableEnded) return closed();
    stream.on('end', closed).on('close', closed).on('data', take).resume();
  });
}
