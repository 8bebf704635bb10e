import type { Codec } from '../codec/codec.ts';
import { alphaCursor, type CursorShape, maskedCursor } from '../core/cursor-shape.ts';
import { Damage, overlaps, type Rect } from '../core/damage.ts';
import { plainText, protocolProblem } from '../core/screen-end.ts';
import type { Inbox } from './inbox.ts';
import { limits } from './limits.ts';
import type { DeskScreen } from './messages.ts';
import { encoding } from './numbers.ts';
import { drawTight, readTight, tightJpeg } from './tight.ts';

/**
 * Decodes `data` (a view that is only valid during the call) and writes `rect.w` x `rect.h` pixels into `codec`'s
 * framebuffer at `rect`. Rejects when the bytes are no picture.
 */
export type JpegDecoder = (data: Uint8Array<ArrayBuffer>, codec: Codec, rect: Rect) => Promise<void>;

export type UpdateEffects = Readonly<{
  /** A whole update has been drawn. */
  frame(damage: Damage): void;
  resized(width: number, height: number): void;
  cursor(shape: CursorShape): void;
  named(name: string): void;
  /** The desk reports what it can do. */
  offers(what: 'qemuKeys' | 'extendedButtons'): void;
  screens(first: DeskScreen): void;
  /** Bits: 0 scroll, 1 num, 2 caps. */
  locks(bits: number): void;
  /** A picture has been decoded in the background, or could not be: call `step` again. */
  wake(problem?: unknown): void;
}>;

type Body = Readonly<{ kind: 'raw' | 'zrle'; rect: Rect }> & { row: number; left: number };

/** FramebufferUpdate (RFC 6143 §7.6.1): rectangle after rectangle, drawn in the desk's order. */
export class Updates {
  readonly #inbox: Inbox;
  readonly #codec: Codec;
  readonly #effects: UpdateEffects;
  readonly #decodeJpeg: JpegDecoder;
  readonly #damage = new Damage();
  /** JPEGs under way. What touches their place waits; the rest overtakes them. */
  readonly #pending = new Set<Rect>();
  #left = 0;
  #active = false;
  #body: Body | undefined;
  #blocked = false;

  constructor(inbox: Inbox, codec: Codec, effects: UpdateEffects, decodeJpeg: JpegDecoder) {
    this.#inbox = inbox;
    this.#codec = codec;
    this.#effects = effects;
    this.#decodeJpeg = decodeJpeg;
  }

  /** Whether an update is under way. */
  get active(): boolean {
    return this.#active;
  }

  /** Whether the next step waits for a picture rather than for bytes. */
  get blocked(): boolean {
    return this.#blocked;
  }

  begin(rectangles: number): void {
    this.#active = true;
    this.#left = rectangles;
  }

