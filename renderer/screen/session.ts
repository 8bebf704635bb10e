import { ByteLink, type BytePort } from './byte-link.ts';
import type { Damage } from './core/damage.ts';
import type { Picture } from './core/picture.ts';
import type { DeskClient, DeskEffects } from './desk-client.ts';
import { Figures } from './figures.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** Where the picture goes. */
export type Screen = Readonly<{ resize(width: number, height: number): void; show(damage: Damage): void }>;

export type SessionParts = Readonly<{
  port: BytePort;
  /** Makes the client of the desk's protocol. */
  desk(effects: DeskEffects): DeskClient;
  /** @param presented to be called with the ms that handing over one frame took */
  screen(picture: () => Picture | undefined, presented: (ms: number) => void): Screen;
  now(): number;
  /** @returns how to stop it */
  every(ms: number, run: () => void): () => void;
  emit(event: FromWorker, transfer?: Transferable[]): void;
}>;

/** One remote screen: the byte channel on one side, the picture on the other, commands and events to the page. */
export class Session {
  readonly #parts: SessionParts;
  readonly #client: DeskClient;
  readonly #link: ByteLink;
  readonly #screen: Screen;
  readonly #figures: Figures;
  #stop: () => void = () => {};
  #closed = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#figures = new Figures(parts.now);
    this.#screen = parts.screen(
      () => this.#client.picture,
      (ms) => this.#presented(ms),
    );
    const { emit } = parts;
    // Before the client, which may speak first.
    this.#link = new ByteLink(parts.port, {
      bytes: (chunk) => {
        const start = parts.now();
        this.#client.push(chunk);
        this.#figures.received(chunk.length, parts.now() - start);
      },
      ended: () => this.#close({}),
    });
    this.#client = parts.desk({
      send: (bytes) => this.#link.send(bytes),
      consumed: (bytes) => this.#link.consumed(bytes),
      challenge: (challenge) => emit({ type: 'challenge', challenge }),
      clientInfo: (user, io) => this.#link.clientInfo(user, io),
      opened: (name, width, height) => {
        this.#resized(width, height);
        emit({ type: 'opened', name, width, height });
      },
      resized: (width, height) => {
        this.#resized(width, height);
        emit({ type: 'resized', width, height });
      },
      frame: (damage) => this.#screen.show(damage),
      cursor: (shape) => emit({ type: 'cursor', shape }),
      locks: (bits) => emit({ type: 'locks', bits }),
      ended: (end) => this.#close({ failure: end.failure }),
    });
  }

  /** @param message anything but `start` */
  take(message: Exclude<ToWorker, { type: 'start' }>): void {
    switch (message.type) {
      case 'key':
        this.#client.key(message.down, message.keysym, message.scancode);
        break;
      case 'locks':
        this.#client.setLocks?.(message.bits);
        break;
      case 'pointer':
        this.#client.pointer(message.x, message.y, message.buttons);
        break;
      case 'size':
        this.#client.requestSize(message.width, message.height, message.scalePercent, message.monitors);
        break;
      case 'visible':
        this.#client.setVisible(message.visible);
        break;
      case 'quality':
        this.#client.setQuality?.(message.quality);
        break;
      case 'answer':
        this.#client.answer?.(message.response);
        break;
      case 'close':
        this.#close({});
        break;
    }
  }

  #resized(width: number, height: number): void {
    this.#figures.size(width, height);
    this.#screen.resize(width, height);
  }

  #presented(ms: number): void {
    if (!this.#figures.presented(ms) || this.#closed) return;
    this.#parts.emit({ type: 'firstPicture', figures: this.#figures.read() });
    this.#stop = this.#parts.every(1000, () => this.#parts.emit({ type: 'figures', figures: this.#figures.read() }));
  }

  #close(how: Omit<Extract<FromWorker, { type: 'closed' }>, 'type'>): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    this.#client.close();
    if (how.failure) this.#link.stop();
    else this.#link.close();
    this.#parts.emit({ type: 'closed', ...how });
  }
}
