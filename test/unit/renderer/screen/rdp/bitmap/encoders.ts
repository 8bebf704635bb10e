/** 0xRRGGBB. */
export type Rgb = number;

/**
 * Interleaved run-length encoding by the book (MS-RDPBCGR 2.2.9.1.1.3.1.2.4), with every kind of order that fits, and none
 * that crosses from the first line to the second.
 * @param numbers pixels as numbers, in the order of the stream
 */
export function rlePixels(numbers: readonly number[], width: number, depth: number): Buffer {
  const out: number[] = [];
  const size = depth === 24 ? 3 : 2;
  const white = 2 ** depth - 1;
  const pixel = (value: number) => {
    for (let i = 0; i < size; i++) out.push((value >> (8 * i)) & 255);
  };
  const order = (regular: number, mega: number, length: number) => {
    if (length < 32) out.push((regular << 5) | length);
    else if (length < 32 + 256) out.push(regular << 5, length - 32);
    else out.push(mega, length & 255, length >> 8);
  };
  const belowOf = (at: number) => (at < width ? 0 : numbers[at - width]!);
  let foreground = white;
  let afterBackground = false;
  for (let at = 0; at < numbers.length; ) {
    const end = at < width ? width : numbers.length;
    if (at === width) afterBackground = false;
    const run = (fits: (i: number) => boolean) => {
      let length = 0;
      while (at + length < end && length < 60_000 && fits(at + length)) length++;
      return length;
    };
    const background = run((i) => numbers[i] === belowOf(i));
    if (background > 0 && !afterBackground) {
      order(0, 0xf0, background);
      afterBackground = true;
      at += background;
      continue;
    }
    afterBackground = false;
    const wanted = numbers[at]! ^ belowOf(at);
    const fore = run((i) => (numbers[i]! ^ belowOf(i)) === wanted);
    const colour = run((i) => numbers[i] === numbers[at]);
    if (numbers[at] === white && colour < 2) {
      out.push(0xfd);
      at += 1;
    } else if (numbers[at] === 0 && colour < 2) {
      out.push(0xfe);
      at += 1;
    } else if (fore > 2 && wanted === foreground) {
      order(1, 0xf1, fore);
      at += fore;
    } else if (fore > 4 && fore < 16) {
      foreground = wanted;
      out.push(0xc0 | fore);
      pixel(wanted);
      at += fore;
    } else if (colour > 2) {
      order(3, 0xf3, colour);
      pixel(numbers[at]!);
      at += colour;
    } else {
      const bits = Math.min(8, end - at);
      const twoTone =
        bits === 8 && run((i) => numbers[i] === belowOf(i) || numbers[i] === (belowOf(i) ^ foreground)) >= 8;
      if (twoTone) {
        out.push(
          0x41,
          Array.from({ length: 8 }, (_, i) => (numbers[at + i] === belowOf(at + i) ? 0 : 1 << i)).reduce(
            (a, b) => a | b,
          ),
        );
        at += 8;
      } else {
        const length = Math.min(3, end - at);
        order(4, 0xf4, length);
        for (let i = 0; i < length; i++) pixel(numbers[at + i]!);
        at += length;
      }
    }
  }
  return Buffer.from(out);
}

export type PlanarKind = Readonly<{ runLength: boolean; alpha: boolean; loss: number; subsampled: boolean }>;

/** RDP6_BITMAP_STREAM (MS-RDPEGDI 2.2.2.5.1), in the order of the rows given. */
export function planarBytes(pixels: readonly Rgb[], width: number, kind: PlanarKind): Buffer {
  const { runLength, alpha, loss } = kind;
  const half = kind.subsampled && loss > 0 ? 1 : 0;
  const height = pixels.length / width;
  const plane = (of: (value: Rgb) => number) => pixels.map(of);
  const thin = (values: readonly number[]) => {
    const columns = (width + half) >> half;
    const rows = (height + half) >> half;
    return Array.from(
      { length: columns * rows },
      (_, i) => values[(Math.floor(i / columns) << half) * width + ((i % columns) << half)]!,
    );
  };
  const [r, g, b] = [plane((v) => v >> 16), plane((v) => (v >> 8) & 255), plane((v) => v & 255)];
  let planes: number[][] = [r, g, b];
  if (loss > 0) {
    const shift = loss - 1;
    // 3.1.9.1.1: Y = (R + 2G + B) / 4, Co = (R - B) / 2, Cg = (2G - R - B) / 4, all halves so that they fit into a byte.
    const y = r.map((red, i) => Math.round((red + 2 * g[i]! + b[i]!) / 4));
    const co = r.map((red, i) => (Math.round((red - b[i]!) / 2) >> shift) & 255);
    const cg = r.map((red, i) => (Math.round((2 * g[i]! - red - b[i]!) / 4) >> shift) & 255);
    planes = [y, thin(co), thin(cg)];
  }
  const columnsOf = (index: number) => (index === 0 || loss === 0 ? width : (width + half) >> half);
  const header = loss | (half << 3) | (runLength ? 0x10 : 0) | (alpha ? 0 : 0x20);
  const all = alpha ? [pixels.map(() => 255), ...planes] : planes;
  const encoded = all.map((values, i) => {
    const columns = columnsOf(alpha ? i - 1 : i);
    return runLength ? packed(values, alpha && i === 0 ? width : columns) : values;
  });
  return Buffer.from([header, ...encoded.flat(), ...(runLength ? [] : [0])]);
}

/** RDP6_RLE_SEGMENTS (2.2.2.5.1.1). */
function packed(values: readonly number[], width: number): number[] {
  const out: number[] = [];
  for (let y = 0; y < values.length / width; y++) {
    const row = Array.from({ length: width }, (_, x) => {
      const value = values[y * width + x]!;
      if (y === 0) return value;
      const delta = ((value - values[(y - 1) * width + x]! + 128) & 255) - 128;
      return delta < 0 ? ((-delta << 1) - 1) & 255 : delta << 1;
    });
    let last = 0;
    for (let x = 0; x < width; ) {
      let raw = 0;
      const runAt = (at: number, value: number) => {
        let length = 0;
        while (at + length < width && row[at + length] === value) length++;
        return length;
      };
      while (raw < 15 && x + raw < width && runAt(x + raw, raw === 0 ? last : row[x + raw - 1]!) < 3) raw++;
      const value = raw === 0 ? last : row[x + raw - 1]!;
      let run = runAt(x + raw, value);
      if (run < 3) run = 0;
      if (raw === 0 && run >= 16) {
        run = Math.min(run, 47);
        out.push(run >= 32 ? ((run - 32) << 4) | 2 : ((run - 16) << 4) | 1);
      } else {
        run = Math.min(run, 15);
        out.push((raw << 4) | run, ...row.slice(x, x + raw));
      }
      last = value;
      x += raw + run;
    }
  }
  return out;
}
