import { Writer } from '../writer.ts';

/** The desk's abilities that matter here. */
export type InputDesk = Readonly<{ unicodeInput: boolean; extendedMouse: boolean; horizontalWheel: boolean }>;
export type InputBatch = Readonly<{ events: Uint8Array<ArrayBuffer>; count: number }>;

/** eventCode (MS-RDPBCGR 2.2.8.1.2.2), in the header's upper three bits. */
const event = { scancode: 0 << 5, mouse: 1 << 5, extendedMouse: 2 << 5, sync: 3 << 5, unicode: 4 << 5 } as const;
/** 2.2.8.1.2.2.1. */
const key = { release: 1, extended: 2, extended1: 4 } as const;
/** 2.2.8.1.1.3.1.1.3. */
const pointerFlag = { hWheel: 0x0400, wheel: 0x0200, move: 0x0800, down: 0x8000 } as const;
/** One notch, and one the other way as nine bits in two's complement (PTRFLAGS_WHEEL_NEGATIVE is the upper one). */
const notch = { forth: 120, back: -120 & 0x1ff } as const;
/** A batch is one PDU, which counts its events in a byte. */
const mostEvents = 250;

/** By bit of the page's button mask (left, middle, right, wheel up, down, left, right, back, forward). */
const buttons = [0x1000, 0x4000, 0x2000] as const;
const wheels = [
  pointerFlag.wheel | notch.forth,
  pointerFlag.wheel | notch.back,
  pointerFlag.hWheel | notch.back,
  pointerFlag.hWheel | notch.forth,
] as const;
const firstWheel = 3;
const extendedButtons = [0x0001, 0x0002] as const;
const firstExtended = 7;

/** XT scancodes, as the page says them. */
const [pause, tab, leftControl, rightControl] = [0xc6, 0x0f, 0x1d, 0x9d] as const;
/** Shift, Ctrl, Alt and the Windows key, of both sides. */
const modifiers: readonly number[] = [0x2a, 0x36, leftControl, rightControl, 0x38, 0xb8, 0xdb, 0xdc];
/** Keys whose code in AT set 1, which RDP has, is another one than in what the page says: Print, Lang2, Lang1, F13 to F15. */
const elsewhere: ReadonlyMap<number, readonly [code: number, flags: number]> = new Map([
  [0x54, [0x37, key.extended]],
  [0xf1, [0x71, 0]],
  [0xf2, [0x72, 0]],
  [0x5d, [0x64, 0]],
  [0x5e, [0x65, 0]],
  [0x5f, [0x66, 0]],
]);
/** Of lock keys: no browser tells it, so the desk's own stays. */
const kana = 8;

type Press = Readonly<{ press: readonly number[][]; release: readonly number[][] }>;
const noKey: Press = { press: [], release: [] };

/**
 * What the person does, as fast-path input events (MS-RDPBCGR 2.2.8.1.2.2). They gather until `take`; moves without anything
 * between them become one. While no desk is active presses are dropped: what is typed for nobody must not wait for later.
 * What was let go meanwhile is let go on the desk once it is back.
 */
export class RdpInput {
  #desk: InputDesk | undefined;
  #events: (readonly number[])[] = [];
  /** Whether the last event is a move, which the next one replaces. */
  #moved = false;
  /** What the desk has pressed, by scancode or, without one, by minus the symbol; and what the person has. */
  readonly #held = new Map<number, Press>();
  readonly #down = new Set<number>();
  #buttons = 0;
  #mask = 0;
  #x = 0;
  #y = 0;
  /** Whether the desk knows where the pointer is. */
  #placed = false;
  #locks: number | undefined;
  #deskLocks: number | undefined;
  /** The desk's lock keys are not known to be ours. */
  #stale = false;

