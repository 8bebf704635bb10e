import { EventEmitter } from 'node:events';
import type { ToScreen } from '#contract/ipc/byte-channel.ts';

/**
 * Main's end of the screen's port, without Electron. Messages are cloned as Electron clones them, so what arrives is what
 * a screen would get; each posted message also tells how many bytes its whole buffer holds.
 */
export function createFakePort() {
  const events = new EventEmitter();
  const posted: ToScreen[] = [];
  let started = false;
  let closed = false;
  let postedBufferBytes = 0;
  const early: unknown[] = [];

  return {
    posted,
    /** Bytes of whole buffers that went over, as structured clone counts them. */
    postedBufferBytes: () => postedBufferBytes,
    bytes: () => Buffer.concat(posted.filter((message) => message instanceof Uint8Array)),
    ends: () => posted.filter((message) => !(message instanceof Uint8Array)),
    isClosed: () => closed,
    isStarted: () => started,
    /** The screen says something. */
    say(data: unknown): void {
      if (started) events.emit('message', { data: structuredClone(data) });
      else early.push(data);
    },
    /** The screen's page or process is gone. */
    vanish(): void {
      events.emit('close');
    },
    postMessage(message: ToScreen): void {
      if (closed) throw new Error('posted after close');
      if (message instanceof Uint8Array) postedBufferBytes += message.buffer.byteLength;
      posted.push(structuredClone(message));
    },
    on(event: 'message' | 'close', listener: (...args: never[]) => void): void {
      events.on(event, listener as (...args: unknown[]) => void);
    },
    start(): void {
      started = true;
      for (const data of early.splice(0)) events.emit('message', { data });
    },
    /** As MessagePortMain: the closing side hears its own 'close' too. */
    close(): void {
      if (closed) return;
      closed = true;
      queueMicrotask(() => events.emit('close'));
    },
  };
}

export type FakePort = ReturnType<typeof createFakePort>;
