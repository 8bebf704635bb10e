import type { Damage } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import { Reader } from '../reader.ts';
import { Commands } from './commands.ts';
import type { GfxDecoders } from './decoders.ts';
import * as pdus from './pdus.ts';
import { Zgfx } from './zgfx.ts';

export type GfxEffects = Readonly<{
  /** A message for the dynamic channel. */
  send(message: Uint8Array<ArrayBuffer>): void;
  /** The output has another size; its pixels come with the next frame. */
  resized(width: number, height: number): void;
  /**
   * A frame is whole. The framebuffer is as wide as the output and at least as high; it may be another one than before, and
   * then all of it is damaged. It is valid until the next frame, like `Gfx.framebuffer`.
   */
  frame(damage: Damage, framebuffer: Pixels): void;
  /** So many bytes given to `push` have been dealt with: the credit of what they came by. */
  consumed?(bytes: number): void;
  /** What went wrong behind a promise; anything else is thrown by `push`. */
  failed(error: unknown): void;
}>;

export type GfxOptions = Readonly<{
  capabilities: pdus.GfxCapabilities;
  /** Bytes that one message may become. */
  messageBytes?: number;
  /** Bytes of messages that wait behind a decoder. */
  queueBytes?: number;
  surfaces?: number;
  side?: number;
  pixels?: number;
}>;

/** Messages that wait: each costs an object, however short it is. */
const mostQueued = 65_536;

/**
 * The graphics pipeline (MS-RDPEGFX) on its dynamic channel: messages in, effects out. While a decoder's promise is pending
 * everything behind it waits, in order: INVARIANT: one promise at a time, and no frame is shown before it is whole.
 */
export class Gfx {
  readonly #effects: GfxEffects;
  readonly #zgfx: Zgfx;
  readonly #commands: Commands;
  readonly #offered: readonly pdus.CapabilitySet[];
  readonly #mostQueued: number;
  #confirmed: pdus.CapabilitySet | undefined;
  #queue: Uint8Array[] = [];
  /** Messages at the queue's front that are done with. */
  #taken = 0;
  #queued = 0;
  /** The message that is being worked on: what it became, and its bytes on the channel. */
  #reader: Reader | undefined;
  #current = 0;
  /** What it became is a copy that may be kept. */
  #owned = false;
  #pending = false;
  #running = false;
  #closed = false;
  #decoded = 0;
  /** Counts resets: a promise from before one has no say after it. */
  #epoch = 0;

