import type { ScreenFigures } from '#contract/ipc/state.ts';
import { ByteLink, type BytePort } from './byte-link.ts';
import type { Damage } from './core/damage.ts';
import type { Picture } from './core/picture.ts';
import type { DeskClient, DeskEffects } from './desk-client.ts';
import { Figures } from './figures.ts';
import { SizeAnew } from './size-anew.ts';
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
  /** Once; the same. */
  after(ms: number, run: () => void): () => void;
  emit(event: FromWorker, transfer?: Transferable[]): void;
}>;

type Said<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;

/**
 * One remote screen: the byte channel on one side, the picture on the other, commands and events to the page. A desk that
 * takes another size only when it is connected to anew gets a second channel and client; what is seen meanwhile is the last
 * picture, and what is typed goes nowhere.
 */
export class Session {
  readonly #parts: SessionParts;
  readonly #screen: Screen;
  readonly #figures: Figures;
  readonly #anew: SizeAnew;
  #client: DeskClient | undefined;
  #link: ByteLink | undefined;
  #size: Said<'size'> | undefined;
  #visible: Said<'visible'> | undefined;
  #locks: Said<'locks'> | undefined;
  /** Whether the present connection has shown something. */
  #shown = false;
  #stop: () => void = () => {};
  #closed = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#figures = new Figures(parts.now);
    this.#screen = parts.screen(
      () => this.#client?.picture,
      (ms) => this.#presented(ms),
    );
    this.#anew = new SizeAnew(parts.after, () => this.#leave());
    this.#join(parts.port, parts.desk);
  }

  /** @param message anything but `start` and `reconnect` */
  take(message: Exclude<ToWorker, { type: 'start' | 'reconnect' }>): void {
    switch (message.type) {
      case 'key':
        this.#client?.key(message.down, message.keysym, message.scancode);
        break;
      case 'locks':
        this.#locks = message;
        this.#client?.setLocks?.(message.bits);
        break;
      case 'pointer':
        this.#client?.pointer(message.x, message.y, message.buttons);
        break;
      case 'size':
        this.#size = message;
        this.#client?.requestSize(message.width, message.height, message.scalePercent, message.monitors);
        this.#anew.wished(message);
        break;
      case 'visible':
        this.#visible = message;
        // A desk that is told not to draw before it has drawn would pass for one that is down.
        if (this.#shown) this.#client?.setVisible(message.visible);
        this.#anew.seen(message.visible);
        break;
      case 'quality':
        this.#client?.setQuality?.(message.quality);
        break;
      case 'answer':
        this.#client?.answer?.(message.response);
        break;
      case 'close':
        this.#close({});
        break;
    }
  }

  /** The desk's next connection: what the person has wished stays wished. */
  reconnect(port: BytePort, desk: SessionParts['desk']): void {
    if (this.#closed || this.#client !== undefined) return;
    this.#join(port, desk);
    for (const message of [this.#size, this.#locks]) if (message !== undefined) this.take(message);
  }

  #join(port: BytePort, desk: SessionParts['desk']): void {
    const { emit, now } = this.#parts;
    this.#shown = false;
    // Before the client, which may speak first.
    const link = new ByteLink(port, {
      bytes: (chunk) => {
        const start = now();
        this.#client?.push(chunk);
        this.#figures.received(chunk.length, now() - start);
      },
      ended: () => this.#close({}),
    });
    this.#link = link;
    const client = desk({
      send: (bytes) => link.send(bytes),
      consumed: (bytes) => link.consumed(bytes),
      challenge: (challenge) => emit({ type: 'challenge', challenge }),
      clientInfo: (user, io) => link.clientInfo(user, io),
      opened: (name, width, height) => {
        this.#resized(width, height);
        this.#anew.opened({ width, height });
        emit({ type: 'opened', name, width, height });
      },
      resized: (width, height) => {
        this.#resized(width, height);
        this.#anew.resized({ width, height });
        emit({ type: 'resized', width, height });
      },
      frame: (damage) => this.#screen.show(damage),
      cursor: (shape) => emit({ type: 'cursor', shape }),
      sound: (sound) =>
        emit(
          { type: 'sound', sound },
          sound.channels.map(({ buffer }) => buffer),
        ),
      locks: (bits) => emit({ type: 'locks', bits }),
      ended: (end) => this.#close({ failure: end.failure }),
    });
    this.#client = client;
    this.#anew.begins(client);
  }

  /** Leaves the desk, which main connects to anew. */
  #leave(): void {
    if (this.#closed) return;
    this.#client?.close();
    this.#client = undefined;
    this.#link?.stop();
    this.#parts.emit({ type: 'reconnect' });
  }

  #resized(width: number, height: number): void {
    this.#figures.size(width, height);
    this.#screen.resize(width, height);
  }

  #presented(ms: number): void {
    const first = this.#figures.presented(ms);
    if (this.#shown || this.#closed) return;
    this.#shown = true;
    this.#anew.shown();
    if (this.#visible?.visible === false) this.#client?.setVisible(false);
    this.#parts.emit({ type: 'firstPicture', figures: this.#read() });
    if (first) {
      this.#stop = this.#parts.every(1000, () => this.#parts.emit({ type: 'figures', figures: this.#read() }));
    }
  }

  #read(): ScreenFigures {
    return { ...this.#figures.read(), ...this.#client?.figures };
  }

  #close(how: Omit<Extract<FromWorker, { type: 'closed' }>, 'type'>): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    this.#anew.stop();
    this.#client?.close();
    if (how.failure) this.#link?.stop();
    else this.#link?.close();
    this.#parts.emit({ type: 'closed', ...how });
  }
}
