import { createCloneCodec } from './clone-codec.ts';
import { LoudEmitter, standInName } from './loud.ts';

/**
 * MessageChannelMain and MessagePortMain. Two ends in this process speak directly; an end that was handed to the page
 * becomes a line (a WebSocket that a worker of the page pumps into a real MessagePort, see page/pump.js).
 *
 * On the line a Uint8Array is a bare binary frame, so bulk bytes are neither tagged nor copied in the page; an
 * ArrayBuffer is announced by the text frame `b`; anything else is the text frame `j` + codec text. Of a Uint8Array only
 * the viewed bytes travel, so the receiver's `buffer` holds nothing else (with real structured clone it may).
 */
export type PortLine = {
  send(frame: string | Uint8Array): void;
  close(): void;
};
export type PortMessage = { data: unknown; ports: readonly MessagePortMain[] };

export const codec = createCloneCodec();
export const portText = { toPage: (text: string) => text, toApp: (text: string) => text };

/** What an end does that was transferred away or whose other end is gone: nothing. */
type Remote = { receive(message: unknown): void; close(): void };

const internals = new WeakMap<MessagePortMain, PortInternals>();
type PortInternals = { take(line: (deliver: Remote) => Remote): void; entangle(remote: Remote): void; end: Remote };

export class MessagePortMain extends LoudEmitter {
  override get [standInName]() {
    return 'MessagePortMain';
  }
  #remote: Remote | undefined;
  #queue: unknown[] = [];
  #started = false;
  #open = true;
  #detached = false;
  #otherClosed = false;

  constructor() {
    super(['message', 'close']);
    internals.set(this, {
      end: { receive: (message) => this.#receive(message), close: () => this.#closedByOther() },
      entangle: (remote) => {
        this.#remote = remote;
      },
      take: (line) => this.#transfer(line),
    });
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    if (transfer.length > 0) throw new Error('the Electron stand-in sends no ports through a port');
    if (this.#detached || !this.#open) return;
    this.#remote?.receive(message);
  }

  start(): void {
    if (this.#started || this.#detached) return;
    this.#started = true;
    this.#flushSoon();
  }

  close(): void {
    if (!this.#open || this.#detached) return;
    this.#open = false;
    this.#queue = [];
    this.#remote?.close();
  }

  #receive(message: unknown): void {
    if (!this.#open) return;
    this.#queue.push(message);
    if (this.#started) this.#flushSoon();
  }

  /** Listeners are never called from within the sender's call, as in Electron. */
  #flushSoon(): void {
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    while (this.#open && this.#started && this.#queue.length > 0) {
      const message: PortMessage = { data: this.#queue.shift(), ports: [] };
      this.emit('message', message);
    }
  }

  #closedByOther(): void {
    if (!this.#open || this.#otherClosed) return;
    this.#otherClosed = true;
    queueMicrotask(() => {
      if (this.#detached) return;
      this.#flush();
      if (!this.#open) return;
      this.#open = false;
      this.emit('close');
    });
  }

  /** This object is of no use afterwards; the other end of the channel goes on with the line in its place. */
  #transfer(line: (deliver: Remote) => Remote): void {
    if (this.#detached || !this.#open) throw new Error('Port at index 0 is already neutered');
    this.#detached = true;
    const other = this.#remote as ChannelRemote | undefined;
    if (!other?.port) throw new Error('the Electron stand-in transfers a port only once');
    const peer = internals.get(other.port)!;
    const onward = line(peer.end);
    peer.entangle(onward);
    for (const message of this.#queue) onward.receive(message);
    this.#queue = [];
    if (this.#otherClosed) onward.close();
  }
}

type ChannelRemote = Remote & { port?: MessagePortMain };

/** Inside this process a message is cloned at once and waits in the other end's queue. */
function channelTo(port: MessagePortMain): ChannelRemote {
  const end = internals.get(port)!.end;
  return {
    port,
    receive: (message) => end.receive(codec.decode(codec.encode(message))),
    close: () => end.close(),
  };
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    internals.get(this.port1)!.entangle(channelTo(this.port2));
    internals.get(this.port2)!.entangle(channelTo(this.port1));
  }
}

/** Lines that are expected from the page or that came before main asked for them, by their unguessable id. */
export function createLines() {
  const expected = new Map<string, { attach(line: PortLine): void; deliver: Remote }>();
  const early = new Map<string, () => void>();

  function expect(id: string, deliver: Remote): Remote {
    let line: PortLine | undefined;
    let unsent: (string | Uint8Array)[] = [];
    let closed = false;
    const send = (frame: string | Uint8Array) => (line ? line.send(frame) : unsent.push(frame));
    expected.set(id, {
      deliver,
      attach(opened) {
        line = opened;
        for (const frame of unsent) line.send(frame);
        unsent = [];
        if (closed) line.close();
      },
    });
    early.get(id)?.();
    early.delete(id);
    return {
      receive(message) {
        if (message instanceof Uint8Array) return void send(message.slice());
        if (message instanceof ArrayBuffer) {
          send('b');
          return void send(new Uint8Array(message.slice(0)));
        }
        send(`j${codec.encode(message, portText.toPage)}`);
      },
      close() {
        closed = true;
        line?.close();
        if (!line) expected.delete(id);
      },
    };
  }

  return {
    /** Hands one end of a channel to the page; the page opens the line with `id`. */
    give(port: MessagePortMain, id: string): void {
      const inner = internals.get(port);
      if (!inner) throw new TypeError('Invalid value for transfer');
      inner.take((deliver) => expect(id, deliver));
    },
    /** Makes the end for a port that the page handed to main. */
    receive(id: string): MessagePortMain {
      const port = new MessagePortMain();
      const inner = internals.get(port)!;
      inner.entangle(expect(id, inner.end));
      return port;
    },
    /**
     * Runs once this id is expected. The line of a port that the page hands over and the message that announces it come by
     * different ways, and either may be first.
     * @returns how to give up
     */
    whenExpected(id: string, run: () => void): () => void {
      if (expected.has(id)) run();
      else early.set(id, run);
      return () => void early.delete(id);
    },
    /** @returns what to do with the line's frames, or undefined when nobody expects this id. */
    attach(id: string, line: PortLine): { frame(frame: string | Uint8Array): void; closed(): void } | undefined {
      const entry = expected.get(id);
      if (!entry) return undefined;
      expected.delete(id);
      let bufferNext = false;
      entry.attach(line);
      return {
        frame(frame) {
          if (typeof frame !== 'string') {
            entry.deliver.receive(bufferNext ? frame.buffer : frame);
            bufferNext = false;
          } else if (frame === 'b') bufferNext = true;
          else entry.deliver.receive(codec.decode(frame.slice(1), portText.toApp));
        },
        closed: () => entry.deliver.close(),
      };
    },
    /** The document that was to open these lines is gone. */
    abandon(ids: Iterable<string>): void {
      for (const id of ids) {
        const entry = expected.get(id);
        expected.delete(id);
        entry?.deliver.close();
      }
    },
  };
}
export type Lines = ReturnType<typeof createLines>;
