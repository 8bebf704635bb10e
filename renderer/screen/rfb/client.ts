import type { ScreenOptions } from '../api.ts';
import type { Codec } from '../codec/codec.ts';
import type { Picture } from '../core/picture.ts';
import { protocolProblem, ScreenEnd } from '../core/screen-end.ts';
import type { DeskClient, DeskEffects } from '../desk-client.ts';
import { Handshake } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { limits } from './limits.ts';
import * as say from './messages.ts';
import { fenceFlags, fromServer } from './numbers.ts';
import { checkSize, type JpegDecoder, Updates } from './updates.ts';

export type RfbEffects = Omit<DeskEffects, 'clientInfo'>;

type VncOptions = NonNullable<ScreenOptions['vnc']>;

/**
 * The RFB client (RFC 6143 and the community specification) as a state machine: bytes in, effects out, no I/O, no
 * clock. Clipboard messages have no handler on purpose (no clipboard channel exists); the desk's are skipped unread.
 */
export class RfbClient implements DeskClient {
  readonly #codec: Codec;
  readonly #inbox: Inbox;
  readonly #effects: RfbEffects;
  readonly #handshake: Handshake;
  readonly #updates: Updates;
  #options: VncOptions;
  #queue: Uint8Array[] = [];
  /** Bytes in the inbox that no credit has been given for. */
  #held = 0;
  #running = false;
  #ended = false;
  #open = false;
  #skip = 0;
  #continuous = false;
  #paused = false;
  #qemuKeys = false;
  #extendedButtons = false;
  #screen: say.DeskScreen | undefined;
  #wanted: { width: number; height: number } | undefined;

