import { constants } from 'node:zlib';
import {
  compact,
  Deflater,
  deflated,
  jpegOf,
  opening,
  rect,
  serverInit,
  text,
  u8,
  u16,
  u32,
  update,
  version,
} from '#test/unit/renderer/screen/desk-bytes.ts';

/** A small generator of its own, so that a seed means the same streams on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** @returns a whole number from 0 to `below` - 1 */
  below(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d);
    mixed ^= mixed >>> 12;
    return (mixed >>> 0) % below;
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
  bytes(length: number): Buffer {
    return Buffer.from(Uint8Array.from({ length }, () => this.below(256)));
  }
}

const size = 96;
const clip = (value: number): Buffer => u8(3, 0, 0, 0, value >>> 24, value >>> 16, value >>> 8, value);

/** What real desks say: every kind of message and rectangle, all well formed. */
export async function sessions(): Promise<Buffer[]> {
  const noise = new Random(7).bytes(size * size * 3);
  const tight = async (x: number, y: number, w: number, h: number, control: number, head: Buffer, data: Uint8Array) => {
    const chunk = await new Deflater({ level: 1 }).take(data);
    // Each starts its stream anew, so that a picture can also stand alone or come twice.
    return rect(x, y, w, h, 7, u8(control | 1), head, compact(chunk.length), chunk);
  };
  const jpeg = jpegOf(32, 32);
  const tiles = [
    [u8(0), noise.subarray(0, 64 * 64 * 3)],
    [u8(1), u8(1, 2, 3)],
    [u8(5), noise.subarray(0, 15), Buffer.alloc(32 * 32, 0x12)],
    [u8(130), noise.subarray(0, 6), u8(0x80, 255, 255, 255, 254), u8(1, 1, 1, 1)],
  ];
  const zrle = await deflated(Buffer.concat(tiles.flat()));
  const stored = await new Deflater({ level: 0, strategy: constants.Z_FIXED }).take(noise);
  const screens = rect(0, 0, 128, 80, -308, u8(1, 0, 0, 0), u32(1), u16(0, 0, 128, 80), u32(0));
  const fence = Buffer.concat([u8(248, 0, 0, 0), u32(0x80000003), u8(4, 1, 2, 3, 4)]);
  const pictures = [
    update(rect(0, 0, 32, 32, 0, noise.subarray(0, 4096))),
    update(rect(8, 8, 64, 64, 1, u16(0, 0)), rect(0, 0, size, size, 7, u8(0x8f, 9, 9, 9))),
    update(await tight(0, 0, size, size, 0x00, u8(), noise)),
    update(await tight(3, 5, 50, 40, 0x40, u8(1, 1, 0, 0, 0, 255, 255, 255), noise.subarray(0, 7 * 40))),
    update(
      await tight(3, 5, 50, 40, 0x40, Buffer.concat([u8(1, 99), noise.subarray(0, 300)]), noise.subarray(0, 2000)),
    ),
    update(await tight(0, 0, 64, 64, 0x40, u8(2), noise.subarray(0, 64 * 64 * 3))),
    update(rect(0, 0, 32, 32, 7, u8(0x90), compact(jpeg.length), jpeg), rect(40, 40, 8, 8, 7, u8(0x80, 1, 1, 1))),
    update(rect(0, 0, size, size, 16, u32(zrle.length), zrle)),
    update(rect(0, 0, size, size, 7, u8(0x12), compact(stored.length), stored)),
  ];
  const others = [
    u8(150),
    fence,
    u8(2),
    Buffer.concat([u8(3, 0, 0, 0), text('clipboard of the desk')]),
    Buffer.concat([u8(1, 0), u16(0, 2), noise.subarray(0, 12)]),
    update(rect(1, 1, 16, 16, -239, noise.subarray(0, 1024), noise.subarray(0, 32)), rect(0, 0, 0, 0, -258)),
    update(rect(1, 1, 16, 16, -314, u32(0), noise.subarray(0, 1024)), rect(0, 0, 0, 0, -261, u8(7))),
    update(rect(0, 0, 0, 0, -307, text('desk')), screens),
    Buffer.concat([u8(0, 0, 0xff, 0xff), rect(0, 0, 4, 4, 7, u8(0x80, 1, 2, 3)), rect(0, 0, 0, 0, -224)]),
    update(rect(0, 0, size, size, -223)),
  ];
  const open = opening(size, size);
  const password = Buffer.concat([version(), u8(2, 19, 2), noise.subarray(0, 16), u32(0), serverInit(size, size)]);
  const refusals = [
    Buffer.concat([version(), u8(1, 2), noise.subarray(0, 16), u32(1), text('Authentication failure')]),
    Buffer.concat([version(3), u32(0), text('Too many security failures')]),
    Buffer.concat([version(7), u8(1, 1), serverInit(size, size), ...others]),
  ];
  return [
    Buffer.concat([open, ...pictures, ...others]),
    Buffer.concat([password, ...others, ...pictures]),
    ...pictures.map((picture) => Buffer.concat([open, picture])),
    ...others.map((other) => Buffer.concat([open, other, other])),
    ...refusals,
  ];
}

