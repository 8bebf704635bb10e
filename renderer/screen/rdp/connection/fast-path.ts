import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/** updateCode (MS-RDPBCGR 2.2.9.1.2.1), which slow-path updates are brought to as well. */
const update = {
  orders: 0,
  bitmap: 1,
  palette: 2,
  synchronize: 3,
  surfaceCommands: 4,
  pointerHidden: 5,
  pointerDefault: 6,
  pointerPosition: 8,
  pointerColour: 9,
  pointerCached: 10,
  pointerNew: 11,
  pointerLarge: 12,
} as const;

const codes: ReadonlySet<number> = new Set(Object.values(update));
const fragment = { single: 0, last: 1, first: 2, next: 3 } as const;
const compressionUsed = 2;
/** PACKET_COMPRESSED in compressionFlags (2.2.8.1.1.1.2): no compression was offered. */
const packetCompressed = 0x20;
/** 2.2.7.2.6: what is said to be the most, and what is taken, for servers that count without their headers. */
export const updateBytes = 8 * 1024 * 1024;
const mostBytes = updateBytes + 64 * 1024;

/** Puts the updates of fast-path PDUs together (MS-RDPBCGR 2.2.9.1.2.1). */
export class FastPathUpdates {
  readonly #update: (code: number, bytes: Uint8Array) => void;
  #code: number | undefined;
  #buffer = empty;
  #filled = 0;

  constructor(update: (code: number, bytes: Uint8Array) => void) {
    this.#update = update;
  }

  /** @param bytes what follows the header of the PDU. @throws ScreenEnd */
  push(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    while (reader.left > 0) {
      const header = reader.u8();
      if (header >> 6 === compressionUsed && (reader.u8() & packetCompressed) !== 0) {
        throw protocolProblem('compressed update');
      }
      this.#piece(header & 0x0f, (header >> 4) & 3, reader.take(reader.u16()));
    }
  }

  /** What has begun will not be finished: the share below it has ended. */
  reset(): void {
    this.#code = undefined;
    this.#filled = 0;
    this.#buffer = empty;
  }

  #piece(code: number, fragmentation: number, bytes: Uint8Array): void {
    if (!codes.has(code)) throw protocolProblem(`update code ${code}`);
    if (code === update.orders) throw protocolProblem('drawing orders');
    const begins = fragmentation === fragment.single || fragmentation === fragment.first;
    if (begins !== (this.#code === undefined) || (!begins && this.#code !== code)) {
      throw protocolProblem('update fragments out of order');
    }
    if (fragmentation === fragment.single) {
      this.#update(code, bytes);
      return;
    }
    this.#code = code;
    this.#append(bytes);
    if (fragmentation !== fragment.last) return;
    const whole = this.#buffer.subarray(0, this.#filled);
    this.#code = undefined;
    this.#filled = 0;
    this.#update(code, whole);
  }

  #append(bytes: Uint8Array): void {
    const end = this.#filled + bytes.length;
    if (end > mostBytes) throw protocolProblem('update too long');
    if (end > this.#buffer.length) {
      const more = new Uint8Array(Math.min(mostBytes, Math.max(65_536, end, this.#buffer.length * 2)));
      more.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = more;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled = end;
  }
}

const empty = new Uint8Array(0);

/** TS_UPDATETYPE_* and TS_PTRMSGTYPE_* of slow-path PDUs (2.2.9.1.1.3.1 and 2.2.9.1.1.4). */
const slowUpdates: readonly number[] = [update.orders, update.bitmap, update.palette, update.synchronize];
const slowPointers = new Map<number, number>([
  [3, update.pointerPosition],
  [6, update.pointerColour],
  [7, update.pointerCached],
  [8, update.pointerNew],
  [9, update.pointerLarge],
]);
const systemPointer = 1;
const systemPointers = new Map<number, number>([
  [0, update.pointerHidden],
  [0x7f00, update.pointerDefault],
]);

/** Its code and its data. */
export type Update = readonly [code: number, bytes: Uint8Array];

/** Bitmap and palette data begin with their type on the fast path too, so they stay as they are. @throws ScreenEnd */
export function ofSlowUpdate(bytes: Uint8Array): Update {
  const type = new Reader(bytes).u16();
  if (!slowUpdates.includes(type)) throw protocolProblem('update type');
  if (type === update.orders) throw protocolProblem('drawing orders');
  return [type, type === update.synchronize ? empty : bytes];
}

/** @throws ScreenEnd */
export function ofSlowPointer(bytes: Uint8Array): Update {
  const reader = new Reader(bytes);
  const type = reader.u16();
  reader.skip(2);
  if (type === systemPointer) {
    const code = systemPointers.get(reader.u32());
    if (code === undefined) throw protocolProblem('system pointer');
    return [code, empty];
  }
  const code = slowPointers.get(type);
  if (code === undefined) throw protocolProblem('pointer message');
  return [code, reader.rest()];
}

/**
 * TS_FP_INPUT_PDU (2.2.8.1.2) without a signature. Up to 15 events are counted in the header, more in a field.
 * @param count of `events`, 1 to 255
 */
export function fastPathInput(events: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  if (count < 1 || count > 255) throw new RangeError('a number of input events that does not fit');
  const extra = count > 15 ? 1 : 0;
  const short = events.length + 2 + extra;
  const length = short < 0x80 ? short : short + 1;
  if (length > 0x7fff) throw new RangeError('input events that do not fit');
  const writer = new Writer().u8(extra === 1 ? 0 : count << 2);
  if (length < 0x80) writer.u8(length);
  else writer.u16be(0x8000 | length);
  if (extra === 1) writer.u8(count);
  return writer.raw(events).done();
}
