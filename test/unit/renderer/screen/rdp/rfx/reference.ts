/** RemoteFX written a second time from MS-RDPRFX §3.1.8 and MS-RDPEGFX §3.2.8, plainly: an encoder, and a decoder behind the entropy code. */
export type Plane = readonly number[];

class Bits {
  readonly #bits: number[] = [];
  put(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) & 1);
  }
  repeat(bit: number, count: number): void {
    for (let i = 0; i < count; i++) this.#bits.push(bit);
  }
  bytes(): number[] {
    const bytes: number[] = [];
    for (let i = 0; i < this.#bits.length; i += 8) {
      bytes.push(this.#bits.slice(i, i + 8).reduce((byte, bit, n) => byte | (bit << (7 - n)), 0));
    }
    return bytes;
  }
}

const clamp = (value: number): number => Math.min(80, Math.max(0, value));

export function rlgrEncode(mode: 1 | 3, values: Plane): number[] {
  const bits = new Bits();
  let kp = 8;
  let krp = 8;
  const golombRice = (value: number): void => {
    const kr = krp >> 3;
    const ones = Math.floor(value / 2 ** kr);
    bits.repeat(1, ones);
    bits.put(0, 1);
    bits.put(value % 2 ** kr, kr);
    if (ones === 0) krp = clamp(krp - 2);
    else if (ones > 1) krp = clamp(krp + ones);
  };
  const folded = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
  let at = 0;
  while (at < values.length) {
    if (kp >> 3 > 0) {
      let run = 0;
      while (at < values.length && values[at] === 0) {
        run += 1;
        at += 1;
      }
      while (run >= 2 ** (kp >> 3)) {
        bits.put(0, 1);
        run -= 2 ** (kp >> 3);
        kp = clamp(kp + 4);
      }
      if (at === values.length) {
        if (run > 0) bits.put(0, 1);
        break;
      }
      const value = values[at]!;
      at += 1;
      bits.put(1, 1);
      bits.put(run, kp >> 3);
      bits.put(value < 0 ? 1 : 0, 1);
      golombRice(Math.abs(value) - 1);
      kp = clamp(kp - 6);
    } else if (mode === 1) {
      const code = folded(values[at]!);
      at += 1;
      golombRice(code);
      kp = clamp(code === 0 ? kp + 3 : kp - 3);
    } else {
      const first = folded(values[at]!);
      const second = folded(values[at + 1] ?? 0);
      at += 2;
      golombRice(first + second);
      bits.put(first, first + second === 0 ? 0 : Math.floor(Math.log2(first + second)) + 1);
      if (first > 0 && second > 0) kp = clamp(kp - 6);
      else if (first + second === 0) kp = clamp(kp + 6);
    }
  }
  return bits.bytes();
}

/** SRL of the coefficients that were zero so far (§3.2.8.1.5.2), and raw bits of the others. */
export class UpgradeEncoder {
  readonly #srl = new Bits();
  readonly #raw = new Bits();
  #kp = 8;
  #run = 0;