const awkward = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x40, 0x90];

function mutate(base: Buffer, all: readonly Buffer[], random: Random): Buffer {
  let bytes = Buffer.from(base);
  for (let count = 1 + random.below(6); count > 0; count--) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(random.pick([2, 8, 64, 2000]));
    switch (random.below(9)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random.below(8));
        break;
      case 1:
        bytes.fill(random.pick(awkward), at, Math.min(bytes.length, at + 1 + random.below(4)));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(length), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 5:
        bytes = bytes.subarray(0, at);
        break;
      case 6: {
        const other = random.pick(all);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
        break;
      }
      case 7:
        if (at + 4 <= bytes.length) bytes.writeUInt32BE(random.pick([0, 1, 0xffffffff, 0x7fffffff, 0x10000]), at);
        break;
      default:
        random.bytes(length).copy(bytes, at);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

const encodings = [0, 1, 7, 7, 7, 16, 16, -239, -314, -223, -308, -224, -258, -261, -307, -316, 5];
const near = (random: Random): number =>
  random.pick([0, 1, 2, size - 1, size, size + 1, 512, 0xffff, random.below(size)]);

/** Messages and rectangles that have the right shape and anything in it. */
function structured(random: Random): Buffer {
  const parts: Buffer[] = [
    opening(random.pick([1, size, size, near(random)]), random.pick([1, size, size, near(random)])),
  ];
  for (let count = random.below(8); count >= 0; count--) {
    const kind = random.below(12);
    if (kind === 0)
      parts.push(Buffer.concat([u8(248, 0, 0, 0), random.bytes(4), u8(random.below(80)), random.bytes(64)]));
    else if (kind === 1) parts.push(clip(random.pick([0, 9, 1 << 24, 0xffffffff])), random.bytes(9));
    else if (kind === 2) parts.push(u8(random.below(256)));
    else {
      const rects = Array.from({ length: random.below(5) }, () => {
        const body = random.pick([
          () => random.bytes(random.below(400)),
          () =>
            Buffer.concat([u8(random.below(256)), compact(random.below(70_000)), u8(0x78, 0x9c), random.bytes(200)]),
          () => Buffer.concat([u32(random.below(300)), u8(0x78, 0x01), random.bytes(random.below(300))]),
          () => Buffer.concat([u8(random.pick([0, 0x10, 0x40, 0x50, 0x80, 0x90, 0xf0])), random.bytes(30)]),
        ])();
        const near4 = [near(random), near(random), near(random), near(random)] as const;
        const small = [random.below(40), random.below(40), random.below(50), random.below(50)] as const;
        return rect(...(random.below(3) === 0 ? near4 : small), random.pick(encodings), body);
      });
      parts.push(random.below(6) === 0 ? Buffer.concat([u8(0, 0, 0xff, 0xff), ...rects]) : update(...rects));
    }
  }
  return Buffer.concat(parts);
}

/** The stream of case number `index` under `seed`. */
export function hostileStream(all: readonly Buffer[], seed: number, index: number): { bytes: Buffer; random: Random } {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const bytes = random.below(4) === 0 ? structured(random) : mutate(random.pick(all), all, random);
  return { bytes, random };
}
