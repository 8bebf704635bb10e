import { creditStep, type ToMain, type ToScreen } from '#contract/ipc/byte-channel.ts';

/** What is used of a MessagePort. */
export type BytePort = {
  postMessage(message: ToMain, transfer: Transferable[]): void;
  onmessage: ((event: { data: ToScreen }) => void) | null;
};

export type ByteLinkEffects = Readonly<{
  bytes(chunk: Uint8Array): void;
  /** Main has ended the channel. */
  ended(): void;
}>;

/** The screen's end of the byte channel (contract/ipc/byte-channel.ts): gives back credit for what has been consumed. */
export class ByteLink {
  readonly #port: BytePort;
  #owed = 0;
  #closed = false;

  constructor(port: BytePort, effects: ByteLinkEffects) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      if (this.#closed) return;
      if (data instanceof Uint8Array) effects.bytes(data);
      else if (data.type === 'end') effects.ended();
    };
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.#closed) this.#port.postMessage(bytes, [bytes.buffer]);
  }

  consumed(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed < creditStep || this.#closed) return;
    this.#port.postMessage({ type: 'credit', bytes: this.#owed }, []);
    this.#owed = 0;
  }

  /** After the bytes sent so far main is to write the Client Info PDU. */
  clientInfo(user: number, io: number): void {
    if (!this.#closed) this.#port.postMessage({ type: 'clientInfo', user, io }, []);
  }

  /** Ends the channel in order. */
  close(): void {
    if (this.#closed) return;
    this.#port.postMessage({ type: 'close' }, []);
    this.stop();
  }

  /** After a failure: main hears it by way of the window, and `close` would overtake it and pass for an end in order. */
  stop(): void {
    this.#closed = true;
    this.#port.onmessage = null;
  }
}