  constructor(codec: Codec, options: VncOptions, effects: RfbEffects, decodeJpeg: JpegDecoder) {
    this.#codec = codec;
    this.#inbox = new Inbox(codec);
    this.#effects = effects;
    this.#options = options;
    this.#handshake = new Handshake(this.#inbox, effects);
    this.#updates = new Updates(
      this.#inbox,
      codec,
      {
        frame: effects.frame,
        cursor: effects.cursor,
        locks: effects.locks,
        named: () => {},
        resized: (width, height) => this.#resized(width, height),
        offers: (what) => this.#offered(what),
        screens: (first) => this.#screens(first),
        wake: (problem) => (problem === undefined ? this.#run() : this.#end(problem)),
      },
      decodeJpeg,
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  get picture(): Picture | undefined {
    const { width, height, framebuffer } = this.#codec;
    return this.#open ? { width, height, pixels: framebuffer.subarray(0, width * height * 4) } : undefined;
  }

  /**
   * Bytes from the desk. They go into the inbox even while a picture is waited for, only their credit is held back:
   * credit bounds bytes, and a desk that sends them one at a time would otherwise cost an object for each.
   */
  push(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return;
    const taken = this.#queue.length === 0 && this.#updates.blocked ? this.#inbox.put(chunk) : 0;
    this.#held += taken;
    if (taken < chunk.length) this.#queue.push(taken === 0 ? chunk : chunk.subarray(taken));
    this.#run();
  }

  /** @param response 16 bytes for the desk's challenge */
  answer(response: Uint8Array): void {
    if (this.#ended) return;
    this.#handshake.answer(response);
    this.#run();
  }

  /** No effect comes after this. */
  close(): void {
    this.#ended = true;
    this.#queue = [];
  }

  /** @param scancode XT set 1, extended keys with bit 7; 0 when unknown. @param keysym 0 when unknown. */
  key(down: boolean, keysym: number, scancode: number): void {
    if (!this.#open) return;
    if (this.#qemuKeys && scancode !== 0) this.#send(say.qemuKeyEvent(down, keysym, scancode));
    else if (keysym !== 0) this.#send(say.keyEvent(down, keysym));
  }

  pointer(x: number, y: number, buttons: number): void {
    if (!this.#open) return;
    const inside = (value: number, size: number) => Math.min(size - 1, Math.max(0, Math.round(value)));
    this.#send(
      say.pointerEvent(inside(x, this.#codec.width), inside(y, this.#codec.height), buttons, this.#extendedButtons),
    );
  }

  setQuality(quality: VncOptions['quality']): void {
    this.#options = { ...this.#options, quality };
    if (!this.#open) return;
    this.#send(say.setEncodings(this.#options));
    // So that what is already on the screen gets better too.
    this.#send(say.updateRequest(false, this.#codec.width, this.#codec.height));
  }

  /** Asks the desk for a size, at once or as soon as it says that it can change it. */
  requestSize(width: number, height: number): void {
    this.#wanted = { width: Math.min(width, limits.side), height: Math.min(height, limits.side) };
    this.#sendWanted();
  }

  /** While nobody sees the picture the desk need not send it. */
  setVisible(visible: boolean): void {
    if (this.#paused === !visible) return;
    this.#paused = !visible;
    if (!this.#open) return;
    if (this.#continuous) this.#send(say.enableContinuousUpdates(visible, this.#codec.width, this.#codec.height));
    if (visible) this.#send(say.updateRequest(true, this.#codec.width, this.#codec.height));
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.#ended) this.#effects.send(bytes);
  }

  #run(): void {
    // Effects may call back in (a decoder that is done at once): one loop is enough.
    if (this.#running || this.#ended) return;
    this.#running = true;
    try {
      do {
        while (!this.#ended && this.#step());
      } while (!this.#ended && !this.#updates.blocked && this.#refill());
      if (!this.#updates.blocked) this.#release();
    } catch (error) {
      this.#end(error);
    } finally {
      this.#running = false;
    }
  }

  #release(): void {
    if (this.#held === 0 || this.#ended) return;
    this.#effects.consumed(this.#held);
    this.#held = 0;
  }

  #refill(): boolean {
    const chunk = this.#queue[0];
    if (chunk === undefined) return false;
    const taken = this.#inbox.put(chunk);
    if (taken === 0) throw protocolProblem('unit larger than the inbox');
    if (taken === chunk.length) this.#queue.shift();
    else this.#queue[0] = chunk.subarray(taken);
    this.#effects.consumed(taken);
    return true;
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.close();
    this.#effects.ended(error instanceof ScreenEnd ? error : protocolProblem('decoder fault', { cause: error }));
  }

  #step(): boolean {
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, this.#inbox.length);
      this.#inbox.skip(count);
      this.#skip -= count;
      return count > 0;
    }
    if (this.#updates.active) return this.#updates.step();
    if (this.#open) return this.#readMessage();
    const went = this.#handshake.step();
    const { init } = this.#handshake;
    if (init !== undefined) {
      checkSize(init.width, init.height);
      this.#codec.resize(init.width, init.height);
      this.#open = true;
      this.#send(say.setPixelFormat());
      this.#send(say.setEncodings(this.#options));
      this.#send(say.updateRequest(false, init.width, init.height));
      this.#effects.opened(init.name, init.width, init.height);
    }
    return went;
  }

  #readMessage(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(1)) return false;
    const type = inbox.u8(0);
    switch (type) {
      case fromServer.framebufferUpdate: {
        if (!inbox.has(4)) return false;
        const rectangles = inbox.u16(2);
        inbox.skip(4);
        // Asked for before the present one is drawn, so that the desk need not wait a round trip.
        if (!this.#continuous && !this.#paused) {
          this.#send(say.updateRequest(true, this.#codec.width, this.#codec.height));
        }
        this.#updates.begin(rectangles);
        return true;
      }
      case fromServer.setColourMapEntries: {
        if (!inbox.has(6)) return false;
        this.#skip = inbox.u16(4) * 6;
        inbox.skip(6);
        return true;
      }
      case fromServer.bell:
        inbox.skip(1);
        return true;
      case fromServer.cutText: {
        if (!inbox.has(8)) return false;
        const length = inbox.u32(4);
        if (length > limits.cutTextBytes) throw protocolProblem('length of cut text');
        this.#skip = length;
        inbox.skip(8);
        return true;
      }
      case fromServer.endOfContinuousUpdates:
        inbox.skip(1);
        this.#startContinuous();
        return true;
      case fromServer.fence:
        return this.#readFence();
      default:
        throw protocolProblem(`message ${type}`);
    }
  }

  /** The first of these says that the desk knows the extension; later ones answer a request to stop. */
  #startContinuous(): void {
    if (this.#continuous) return;
    this.#continuous = true;
    if (!this.#paused) this.#send(say.enableContinuousUpdates(true, this.#codec.width, this.#codec.height));
  }

  #readFence(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(9)) return false;
    const length = inbox.u8(8);
    if (length > limits.fenceBytes) throw protocolProblem('length of a fence');
    if (!inbox.has(9 + length)) return false;
    const flags = inbox.u32(4);
    // Everything before it has been drawn by now, which is all that its flags can ask for.
    if ((flags & fenceFlags.request) !== 0) this.#send(say.fenceAnswer(flags, inbox.peek(9, length)));
    inbox.skip(9 + length);
    return true;
  }

  #resized(width: number, height: number): void {
    if (this.#continuous && !this.#paused) this.#send(say.enableContinuousUpdates(true, width, height));
    this.#send(say.updateRequest(false, width, height));
    this.#effects.resized(width, height);
  }

  #offered(what: 'qemuKeys' | 'extendedButtons'): void {
    if (what === 'qemuKeys') this.#qemuKeys = true;
    else this.#extendedButtons = true;
  }

  #screens(first: say.DeskScreen): void {
    const known = this.#screen !== undefined;
    this.#screen = first;
    if (!known) this.#sendWanted();
  }

  #sendWanted(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#screen === undefined || !this.#open) return;
    this.#wanted = undefined;
    if (wanted.width === this.#codec.width && wanted.height === this.#codec.height) return;
    this.#send(say.setDesktopSize(wanted.width, wanted.height, this.#screen));
  }
}
