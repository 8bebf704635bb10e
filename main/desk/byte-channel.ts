import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { creditWindow, type ToScreen, toMainSchema } from '#contract/ipc/byte-channel.ts';
import type { McsChannels } from './rdp/client-info.ts';

/** The part of Electron's MessagePortMain that is used here. */
export type Port = {
  postMessage(message: ToScreen): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

export type ByteChannel = Readonly<{
  bytesDown(): number;
  bytesUp(): number;
  /**
   * Stops everything both ways, or lets it go on where it stopped: nothing of the stream is lost, because a protocol that
   * misses a byte is broken. What the screen still sends at once, the release of its keys, gets through.
   */
  hold(on: boolean): void;
  /** Tells the screen that it is over, and why, then lets the port go. */
  end(reason: ErrorName | null): void;
  /** Lets the port go and says nothing: the screen gets another one. */
  replace(): void;
}>;

/** A screen sends keys and pointer moves: more than this waiting for the desk means that it is broken or hostile. */
const maxUpBacklog = 1024 * 1024;
/**
 * A screen that fails tells its window why and is taken away; the port's end and the window's word come by different ways
 * and may overtake each other, so the word gets this long before the screen counts as crashed. Milliseconds.
 */
const lastWordMs = 1_000;
/** How long a screen that is held may still let go of its keys, or the desk would repeat them. Milliseconds. */
const letGoMs = 300;

export type ByteChannelEvents = Readonly<{
  heard(): void;
  /** Once: with null when the screen closed in order, else with what went wrong. */
  ended(reason: ErrorName | null): void;
  /** RDP: makes the whole PDU that the screen may not see, once; null when there is none to be had. */
  clientInfo?(channels: McsChannels): Buffer | null;
}>;

/**
 * Moves bytes between the desk's stream and the screen's port, never looking into them.
 * INVARIANT: at most `creditWindow` bytes are under way to the screen; past that the desk's stream is paused.
 * INVARIANT: what `on.clientInfo` gave is written in the screen's order, then overwritten.
 */
export function createByteChannel(stream: Duplex, port: Port, on: ByteChannelEvents): ByteChannel {
  let down = 0;
  let up = 0;
  let owed = 0;
  let ended = false;
  let lastWord: NodeJS.Timeout | undefined;
  let held = false;
  let letGo: NodeJS.Timeout | undefined;
  /** What the screen sent while it was held, in one piece: a flood of tiny or empty ones costs no more. Null while it may send. */
  let kept: Buffer | null = null;
  let keptBytes = 0;
  let keptSecret = false;
  let clientInfo = on.clientInfo;
  /** From the desk, not sent on yet. */
  let parts: Buffer[] = [];
  let flushing: NodeJS.Immediate | undefined;

  const flow = () => {
    if (!held && stream.isPaused() && owed < creditWindow) stream.resume();
  };
  /** Many desks write TLS records of 1,500 bytes, and each would be a message of its own: a hundred a frame. */
  const flush = () => {
    clearImmediate(flushing);
    flushing = undefined;
    if (held || parts.length === 0) return;
    const all = parts;
    parts = [];
    port.postMessage(ownBytes(all.length === 1 ? all[0]! : Buffer.concat(all)));
  };
  const finish = (reason: ErrorName | null, tell: { screen: boolean; session: boolean }) => {
    if (ended) return;
    ended = true;
    clearTimeout(lastWord);
    clearTimeout(letGo);
    kept?.fill(0);
    // The desk's last words come before its end.
    if (tell.screen) flush();
    clearImmediate(flushing);
    parts = [];
    if (tell.screen) port.postMessage(reason ? { type: 'end', reason } : { type: 'end' });
    port.close();
    // Before the stream breaks off, so that the tunnel can still say goodbye in order.
    if (tell.session) on.ended(reason);
    stream.destroy();
  };
  const stop = (reason: ErrorName | null) => finish(reason, { screen: true, session: true });
  /** To the desk, or behind what is kept for it. */
  const send = (data: Uint8Array, written?: () => void) => {
    if (!kept) {
      up += data.byteLength;
      stream.write(data, written);
    } else if (keptBytes + data.byteLength <= kept.byteLength) {
      kept.set(data, keptBytes);
      keptBytes += data.byteLength;
      written?.();
    } else {
      written?.();
      return stop('screenProtocolError');
    }
    if (stream.writableLength > maxUpBacklog) stop('screenProtocolError');
  };
  const sendClientInfo = (channels: McsChannels) => {
    const pdu = clientInfo?.(channels);
    clientInfo = undefined;
    if (!pdu) return stop('screenProtocolError');
    keptSecret = kept !== null;
    send(pdu, () => pdu.fill(0));
  };

  stream.on('data', (data: Buffer) => {
    const chunk = data.subarray(0, creditWindow - owed);
    down += chunk.byteLength;
    owed += chunk.byteLength;
    on.heard();
    parts.push(chunk);
    flushing ??= setImmediate(flush);
    if (owed < creditWindow) return;
    stream.pause();
    if (chunk.byteLength < data.byteLength) stream.unshift(data.subarray(chunk.byteLength));
  });
  port.on('message', ({ data }) => {
    if (ended) return;
    if (data instanceof Uint8Array) return send(data);
    const message = v.safeParse(toMainSchema, data);
    if (!message.success) return stop('screenCrashed');
    switch (message.output.type) {
      case 'close':
        return stop(null);
      case 'clientInfo':
        return sendClientInfo(message.output);
      case 'credit':
        owed -= message.output.bytes;
        if (owed < 0) return stop('screenCrashed');
        if (owed < creditWindow / 2) flow();
        return;
      default:
        message.output satisfies never;
    }
  });
  // Closed by the other side without `close`: the screen's page or process is gone.
  port.on('close', () => {
    if (ended || lastWord) return;
    stream.pause();
    lastWord = setTimeout(() => finish('screenCrashed', { screen: false, session: true }), lastWordMs);
  });
  port.start();
  stream.resume();
  return {
    bytesDown: () => down,
    bytesUp: () => up,
    hold: (on) => {
      if (ended || held === on) return;
      held = on;
      clearTimeout(letGo);
      if (on) {
        stream.pause();
        letGo = setTimeout(() => {
          kept ??= Buffer.alloc(maxUpBacklog);
        }, letGoMs);
        return;
      }
      if (kept) {
        const all = kept.subarray(0, keptBytes);
        up += keptBytes;
        stream.write(all, keptSecret ? () => all.fill(0) : undefined);
      }
      kept = null;
      keptBytes = 0;
      keptSecret = false;
      flush();
      flow();
    },
    end: (reason) => finish(reason, { screen: true, session: false }),
    replace: () => finish(null, { screen: false, session: false }),
  };
}

/** Structured clone copies the whole buffer under a view, so a small piece of a big read must become its own. */
function ownBytes(chunk: Buffer): Uint8Array {
  const whole = chunk.byteLength === chunk.buffer.byteLength;
  return whole ? new Uint8Array(chunk.buffer) : new Uint8Array(chunk);
}