  zeroSoFar(value: number, bits: number): void {
    const k = this.#kp >> 3;
    if (value === 0) {
      this.#run += 1;
      if (this.#run < 2 ** k) return;
      this.#srl.put(0, 1);
      this.#run = 0;
      this.#kp = clamp(this.#kp + 4);
      return;
    }
    this.#srl.put(1, 1);
    this.#srl.put(this.#run, k);
    this.#srl.put(value < 0 ? 1 : 0, 1);
    this.#srl.repeat(0, Math.abs(value) - 1);
    if (Math.abs(value) < 2 ** bits - 1) this.#srl.put(1, 1);
    this.#run = 0;
    this.#kp = clamp(this.#kp - 6);
  }
  known(value: number, bits: number): void {
    this.#raw.put(value, bits);
  }
  done(): { srl: number[]; raw: number[] } {
    if (this.#run > 0) this.#srl.put(0, 1);
    return { srl: this.#srl.bytes(), raw: this.#raw.bytes() };
  }
}

/** Low and high samples of each level. */
const levels = {
  plain: [32, 32, 16, 16, 8, 8],
  extrapolated: [33, 31, 17, 16, 9, 8],
} as const;
export type Layout = keyof typeof levels;

export function bandLengths(layout: Layout): number[] {
  const [l1, h1, l2, h2, l3, h3] = levels[layout];
  return [l1 * h1, l1 * h1, h1 * h1, l2 * h2, l2 * h2, h2 * h2, l3 * h3, l3 * h3, h3 * h3, l3 * l3];
}

function analyse(line: readonly number[], lows: number, highs: number): number[] {
  const even = (n: number): number => line[2 * n] ?? line[2 * n - 2]!;
  const high = Array.from({ length: highs }, (_, n) => (line[2 * n + 1]! - ((even(n) + even(n + 1)) >> 1)) >> 1);
  const at = (n: number): number => high[Math.max(n, 0)] ?? (lows === highs + 2 ? 0 : high[highs - 1]!);
  const low = Array.from(
    { length: Math.min(lows, highs + 1) },
    (_, n) => line[2 * n]! + ((at(n - 1) + at(n) + 1) >> 1),
  );
  if (lows === highs + 2) low.push(2 * line[2 * highs + 1]! - line[2 * highs]!);
  return [...low, ...high];
}

function synthesise(line: readonly number[], lows: number, highs: number): number[] {
  const high = (n: number): number => line[lows + Math.max(n, 0)] ?? (lows === highs + 2 ? 0 : line[lows + highs - 1]!);
  const out: number[] = [];
  const count = Math.min(lows, highs + 1);
  for (let n = 0; n < count; n++) out[2 * n] = line[n]! - ((high(n - 1) + high(n) + 1) >> 1);
  for (let n = 0; n < highs; n++) out[2 * n + 1] = 2 * high(n) + ((out[2 * n]! + (out[2 * n + 2] ?? out[2 * n]!)) >> 1);
  if (lows === highs + 2) out.push((out[2 * highs]! + line[lows - 1]!) >> 1);
  return out;
}

const rowsOf = (values: Plane, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, y) => values.slice(y * width, (y + 1) * width));
const turned = (rows: readonly (readonly number[])[]): number[][] => rows[0]!.map((_, x) => rows.map((row) => row[x]!));

export function forwardDwt(plane: Plane, layout: Layout): number[] {
  const out: number[] = [];
  let square = rowsOf(plane, 64);
  for (let level = 0; level < 3; level++) {
    const lows = levels[layout][level * 2]!;
    const highs = levels[layout][level * 2 + 1]!;
    square = turned(turned(square).map((line) => analyse(line, lows, highs)));
    square = square.map((line) => analyse(line, lows, highs));
    const part = (y1: number, y2: number, x1: number, x2: number): number[][] =>
      square.slice(y1, y2).map((row) => row.slice(x1, x2));
    const all = lows + highs;
    out.push(
      ...part(0, lows, lows, all).flat(),
      ...part(lows, all, 0, lows).flat(),
      ...part(lows, all, lows, all).flat(),
    );
    square = part(0, lows, 0, lows);
  }
  return [...out, ...square.flat()];
}

export function inverseDwt(values: Plane, layout: Layout): number[] {
  const lengths = bandLengths(layout);
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
  const band = (index: number): number[] => values.slice(starts[index], starts[index]! + lengths[index]!);
  let square = rowsOf(band(9), levels[layout][4]!);
  for (let level = 2; level >= 0; level--) {
    const lows = levels[layout][level * 2]!;
    const highs = levels[layout][level * 2 + 1]!;
    const hl = rowsOf(band(level * 3), highs);
    const lh = rowsOf(band(level * 3 + 1), lows);
    const hh = rowsOf(band(level * 3 + 2), highs);
    const upper = square.map((row, y) => [...row, ...hl[y]!]);
    const lower = lh.map((row, y) => [...row, ...hh[y]!]);
    const lines = [...upper, ...lower].map((line) => synthesise(line, lows, highs));
    square = turned(turned(lines).map((line) => synthesise(line, lows, highs)));
  }
  return square.flat();
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** Y, Cb, Cr of 4096 pixels with 5 bits after the point. */
export function toPlanes(pixels: readonly Rgb[]): number[][] {
  const scaled = (value: number): number => Math.round(value * 32);
  return [
    pixels.map(([r, g, b]) => scaled(0.299 * r + 0.587 * g + 0.114 * b - 128)),
    pixels.map(([r, g, b]) => scaled(-0.168935 * r - 0.331665 * g + 0.50059 * b)),
    pixels.map(([r, g, b]) => scaled(0.499813 * r - 0.418531 * g - 0.081282 * b)),
  ];
}

export function toRgb([y = [], cb = [], cr = []]: readonly Plane[]): Rgb[] {
  const byte = (value: number): number => Math.min(255, Math.max(0, Math.floor(value / 32)));
  return y.map((luma, i) => {
    const base = luma + 4096;
    return [
      byte(base + 1.402525 * cr[i]!),
      byte(base - 0.34373 * cb[i]! - 0.714401 * cr[i]!),
      byte(base + 1.769905 * cb[i]!),
    ];
  });
}

/** Calls for each coefficient with its band. */
export function mapBands(values: Plane, layout: Layout, change: (value: number, band: number) => number): number[] {
  const bandOf = bandLengths(layout).flatMap((length, band) => new Array<number>(length).fill(band));
  return values.map((value, i) => change(value, bandOf[i]!));
}

/** LL3 as differences. */
export function differential(values: Plane, layout: Layout): number[] {
  const start = 4096 - bandLengths(layout)[9]!;
  return values.map((value, i) => (i > start ? value - values[i - 1]! : value));
}
