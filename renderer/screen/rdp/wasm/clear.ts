import { BAD_VALUE, CLEAR, DATA_EXCESS, DATA_SHORT, OK, OUT_OF_RANGE } from './layout';

/**
 * The layers of ClearCodec (MS-RDPEGFX 2.2.4.1.1). Each draws straight onto what is there: a pixel that no layer names keeps
 * its colour. Callers have checked the rectangle that `to` starts.
 */
const OPAQUE: u32 = 0xff000000;

/** Caches of V-bars (3.3.1.10 to 3.3.1.13) as one piece of memory: cursors, lengths, then bars of at most 52 pixels. */
const V_CURSOR: usize = 0;
const SHORT_CURSOR: usize = 4;
const V_COUNT: u32 = 32768;
const SHORT_COUNT: u32 = 16384;
const MOST_HEIGHT: u32 = 52;
const BAR_SIZE: u32 = MOST_HEIGHT * 4;
const V_LENGTHS: u32 = 64;
const SHORT_LENGTHS: u32 = V_LENGTHS + V_COUNT;
const V_BARS: u32 = SHORT_LENGTHS + SHORT_COUNT;
const SHORT_BARS: u32 = V_BARS + V_COUNT * BAR_SIZE;

/** Bytes of memory that `clearBands` wants for its caches. */
export function clearCacheSize(): usize {
  return SHORT_BARS + SHORT_COUNT * BAR_SIZE;
}

export function clearResetCursors(cache: usize): void {
  store<u32>(cache + V_CURSOR, 0);
  store<u32>(cache + SHORT_CURSOR, 0);
}

/** Blue, green, red. */
function colourAt(from: usize): u32 {
  return OPAQUE | load<u8>(from, 2) | ((<u32>load<u8>(from, 1)) << 8) | ((<u32>load<u8>(from)) << 16);
}

/** Where the pixel after the last drawn one is. */
let column: u32 = 0;
let place: usize = 0;
let picture: u32 = 0;
let left: u32 = 0;
let gap: usize = 0;

function begin(to: usize, stride: usize, w: u32, h: u32): void {
  column = 0;
  place = to;
  picture = w;
  left = w * h;
  gap = stride - ((<usize>w) << 2);
}

/** The caller has compared `count` with `left`. */
function run(count: u32, colour: u32): void {
  left -= count;
  while (count > 0) {
    const span: u32 = min<u32>(count, picture - column);
    const end: usize = place + ((<usize>span) << 2);
    while (place < end) {
      store<u32>(place, colour);
      place += 4;
    }
    count -= span;
    column += span;
    if (column === picture) {
      column = 0;
      place += gap;
    }
  }
}

/** What `factor` has read: the count, and where the input goes on (0 when it is too short). */
let count: u32 = 0;

/** One, two or four bytes more, each saying with its largest value that the next one counts. */
function factor(at: usize, end: usize): usize {
  if (end - at < 1) return 0;
  count = load<u8>(at++);
  if (count < 0xff) return at;
  if (end - at < 2) return 0;
  count = load<u16>(at);
  at += 2;
  if (count < 0xffff) return at;
  if (end - at < 4) return 0;
  count = load<u32>(at);
  return at + 4;
}

/** CLEARCODEC_RESIDUAL_DATA (2.2.4.1.1.1): runs that make the whole picture. */
export function clearResidual(from: usize, length: usize, to: usize, stride: usize, w: u32, h: u32): i32 {
  const end: usize = from + length;
  begin(to, stride, w, h);
  while (from < end) {
    if (end - from < 4) return DATA_SHORT;
    const colour: u32 = colourAt(from);
    from = factor(from + 3, end);
    if (from === 0) return DATA_SHORT;
    if (count > left) return OUT_OF_RANGE;
    run(count, colour);
  }
  return left === 0 ? OK : DATA_SHORT;
}

