/** Pixels as desks number them, onto the picture: R, G, B, 255 in memory. */
const OPAQUE: u32 = 0xff000000;

/** Five or six bits spread over eight, so that all ones stay all ones. */
function five(value: u32): u32 {
  return (value << 3) | (value >> 2);
}

function rgb(value: u32, depth: u32): u32 {
  if (depth === 16) {
    const green: u32 = (value >> 5) & 0x3f;
    return five(value >> 11) | (((green << 2) | (green >> 4)) << 8) | (five(value & 0x1f) << 16);
  }
  if (depth === 15) return five((value >> 10) & 0x1f) | (five((value >> 5) & 0x1f) << 8) | (five(value & 0x1f) << 16);
  return ((value >> 16) & 0xff) | (value & 0xff00) | ((value & 0xff) << 16);
}

/**
 * @param size bytes of a pixel at `from`, 2 to 4. @param row bytes of its rows. @param depth 15, 16, 24 or 32: what they mean
 * @param step bytes from one row of the picture to the next, either way
 */
export function pixelsPaint(
  from: usize,
  size: u32,
  row: usize,
  depth: u32,
  to: usize,
  step: i32,
  width: u32,
  height: u32,
): void {
  for (let y: u32 = 0; y < height; y++) {
    let x: u32 = 0;
    if (size === 4 && depth >= 24) {
      const whole: u32 = width & ~3;
      for (; x < whole; x += 4) {
        const bgrx = v128.load(from + ((<usize>x) << 2));
        const swapped = i8x16.shuffle(bgrx, bgrx, 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
        v128.store(to + ((<usize>x) << 2), v128.or(swapped, i32x4.splat(<i32>OPAQUE)));
      }
    }
    for (; x < width; x++) {
      const at: usize = from + <usize>(x * size);
      const low: u32 = load<u16>(at);
      const value: u32 = size === 2 ? low : size === 3 ? low | ((<u32>load<u8>(at, 2)) << 16) : load<u32>(at);
      store<u32>(to + ((<usize>x) << 2), OPAQUE | rgb(value, depth));
    }
    from += row;
    to += step;
  }
}
