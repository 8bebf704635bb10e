import { protocolProblem } from '../../core/screen-end.ts';
import type { DeskMonitor } from '../../desk-client.ts';
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
/** A desk that has just begun its picture anew is still busy with that. */
const againMs = 500;

type Wish = Readonly<{
  width: number;
  height: number;
  scalePercent: number;
  /** That the size is made of: two or more, or none. */
  monitors: readonly DeskMonitor[];
}>;

/** Asks the desk for another size without a reconnect (MS-RDPEDISP). The last wish waits until the desk can hear it. */
export class DisplayControl implements ChannelHandler {
  #send: ((message: Uint8Array) => void) | undefined;
  /** Pixels that all monitors together may have; undefined until the desk has said so. */
  #most: number | undefined;
  #mostMonitors = 1;
  #wish: Wish | undefined;
  #told: Wish | undefined;
  /** The wish that was told again because the desk began with another size: never a second time. */
  #again: Wish | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    this.#mostMonitors = monitors;
    this.#tell();
  }

  closed(): void {
    this.#send = undefined;
    this.#most = undefined;
    this.#told = undefined;
    clearTimeout(this.#timer);
  }

  /** What the desk has already: the wish is asked for only when it is another one. */
  has(width: number, height: number, scalePercent: number): void {
    this.#told = allowed({ width, height, scalePercent, monitors: [] });
  }

  /** @param scalePercent 100 to 500. @param monitors one of them is the primary one; a desk that has fewer gets one */
  requestSize(width: number, height: number, scalePercent: number, monitors: readonly DeskMonitor[] = []): void {
    this.#wish = allowed({ width, height, scalePercent, monitors });
    this.#tell();
  }

  /** The desk has begun its picture with this size. Where that is not the wished one, what was told before may be lost. */
  begun(width: number, height: number): void {
    clearTimeout(this.#timer);
    const wish = this.#wish;
    if (wish === undefined || isSame(wish, this.#again) || !isSame(wish, this.#told)) return;
    if (wish.width === (width & ~1) && wish.height === height) return;
    this.#timer = setTimeout(() => {
      // Another one has been told meanwhile.
      if (!isSame(wish, this.#told)) return;
      this.#again = wish;
      this.repeat();
    }, againMs);
  }

  /** Tells the wish once more: a desk that is just signing somebody in drops it. */
  repeat(): void {
    this.#told = undefined;
    this.#tell();
  }

  #tell(): void {
    const wish = this.#wish;
    if (wish === undefined || this.#send === undefined || this.#most === undefined) return;
    if (isSame(wish, this.#told) || wish.width * wish.height > this.#most) return;
    this.#told = wish;
    this.#send(monitorLayout(wish.monitors.length <= this.#mostMonitors ? wish : { ...wish, monitors: [] }));
  }
}

function isSame(wish: Wish, told: Wish | undefined): boolean {
  return JSON.stringify(wish) === JSON.stringify(told);
}

const inside = (value: number, least: number, most: number) => Math.floor(Math.min(most, Math.max(least, value)));

/** Widths that are even, sides within what the field takes. Monitors that cannot be had so are none. */
function allowed({ width, height, scalePercent, monitors }: Wish): Wish {
  const fits = ({ width: wide, height: high }: DeskMonitor) =>
    wide % 2 === 0 && wide >= leastSide && wide <= mostSide && high >= leastSide && high <= mostSide;
  const several = monitors.length > 1 && monitors.every(fits) && monitors.filter((one) => one.primary).length === 1;
  return {
    width: inside(width, leastSide, mostSide) & ~1,
    height: inside(height, leastSide, mostSide),
    scalePercent: inside(scalePercent, 100, 500),
    monitors: several ? monitors : [],
  };
}

/** DISPLAYCONTROL_MONITOR_LAYOUT_PDU (2.2.2.2). Places count from the primary monitor's corner. */
function monitorLayout({ width, height, scalePercent, monitors }: Wish): Uint8Array<ArrayBuffer> {
  // Millimetres at 96 dots an inch and the scale; outside 10 to 10000 the desk would ignore both.
  const physical = (pixels: number) =>
    Math.round(Math.min(10_000, Math.max(10, (pixels * 2540) / (96 * scalePercent))));
  const device = deviceScales.find((scale) => scale <= scalePercent) ?? 100;
  const all = monitors.length > 0 ? monitors : [{ left: 0, top: 0, width, height, primary: true }];
  const origin = all.find((monitor) => monitor.primary) ?? { left: 0, top: 0 };
  const writer = new Writer()
    .u32(pdu.monitorLayout)
    .u32(headerBytes + 8 + layoutBytes * all.length)
    .u32(layoutBytes)
    .u32(all.length);
  for (const monitor of all) {
    writer
      .u32(monitor.primary ? primary : 0)
      .u32((monitor.left - origin.left) >>> 0)
      .u32((monitor.top - origin.top) >>> 0)
      .u32(monitor.width)
      .u32(monitor.height)
      .u32(physical(monitor.width))
      .u32(physical(monitor.height))
      .u32(0)
      .u32(scalePercent)
      .u32(device);
  }
  return writer.done();
}