  constructor(codec: RdpCodec, decoders: GfxDecoders, effects: GfxEffects, options: GfxOptions) {
    this.#effects = effects;
    this.#zgfx = new Zgfx(options.messageBytes);
    this.#offered = pdus.offeredSets(options.capabilities);
    this.#mostQueued = options.queueBytes ?? 64 * 1024 * 1024;
    this.#commands = new Commands(codec, decoders, {
      surfaces: options.surfaces ?? 256,
      side: options.side ?? 16_384,
      pixels: options.pixels ?? 33_554_432,
    });
  }

  /** Something waits for a decoder: what is pushed now is only kept. */
  get blocked(): boolean {
    return this.#pending;
  }
  /** Bytes pushed that have not been dealt with. */
  get held(): number {
    return this.#queued + this.#current;
  }
  /** The last frame again; undefined before the first, and when its surface is gone. */
  get framebuffer(): Pixels | undefined {
    return this.#commands.surfaces.shown;
  }
  /** What the desk chose. */
  get confirmed(): pdus.CapabilitySet | undefined {
    return this.#confirmed;
  }

  /** The dynamic channel is there (3.3.5.18): everything begins with what is offered. */
  open(): void {
    if (this.#closed) return;
    this.reset();
    this.#effects.send(pdus.capsAdvertise(this.#offered));
  }

  /** @param bytes one message of the dynamic channel (RDP_SEGMENTED_DATA), valid during the call. @throws ScreenEnd */
  push(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#pending || this.#running) {
      this.#queued += bytes.length;
      if (this.#queued > this.#mostQueued || this.#queue.length - this.#taken >= mostQueued) {
        this.close();
        throw protocolProblem('graphics messages waiting');
      }
      this.#queue.push(bytes.slice());
      return;
    }
    this.#run(bytes);
  }

  /** The channel was closed and may come again. Nothing is kept of what it drew. */
  reset(): void {
    const held = this.held;
    this.#clear();
    if (held > 0) this.#effects.consumed?.(held);
  }

  /** No effect comes after this. */
  close(): void {
    this.#closed = true;
    this.#clear();
  }

  #clear(): void {
    this.#epoch += 1;
    this.#queue = [];
    this.#taken = 0;
    this.#queued = 0;
    this.#reader = undefined;
    this.#current = 0;
    this.#pending = false;
    this.#confirmed = undefined;
    this.#decoded = 0;
    this.#zgfx.reset();
    this.#commands.reset();
  }

  #run(first?: Uint8Array): void {
    this.#running = true;
    try {
      if (first !== undefined) this.#begin(first);
      while (!this.#pending) {
        const reader = this.#reader;
        if (reader === undefined) {
          if (!this.#next()) break;
        } else if (reader.left > 0) this.#step(reader);
        else this.#finish();
      }
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /** Taken off by an index: shifting a long queue would cost its length each time. */
  #next(): boolean {
    const message = this.#queue[this.#taken];
    if (message === undefined) {
      this.#queue = [];
      this.#taken = 0;
      return false;
    }
    this.#taken += 1;
    this.#queued -= message.length;
    this.#begin(message);
    if (this.#taken >= 1024) {
      this.#queue.splice(0, this.#taken);
      this.#taken = 0;
    }
    return true;
  }

  #begin(message: Uint8Array): void {
    this.#current = message.length;
    this.#owned = false;
    this.#reader = new Reader(this.#zgfx.decompress(message));
  }

  #finish(): void {
    const bytes = this.#current;
    this.#reader = undefined;
    this.#current = 0;
    this.#effects.consumed?.(bytes);
  }

  /** One PDU (2.2.1.5). */
  #step(reader: Reader): void {
    const command = reader.u16();
    reader.skip(2);
    const length = reader.u32();
    if (length < pdus.headerBytes) throw protocolProblem('length of a graphics PDU');
    const body = reader.part(length - pdus.headerBytes);
    if (command === pdus.commands.capsConfirm) this.#confirm(body);
    else if (this.#confirmed === undefined) throw protocolProblem('graphics before capabilities');
    else if (command === pdus.commands.startFrame) body.skip(8);
    else if (command === pdus.commands.endFrame) this.#endFrame(body);
    else if (command === pdus.commands.resetGraphics) this.#resetGraphics(body);
    else {
      const epoch = this.#epoch;
      const promise = this.#commands.run(command, body);
      if (promise !== undefined) this.#wait(promise, epoch);
    }
    if (body.left > 0) throw protocolProblem('length of a graphics PDU');
  }

  #confirm(body: Reader): void {
    const set = pdus.readCapsConfirm(body);
    if (this.#confirmed !== undefined || !this.#offered.some(({ version }) => version === set.version)) {
      throw protocolProblem('graphics capabilities');
    }
    this.#confirmed = set;
  }

  #resetGraphics(body: Reader): void {
    const { width, height } = pdus.readResetGraphics(body);
    this.#commands.surfaces.resetOutput(width, height);
    this.#effects.resized(width, height);
  }

  /** Shown, then acknowledged with what still waits (2.2.2.13): the desk slows down by that. */
  #endFrame(body: Reader): void {
    const frame = body.u32();
    // Before anything is said of it.
    if (body.left > 0) throw protocolProblem('length of a graphics PDU');
    const epoch = this.#epoch;
    this.#decoded += 1;
    const shown = this.#commands.surfaces.frame();
    if (shown !== undefined) this.#effects.frame(shown.damage, shown.framebuffer);
    // The effect may have closed this.
    if (this.#epoch !== epoch) return;
    this.#effects.send(pdus.frameAcknowledge(this.#queued + (this.#reader?.left ?? 0), frame, this.#decoded));
  }

  #wait(promise: Promise<void>, epoch: number): void {
    promise.then(
      () => this.#resume(epoch),
      (error: unknown) => this.#fail(epoch, error),
    );
    if (this.#epoch !== epoch) return;
    this.#pending = true;
    // What is left may lie in what was pushed, which is gone after the call.
    if (!this.#owned && this.#reader !== undefined) {
      this.#reader = new Reader(this.#reader.rest().slice());
      this.#owned = true;
    }
  }

  #resume(epoch: number): void {
    if (this.#epoch !== epoch) return;
    this.#pending = false;
    try {
      this.#run();
    } catch (error) {
      this.#effects.failed(error);
    }
  }

  #fail(epoch: number, error: unknown): void {
    if (this.#epoch !== epoch) return;
    this.close();
    this.#effects.failed(error);
  }
}