  /** @returns whether something was done. @throws ScreenEnd */
  step(): boolean {
    this.#blocked = false;
    if (this.#body !== undefined) return this.#readBody(this.#body);
    if (this.#left === 0) return this.#finish();
    const inbox = this.#inbox;
    if (!inbox.has(12)) return false;
    const rect = { x: inbox.u16(0), y: inbox.u16(2), w: inbox.u16(4), h: inbox.u16(6) };
    const kind = inbox.s32(8);
    switch (kind) {
      case encoding.raw:
      case encoding.copyRect:
      case encoding.tight:
      case encoding.zrle:
        return this.#readPicture(kind, rect);
      default:
        return this.#readPseudo(kind, rect);
    }
  }

  #finish(): boolean {
    if (this.#pending.size > 0) return this.#wait();
    this.#active = false;
    this.#effects.frame(this.#damage);
    return true;
  }

  #wait(): false {
    this.#blocked = true;
    return false;
  }

  #done(bytes: number): true {
    this.#inbox.skip(bytes);
    // 0xFFFF: as many as it takes until LastRect.
    if (this.#left !== 0xffff) this.#left--;
    return true;
  }

  #touchesPending(rect: Rect): boolean {
    for (const other of this.#pending) if (overlaps(rect, other)) return true;
    return false;
  }

  #readPicture(kind: number, rect: Rect): boolean {
    const { x, y, w, h } = rect;
    if (x + w > this.#codec.width || y + h > this.#codec.height) throw protocolProblem('rectangle outside the screen');
    if (this.#touchesPending(rect)) return this.#wait();
    const inbox = this.#inbox;
    if (kind === encoding.copyRect) {
      if (!inbox.has(16)) return false;
      const source = { x: inbox.u16(12), y: inbox.u16(14), w, h };
      if (source.x + w > this.#codec.width || source.y + h > this.#codec.height) {
        throw protocolProblem('copy from outside the screen');
      }
      if (this.#touchesPending(source)) return this.#wait();
      this.#codec.copyRect(source.x, source.y, x, y, w, h);
      this.#damage.add(x, y, w, h);
      return this.#done(16);
    }
    if (kind === encoding.tight) return this.#readTight(rect);
    if (kind === encoding.raw) {
      inbox.skip(12);
      this.#body = { kind: 'raw', rect, row: 0, left: 0 };
      return true;
    }
    if (!inbox.has(16)) return false;
    const left = inbox.u32(12);
    // Deflate grows what it cannot shrink by less than a thousandth; a tile adds at most one byte a pixel.
    if (left > w * h * 4.1 + 65_536) throw protocolProblem('length of a ZRLE rectangle');
    inbox.skip(16);
    this.#codec.zrleBegin(x, y, w, w === 0 ? 0 : h);
    this.#body = { kind: 'zrle', rect, row: 0, left };
    return true;
  }

  #readTight(rect: Rect): boolean {
    if (rect.w === 0 || rect.h === 0) throw protocolProblem('empty Tight rectangle');
    const unit = readTight(this.#inbox, this.#codec, 12, rect);
    if (unit === undefined) return false;
    if (unit.kind === 'jpeg') {
      if (this.#pending.size >= limits.jpegs) return this.#wait();
      this.#startJpeg(tightJpeg(this.#inbox, 12, rect, unit), rect);
    }
    drawTight(this.#inbox, this.#codec, 12, rect, unit);
    this.#damage.add(rect.x, rect.y, rect.w, rect.h);
    return this.#done(12 + unit.bytes);
  }

  #startJpeg(data: Uint8Array<ArrayBuffer>, rect: Rect): void {
    this.#pending.add(rect);
    this.#decodeJpeg(data, this.#codec, rect).then(
      () => {
        this.#pending.delete(rect);
        this.#effects.wake();
      },
      (error: unknown) => this.#effects.wake(protocolProblem('JPEG data', { cause: error })),
    );
  }

  #readBody(body: Body): boolean {
    const { rect } = body;
    if (body.kind === 'raw') {
      const rowBytes = rect.w * 4;
      const rows = rowBytes === 0 ? rect.h : Math.min(rect.h - body.row, Math.floor(this.#inbox.length / rowBytes));
      this.#codec.rawRows(this.#inbox.at, rect.x, rect.y + body.row, rect.w, rows);
      this.#inbox.skip(rows * rowBytes);
      body.row += rows;
      if (body.row < rect.h) return false;
    } else {
      const count = Math.min(body.left, this.#inbox.length);
      if (count > 0) this.#codec.zrleFeed(this.#inbox.at, count);
      this.#inbox.skip(count);
      body.left -= count;
      if (body.left > 0) return false;
      this.#codec.zrleEnd();
    }
    this.#body = undefined;
    this.#damage.add(rect.x, rect.y, rect.w, rect.h);
    return this.#done(0);
  }

  #readPseudo(kind: number, rect: Rect): boolean {
    const inbox = this.#inbox;
    switch (kind) {
      case encoding.lastRect:
        inbox.skip(12);
        this.#left = 0;
        return true;
      case encoding.desktopSize:
        return this.#resize(rect, 12);
      case encoding.extendedDesktopSize:
        return this.#readScreens(rect);
      case encoding.qemuExtendedKey:
        this.#effects.offers('qemuKeys');
        return this.#done(12);
      case encoding.extendedMouseButtons:
        this.#effects.offers('extendedButtons');
        return this.#done(12);
      case encoding.qemuLedState:
        if (!inbox.has(13)) return false;
        this.#effects.locks(inbox.u8(12));
        return this.#done(13);
      case encoding.desktopName: {
        if (!inbox.has(16)) return false;
        const length = inbox.u32(12);
        if (length > limits.nameBytes) throw protocolProblem('length of the desktop name');
        if (!inbox.has(16 + length)) return false;
        this.#effects.named(plainText(new TextDecoder().decode(inbox.peek(16, length)), 120));
        return this.#done(16 + length);
      }
      case encoding.cursor:
      case encoding.cursorWithAlpha:
        return this.#readCursor(kind, rect);
      default:
        throw protocolProblem(`encoding ${kind}`);
    }
  }

  #readCursor(kind: number, rect: Rect): boolean {
    const { w, h } = rect;
    if (w > limits.cursorSide || h > limits.cursorSide) throw protocolProblem('size of the pointer');
    const masked = kind === encoding.cursor;
    const at = masked ? 12 : 16;
    const length = w * h * 4 + (masked ? ((w + 7) >> 3) * h : 0);
    if (!this.#inbox.has(at + length)) return false;
    if (!masked && this.#inbox.s32(12) !== encoding.raw) throw protocolProblem('encoding of the pointer');
    const make = masked ? maskedCursor : alphaCursor;
    this.#effects.cursor(make(this.#inbox.peek(at, length), w, h, rect.x, rect.y));
    return this.#done(at + length);
  }

  #readScreens(rect: Rect): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(16)) return false;
    const count = inbox.u8(12);
    if (!inbox.has(16 + count * 16)) return false;
    if (count > 0) this.#effects.screens({ id: inbox.u32(16), flags: inbox.u32(28) });
    // x is who asked (1: this client), y how it went; a refused request repeats the size that stays.
    if (rect.x === 1 && rect.y !== 0) return this.#done(16 + count * 16);
    return this.#resize(rect, 16 + count * 16);
  }

  #resize(rect: Rect, bytes: number): boolean {
    if (rect.w === this.#codec.width && rect.h === this.#codec.height) return this.#done(bytes);
    if (this.#pending.size > 0) return this.#wait();
    checkSize(rect.w, rect.h);
    this.#codec.resize(rect.w, rect.h);
    this.#damage.take();
    this.#effects.resized(rect.w, rect.h);
    return this.#done(bytes);
  }
}

/** @throws ScreenEnd for a framebuffer that is empty or larger than this side will hold. */
export function checkSize(width: number, height: number): void {
  const { side, pixels } = limits;
  if (width === 0 || height === 0 || width > side || height > side || width * height > pixels) {
    throw protocolProblem(`screen of ${width}x${height}`);
  }
}