/** CLEARCODEC_BANDS_DATA (2.2.4.1.1.2) with its caches at `cache`. */
export function clearBands(from: usize, length: usize, to: usize, stride: usize, w: u32, h: u32, cache: usize): i32 {
  const end: usize = from + length;
  while (from < end) {
    if (end - from < 11) return DATA_SHORT;
    const x: u32 = load<u16>(from);
    const x2: u32 = load<u16>(from, 2);
    const y: u32 = load<u16>(from, 4);
    const y2: u32 = load<u16>(from, 6);
    if (x2 < x || y2 < y || x2 >= w || y2 >= h || y2 - y >= MOST_HEIGHT) return OUT_OF_RANGE;
    const background: u32 = colourAt(from + 8);
    from += 11;
    const height: u32 = y2 - y + 1;
    let target: usize = to + <usize>y * stride + ((<usize>x) << 2);
    for (let i: u32 = x; i <= x2; i++) {
      if (end - from < 2) return DATA_SHORT;
      const header: u32 = load<u16>(from);
      from += 2;
      let bar: u32 = header & 0x7fff;
      if (header < 0x8000) {
        let short: u32 = header & 0x3fff;
        let on: u32 = 0;
        if (header >= 0x4000) {
          // SHORT_VBAR_CACHE_HIT
          if (end - from < 1) return DATA_SHORT;
          on = load<u8>(from++);
          if (on > height) return OUT_OF_RANGE;
        } else {
          // SHORT_VBAR_CACHE_MISS: on in the low byte, off in the six bits above it.
          on = header & 0xff;
          const off: u32 = header >> 8;
          if (off < on || off > height) return OUT_OF_RANGE;
          const pixels: u32 = off - on;
          if (end - from < <usize>(pixels * 3)) return DATA_SHORT;
          short = load<u32>(cache + SHORT_CURSOR);
          store<u32>(cache + SHORT_CURSOR, (short + 1) & (SHORT_COUNT - 1));
          store<u8>(cache + SHORT_LENGTHS + short, pixels);
          const slot: usize = cache + SHORT_BARS + short * BAR_SIZE;
          for (let k: u32 = 0; k < pixels; k++) {
            store<u32>(slot + (k << 2), colourAt(from));
            from += 3;
          }
        }
        bar = load<u32>(cache + V_CURSOR);
        store<u32>(cache + V_CURSOR, (bar + 1) & (V_COUNT - 1));
        store<u8>(cache + V_LENGTHS + bar, height);
        // A bar that was made for a higher band ends with this one.
        const pixels: u32 = min<u32>(load<u8>(cache + SHORT_LENGTHS + short), height - on);
        const slot: usize = cache + V_BARS + bar * BAR_SIZE;
        for (let k: u32 = 0; k < on; k++) store<u32>(slot + (k << 2), background);
        memory.copy(slot + (on << 2), cache + SHORT_BARS + short * BAR_SIZE, pixels << 2);
        for (let k: u32 = on + pixels; k < height; k++) store<u32>(slot + (k << 2), background);
      }
      // A cached bar may be lower than the band (then what is there stays below it) or never have been filled.
      const rows: u32 = min<u32>(load<u8>(cache + V_LENGTHS + bar), height);
      let source: usize = cache + V_BARS + bar * BAR_SIZE;
      let pixel: usize = target;
      for (let k: u32 = 0; k < rows; k++) {
        store<u32>(pixel, load<u32>(source));
        source += 4;
        pixel += stride;
      }
      target += 4;
    }
  }
  return OK;
}

/** Subcodec 0 (2.2.4.1.1.3.1): blue, green, red and no more. */
export function clearPlain(from: usize, length: usize, to: usize, stride: usize, w: u32, h: u32): i32 {
  const needed: u64 = <u64>w * h * 3;
  if (length < needed) return DATA_SHORT;
  if (length > needed) return DATA_EXCESS;
  for (let row: u32 = 0; row < h; row++) {
    let at: usize = to;
    const end: usize = to + ((<usize>w) << 2);
    while (at < end) {
      store<u32>(at, colourAt(from));
      from += 3;
      at += 4;
    }
    to += stride;
  }
  return OK;
}