  activated(desk: InputDesk): void {
    this.#desk = desk;
    this.#events = [];
    this.#moved = false;
    for (const id of [...this.#held.keys()].reverse()) if (!this.#down.has(id)) this.#letGo(id);
    this.#turnTo(this.#buttons & this.#mask);
    this.#placed = false;
    this.#stale = this.#locks !== undefined;
  }

  deactivated(): void {
    this.#desk = undefined;
    this.#events = [];
    this.#moved = false;
  }

  /** @param scancode XT set 1, extended keys with bit 7; 0 when unknown. @param symbol X11's, for keys without a scancode */
  key(down: boolean, symbol: number, scancode: number): void {
    const id = scancode === 0 ? -symbol : scancode;
    if (!down) {
      this.#down.delete(id);
      if (this.#desk !== undefined) this.#letGo(id);
      return;
    }
    this.#down.add(id);
    if (this.#desk === undefined) return;
    this.#sync();
    // A repeated key stays what it was.
    const events = this.#held.get(id) ?? this.#eventsOf(symbol, scancode);
    this.#held.set(id, events);
    this.#add(...events.press);
  }

  /** @param x and @param y inside the desk's picture. @param mask buttons and wheel as in `DeskClient.pointer` */
  pointer(x: number, y: number, mask: number): void {
    this.#mask = mask;
    if (this.#desk === undefined) return;
    // A press elsewhere than where the pointer was is preceded by its way there: desks show it.
    if (!this.#placed || x !== this.#x || y !== this.#y) this.#move(x, y);
    this.#turnTo(mask);
  }

  /** The laptop's lock keys, to be the desk's: scroll 1, num 2, caps 4 (2.2.8.1.2.2.5). */
  locks(bits: number): void {
    this.#locks = bits & 0x0f;
    this.#stale = true;
    this.#sync();
  }

  /**
   * The desk says what its lock keys are. Where they are not the laptop's they are set right before the next key, but only
   * once: a desk that goes on saying so cannot do otherwise.
   */
  deskLocks(bits: number): void {
    if (bits === this.#deskLocks) return;
    this.#deskLocks = bits;
    if (this.#locks !== undefined && ((bits ^ this.#locks) & ~kana) !== 0) this.#stale = true;
  }

  /** Lets go of all keys and buttons, whatever the person still holds. */
  releaseAll(): void {
    this.#down.clear();
    this.#mask = 0;
    if (this.#desk === undefined) return;
    for (const id of [...this.#held.keys()].reverse()) this.#letGo(id);
    this.#turnTo(0);
  }

  /** @returns what has gathered, as far as one PDU takes it; undefined when nothing has */
  take(): InputBatch | undefined {
    const batch = this.#events.splice(0, mostEvents);
    this.#moved &&= this.#events.length > 0;
    return batch.length === 0 ? undefined : { events: Uint8Array.from(batch.flat()), count: batch.length };
  }

  /**
   * The event lets go of all keys on the desk (2.2.8.1.1.3.1.1.5), so modifiers are pressed anew. Tab is let go around it, as
   * Microsoft's client does: a window switched to by Alt+Tab has never seen its release.
   */
  #sync(): void {
    if (!this.#stale || this.#locks === undefined || this.#desk === undefined) return;
    this.#stale = false;
    const tabUp = [event.scancode | key.release, tab];
    this.#add(tabUp, [event.sync | this.#locks | ((this.#deskLocks ?? 0) & kana)], tabUp);
    for (const id of modifiers) this.#add(...(this.#held.get(id)?.press ?? []));
  }

  #letGo(id: number): void {
    const events = this.#held.get(id);
    if (events === undefined) return;
    this.#held.delete(id);
    this.#add(...events.release);
  }

  #eventsOf(symbol: number, scancode: number): Press {
    if (scancode === 0) return this.#unicode(symbol);
    if (scancode === pause) return this.#pause();
    const [code, flags] = elsewhere.get(scancode) ?? [scancode & 0x7f, scancode & 0x80 ? key.extended : 0];
    return pressOf(code, flags);
  }

  /**
   * Pause has no release of its own: the whole sequence goes out with the press (2.2.8.1.2.2.1). With Ctrl it is Break, which
   * is a key like others.
   */
  #pause(): Press {
    if (this.#held.has(leftControl) || this.#held.has(rightControl)) return pressOf(0x46, key.extended);
    const [control, numLock] = [pressOf(0x1d, key.extended1), pressOf(0x45, 0)];
    return { press: [...control.press, ...numLock.press, ...control.release, ...numLock.release], release: [] };
  }

  /** TS_FP_UNICODE_KEYBOARD_EVENT (2.2.8.1.2.2.2), one for each UTF-16 unit. */
  #unicode(symbol: number): Press {
    if (!this.#desk?.unicodeInput) return noKey;
    const text = textOf(symbol);
    const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    const all = (flags: number) => units.map((unit) => [event.unicode | flags, unit & 0xff, unit >> 8]);
    return { press: all(0), release: all(key.release) };
  }

  #turnTo(mask: number): void {
    const changed = mask ^ this.#buttons;
    this.#buttons = mask;
    const is = (bit: number) => (mask >> bit) & 1;
    for (const [bit, flag] of buttons.entries()) {
      if ((changed >> bit) & 1) this.#mouse(event.mouse, flag | (is(bit) ? pointerFlag.down : 0));
    }
    for (const [i, flag] of wheels.entries()) {
      const horizontal = (flag & pointerFlag.hWheel) !== 0;
      if (horizontal && !this.#desk?.horizontalWheel) continue;
      // Letting go of a wheel is the page's way to say it; the desk hears of the turn alone.
      if ((changed >> (firstWheel + i)) & 1 && is(firstWheel + i)) this.#mouse(event.mouse, flag);
    }
    for (const [i, flag] of extendedButtons.entries()) {
      if (!this.#desk?.extendedMouse || !((changed >> (firstExtended + i)) & 1)) continue;
      this.#mouse(event.extendedMouse, flag | (is(firstExtended + i) ? pointerFlag.down : 0));
    }
  }

  #move(x: number, y: number): void {
    this.#x = x;
    this.#y = y;
    this.#placed = true;
    if (this.#moved) this.#events.pop();
    this.#mouse(event.mouse, pointerFlag.move);
    this.#moved = true;
  }

  #mouse(code: number, flags: number): void {
    this.#add([...new Writer().u8(code).u16(flags).u16(this.#x).u16(this.#y).done()]);
  }

  #add(...events: readonly (readonly number[])[]): void {
    if (events.length > 0) this.#moved = false;
    this.#events.push(...events);
  }
}

/** TS_FP_KEYBOARD_EVENT (2.2.8.1.2.2.1). */
function pressOf(code: number, flags: number): Press {
  const header = event.scancode | flags;
  return { press: [[header, code]], release: [[header | key.release, code]] };
}

/** X11's symbols for text: Latin-1 as it is, everything else above 0x01000000 (X11 protocol, appendix A). */
function textOf(symbol: number): string {
  if ((symbol >= 0x20 && symbol <= 0x7e) || (symbol >= 0xa0 && symbol <= 0xff)) return String.fromCharCode(symbol);
  const point = symbol - 0x01000000;
  return point >= 0x100 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
}
