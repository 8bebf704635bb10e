import { overlaps, type Rect, rect } from '../state/geometry.ts';
import { stack } from './framebuffer.ts';

/** How a part of the picture is best sent. */
export type Piece = Readonly<{ area: Rect; kind: 'solid' | 'few' | 'many' | 'photo' }>;

export type Picture = Readonly<{ pixels: Uint32Array; width: number }>;

const tile = 64;
/** More colours than this and a tile is not worth a palette. */
const paletteLimit = 256;
/** Fewer colours than this are drawn things, not a photograph. */
const photoColours = 24;

/**
 * Cuts an area into pieces: of one colour, of few colours, of many, or photo-like. Only what lies wholly outside
 * `lossless` may be called a photo: text never is.
 */
export function cutIntoPieces(
  picture: Picture,
  area: Rect,
  options: Readonly<{ photos: boolean; lossless: readonly Rect[] }>,
): readonly Piece[] {
  const found = new Map<string, Rect[]>();
  for (let y = area.y; y < area.y + area.height; y = edge(y)) {
    const height = Math.min(edge(y), area.y + area.height) - y;
    let run: { key: string; area: Rect } | undefined;
    for (let x = area.x; x < area.x + area.width; x = edge(x)) {
      const width = Math.min(edge(x), area.x + area.width) - x;
      const part = rect(x, y, width, height);
      const key = classify(picture, part, options);
      if (run?.key === key) run = { key, area: rect(run.area.x, y, run.area.width + width, height) };
      else {
        if (run) keep(found, run.key, run.area);
        run = { key, area: part };
      }
    }
    if (run) keep(found, run.key, run.area);
  }
  return [...found].flatMap(([key, rects]) =>
    stack(rects).map((one) => ({ area: one, kind: key.split(' ')[0] as Piece['kind'] })),
  );
}

const edge = (at: number): number => (Math.floor(at / tile) + 1) * tile;

function keep(found: Map<string, Rect[]>, key: string, area: Rect): void {
  const have = found.get(key);
  if (have) have.push(area);
  else found.set(key, [area]);
}

function classify(
  picture: Picture,
  part: Rect,
  { photos, lossless }: Readonly<{ photos: boolean; lossless: readonly Rect[] }>,
): string {
  const colours = countColours(picture, part);
  if (colours === 1) return `solid ${picture.pixels[part.y * picture.width + part.x]}`;
  if (photos && colours >= photoColours && !lossless.some((area) => overlaps(area, part))) return 'photo';
  return colours <= paletteLimit ? 'few' : 'many';
}

/** How many colours, counted up to one more than a palette holds. */
function countColours({ pixels, width }: Picture, area: Rect): number {
  const seen = new Set<number>();
  let last = -1;
  for (let y = area.y; y < area.y + area.height; y++) {
    const row = y * width;
    for (let x = area.x; x < area.x + area.width; x++) {
      const pixel = pixels[row + x]!;
      if (pixel === last) continue;
      last = pixel;
      seen.add(pixel);
      if (seen.size > paletteLimit) return seen.size;
    }
  }
  return seen.size;
}

/** The colours of an area and each pixel's place among them; undefined when there are more than `paletteLimit`. */
export function indexed(
  { pixels, width }: Picture,
  area: Rect,
): Readonly<{ palette: readonly number[]; indices: Uint8Array }> | undefined {
  const places = new Map<number, number>();
  const indices = new Uint8Array(area.width * area.height);
  let to = 0;
  let last = -1;
  let place = 0;
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const pixel = pixels[y * width + x]!;
      if (pixel !== last) {
        last = pixel;
        const known = places.get(pixel);
        place = known ?? places.size;
        if (known === undefined) {
          if (places.size === paletteLimit) return undefined;
          places.set(pixel, place);
        }
      }
      indices[to++] = place;
    }
  }
  return { palette: [...places.keys()], indices };
}