/** Subcodec 2, CLEARCODEC_SUBCODEC_RLEX (2.2.4.1.1.3.1.1): a run of one colour, then a suite of neighbours in the palette. */
export function clearRlex(from: usize, length: usize, to: usize, stride: usize, w: u32, h: u32): i32 {
  const end: usize = from + length;
  if (length < 1) return DATA_SHORT;
  const colours: u32 = load<u8>(from++);
  if (colours < 1 || colours > 127) return BAD_VALUE;
  if (end - from < <usize>(colours * 3)) return DATA_SHORT;
  for (let i: u32 = 0; i < colours; i++) {
    store<u32>(CLEAR + (i << 2), colourAt(from));
    from += 3;
  }
  // Bits that hold the largest index; a single colour still takes one.
  const depth: u32 = colours <= 2 ? 1 : 32 - clz(colours - 1);
  begin(to, stride, w, h);
  while (from < end) {
    const packed: u32 = load<u8>(from);
    from = factor(from + 1, end);
    if (from === 0) return DATA_SHORT;
    const stop: u32 = packed & ((1 << depth) - 1);
    const suite: u32 = packed >> depth;
    if (stop >= colours || suite > stop) return OUT_OF_RANGE;
    if (count > left || suite + 1 > left - count) return OUT_OF_RANGE;
    run(count, load<u32>(CLEAR + ((stop - suite) << 2)));
    for (let i: u32 = stop - suite; i <= stop; i++) run(1, load<u32>(CLEAR + (i << 2)));
  }
  return left === 0 ? OK : DATA_SHORT;
}

/**
 * One plane of NSCodec (MS-RDPNSC 2.2.2 and 3.1.8): missing means all 255, shorter than the plane means run lengths, whose
 * last four values come as they are.
 */
export function nsPlane(from: usize, length: usize, to: usize, size: usize): i32 {
  if (length === 0) {
    memory.fill(to, 255, size);
    return OK;
  }
  if (length > size) return DATA_EXCESS;
  if (length === size) {
    memory.copy(to, from, size);
    return OK;
  }
  const end: usize = from + length;
  const last: usize = to + size - 4;
  if (size < 4 || length < 4) return DATA_SHORT;
  while (to < last) {
    if (from >= end) return DATA_SHORT;
    const value: u8 = load<u8>(from++);
    // One value before the last four cannot be a run, even if the first of those is its equal.
    if (last - to === 1 || from >= end || load<u8>(from) !== value) {
      store<u8>(to++, value);
      continue;
    }
    from++;
    if (from >= end) return DATA_SHORT;
    let many: u32 = load<u8>(from++);
    if (many < 255) many += 2;
    else {
      if (end - from < 4) return DATA_SHORT;
      many = load<u32>(from);
      from += 4;
    }
    if (<usize>many > last - to) return OUT_OF_RANGE;
    memory.fill(to, value, many);
    to += many;
  }
  if (end - from < 4) return DATA_SHORT;
  if (end - from > 4) return DATA_EXCESS;
  store<u32>(last, load<u32>(from));
  return OK;
}

function byte(value: i32): u32 {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/**
 * AYCoCg to RGB with colour loss and subsampled chroma undone (MS-RDPEGDI 3.1.9.1.2 to 3.1.9.1.4). Alpha has no meaning on a
 * screen. Strides are those of the planes in samples; `half` is 1 when chroma has half as many in both directions.
 */
export function nsColour(
  luma: usize,
  orange: usize,
  green: usize,
  lumaStride: usize,
  chromaStride: usize,
  half: u32,
  loss: u32,
  to: usize,
  stride: usize,
  w: u32,
  h: u32,
): void {
  // Halved at the encoder: the shift is one less than the level, and the result is again a byte with a sign.
  const shift: u32 = loss - 1;
  for (let y: u32 = 0; y < h; y++) {
    const chromaRow: usize = <usize>(y >> half) * chromaStride;
    for (let x: u32 = 0; x < w; x++) {
      const chroma: usize = chromaRow + (x >> half);
      const value: i32 = load<u8>(luma + x);
      const co: i32 = <i32>(<i8>((<i32>load<u8>(orange + chroma)) << shift));
      const cg: i32 = <i32>(<i8>((<i32>load<u8>(green + chroma)) << shift));
      const rest: i32 = value - cg;
      store<u32>(to + (x << 2), OPAQUE | byte(rest + co) | (byte(value + cg) << 8) | (byte(rest - co) << 16));
    }
    luma += lumaStride;
    to += stride;
  }
}
