import { Writer } from '#renderer/screen/rdp/writer.ts';
import { block } from './pictures.ts';

export type Place = readonly [column: number, row: number];

/** Ten factors as HL1, LH1, HH1, HL2, LH2, HH2, HL3, LH3, HH3, LL3. */
export type Factors = readonly number[];

/** RFX_COMPONENT_CODEC_QUANT: LL3, HL3, LH3, HH3, HL2, LH2, HH2, HL1, LH1, HH1 in half bytes. */
function packed(factors: Factors): Uint8Array {
  const wire = [9, 6, 7, 8, 3, 4, 5, 0, 1, 2].map((band) => factors[band]!);
  return Uint8Array.from({ length: 5 }, (_, i) => wire[2 * i]! | (wire[2 * i + 1]! << 4));
}

const sizes = (parts: readonly ArrayLike<number>[]): Uint8Array =>
  new Uint8Array(Uint16Array.from(parts.map((part) => part.length)).buffer);

/** @param quality left out: TILE_SIMPLE. @param parts of Y, Cb, Cr */
export function wholeTile(
  [column, row]: Place,
  parts: readonly ArrayLike<number>[],
  options: { quality?: number; difference?: boolean; quant?: number } = {},
): Uint8Array {
  const quant = options.quant ?? 0;
  const body = new Writer()
    .u8(quant)
    .u8(quant)
    .u8(quant)
    .u16(column)
    .u16(row)
    .u8(options.difference === true ? 1 : 0);
  if (options.quality !== undefined) body.u8(options.quality);
  body.raw(sizes(parts)).u16(0);
  for (const part of parts) body.raw(part);
  return block(options.quality === undefined ? 0xccc5 : 0xccc6, body.done());
}

/** @param parts SRL and raw data of Y, of Cb, of Cr */
export function upgradeTile([column, row]: Place, quality: number, parts: readonly ArrayLike<number>[]): Uint8Array {
  const body = new Writer().u8(0).u8(0).u8(0).u16(column).u16(row).u8(quality).raw(sizes(parts));
  for (const part of parts) body.raw(part);
  return block(0xccc7, body.done());
}

export function region(
  extrapolate: boolean,
  rects: readonly (readonly number[])[],
  quants: readonly Factors[],
  qualities: readonly Factors[],
  tiles: readonly Uint8Array[],
): Uint8Array {
  const body = new Writer()
    .u8(64)
    .u16(rects.length)
    .u8(quants.length)
    .u8(qualities.length)
    .u8(extrapolate ? 1 : 0);
  body.u16(tiles.length).u32(tiles.reduce((sum, tile) => sum + tile.length, 0));
  body.raw(new Uint8Array(Uint16Array.from(rects.flat()).buffer));
  for (const quant of quants) body.raw(packed(quant));
  for (const quality of qualities) {
    body.raw([50]);
    for (let i = 0; i < 3; i++) body.raw(packed(quality));
  }
  for (const tile of tiles) body.raw(tile);
  return block(0xccc4, body.done());
}

export function stream(...regions: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([
    block(0xccc0, new Writer().u32(0xcaccacca).u16(0x0100).done()),
    block(0xccc3, new Writer().u8(0).u16(64).u8(0).done()),
    block(0xccc1, new Writer().u32(0).u16(regions.length).done()),
    ...regions,
    block(0xccc2, new Uint8Array(0)),
  ]);
}
