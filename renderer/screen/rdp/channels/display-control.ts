import { protocolProblem } from '../../core/screen-end.ts';
import type { ChannelHandler } from '../egfx/drdynvc.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/** DISPLAYCONTROL_HEADER (MS-RDPEDISP 2.2.1.1): type and length, both of 32 bits. */
const pdu = { monitorLayout: 2, capabilities: 5 } as const;
const headerBytes = 8;
/** DISPLAYCONTROL_MONITOR_LAYOUT (2.2.2.2.1). */
const layoutBytes = 40;
const primary = 1;
const [leastSide, mostSide] = [200, 8192];
/** The only device scales there are (2.2.2.2.1). */
const deviceScales = [180, 140, 100] as const;

type Wish = Readonly<{ width: number; height: number; scalePercent: number }>;

/** Asks the desk for another size without a reconnect (MS-RDPEDISP). The last wish waits until the desk can hear it. */
export class DisplayControl implements ChannelHandler {
  #send: ((message: Uint8Array) => void) | undefined;
  /** Pixels that all monitors together may have; undefined until the desk has said so. */
  #most: number | undefined;
  #wish: Wish | undefined;
  #told: Wish | undefined;

  /** Whether the desk takes other sizes. */
  get open(): boolean {
    return this.#send !== undefined && this.#most !== undefined;
  }

  opened(send: (message: Uint8Array) => void): void {
    this.#send = send;
  }

  /** @throws ScreenEnd */
  message(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    const type = reader.u32();
    if (reader.u32() !== bytes.length) throw protocolProblem('length of a display control PDU');
    if (type !== pdu.capabilities) throw protocolProblem('display control PDU');
    const [monitors, a, b] = [reader.u32(), reader.u32(), reader.u32()];
    // 2.2.2.1: the product; as a number it may be large, never wrong.
    this.#most = monitors * a * b;
    this.#tell();
  }

  closed(): void {
    this.#send = undefined;
    this.#most = undefined;
    this.#told = undefined;
  }

  /** What the desk has already: the wish is asked for only when it is another one. */
  has(width: number, height: number, scalePercent: number): void {
    this.#told = allowed({ width, height, scalePercent });
  }

  /** @param scalePercent 100 to 500 */
  requestSize(width: number, height: number, scalePercent: number): void {
    this.#wish = allowed({ width, height, scalePercent });
    this.#tell();
  }

  #tell(): void {
    const wish = this.#wish;
    if (wish === undefined || this.#send === undefined || this.#most === undefined) return;
    const { width, height } = wish;
    const same = width === this.#told?.width && height === this.#told.height;
    if ((same && wish.scalePercent === this.#told?.scalePercent) || width * height > this.#most) return;
    this.#told = wish;
    this.#send(monitorLayout(wish));
  }
}

/** A width that is even, both within what the field takes. */
function allowed({ width, height, scalePercent }: Wish): Wish {
  const inside = (value: number, least: number, most: number) => Math.floor(Math.min(most, Math.max(least, value)));
  return {
    width: inside(width, leastSide, mostSide) & ~1,
    height: inside(height, leastSide, mostSide),
    scalePercent: inside(scalePercent, 100, 500),
  };
}

/** DISPLAYCONTROL_MONITOR_LAYOUT_PDU (2.2.2.2) with one monitor. */
function monitorLayout({ width, height, scalePercent }: Wish): Uint8Array<ArrayBuffer> {
  // Millimetres at 96 dots an inch and the scale; outside 10 to 10000 the desk would ignore both.
  const physical = (pixels: number) =>
    Math.round(Math.min(10_000, Math.max(10, (pixels * 2540) / (96 * scalePercent))));
  const device = deviceScales.find((scale) => scale <= scalePercent) ?? 100;
  return new Writer()
    .u32(pdu.monitorLayout)
    .u32(headerBytes + 8 + layoutBytes)
    .u32(layoutBytes)
    .u32(1)
    .u32(primary)
    .u32(0)
    .u32(0)
    .u32(width)
    .u32(height)
    .u32(physical(width))
    .u32(physical(height))
    .u32(0)
    .u32(scalePercent)
    .u32(device)
    .done();
}
