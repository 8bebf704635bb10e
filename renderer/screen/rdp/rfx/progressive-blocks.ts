import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { bands, progressiveQuant, type Quant, quantBytes } from './quant.ts';
import { type TileData, tileSize } from './tiles.ts';

/** Block types (MS-RDPEGFX §2.2.4.2.1). */
const wbtSync = 0xccc0;
const wbtFrameBegin = 0xccc1;
const wbtFrameEnd = 0xccc2;
const wbtContext = 0xccc3;
const wbtRegion = 0xccc4;
const wbtTileSimple = 0xccc5;
const wbtTileFirst = 0xccc6;
const wbtTileUpgrade = 0xccc7;

const magic = 0xcaccacca;
const version = 0x0100;
const blockHeader = 6;
const reduceExtrapolate = 1;
const tileDifference = 1;
/** A quality that stands for no progressive quantisation at all (§2.2.4.2.1.5.4). */
const fullQuality = 0xff;

export type ProgressiveTile = Readonly<{
  kind: 'simple' | 'first' | 'upgrade';
  extrapolate: boolean;
  difference: boolean;
  /** In tiles. */
  column: number;
  row: number;
  /** Bits below the lowest one sent, of each band of Y, Cb and Cr: quantisation and progressive quantisation together. */
  bitPositions: readonly number[];
  data: TileData;
}>;

export type ProgressiveMessage = Readonly<{ tiles: readonly ProgressiveTile[]; rects: readonly Rect[] }>;

type Region = Readonly<{ extrapolate: boolean; quants: readonly Quant[]; qualities: readonly (readonly Quant[])[] }>;

const full: readonly Quant[] = Array.from({ length: 3 }, () => new Array<number>(bands).fill(0));

/**
 * Reads a whole RFX_PROGRESSIVE_BITMAP_STREAM. Regions of one frame share their tiles (§2.2.4.2.1.5), so tiles and rectangles
 * come out apart. @param check called with the counts so far, to refuse what costs too much
 */
export function readProgressive(bytes: Uint8Array, check: (tiles: number, rects: number) => void): ProgressiveMessage {
  const tiles: ProgressiveTile[] = [];
  const rects: Rect[] = [];
  const reader = new Reader(bytes);
  let inFrame = false;
  while (reader.left > 0) {
    const type = reader.u16();
    const length = reader.u32();
    const offset = reader.at;
    if (length < blockHeader) throw protocolProblem('block length');
    const block = reader.part(length - blockHeader);
    switch (type) {
      case wbtSync:
        if (block.u32() !== magic || block.u16() !== version) throw protocolProblem('progressive version');
        break;
      case wbtContext:
        block.skip(1);
        if (block.u16() !== tileSize) throw protocolProblem('tile size');
        break;
      case wbtFrameBegin:
        inFrame = true;
        break;
      case wbtFrameEnd:
        inFrame = false;
        break;
      case wbtRegion:
        // One outside a frame is to be left out (§2.2.4.2.1.5).
        if (inFrame) readRegion(block, offset, tiles, rects);
        check(tiles.length, rects.length);
        break;
      default:
        throw protocolProblem('progressive block');
    }
  }
  return { tiles, rects };
}

/** @param offset of the block's first byte in the message */
function readRegion(block: Reader, offset: number, tiles: ProgressiveTile[], rects: Rect[]): void {
  if (block.u8() !== tileSize) throw protocolProblem('tile size');
  const rectCount = block.u16();
  const quantCount = block.u8();
  const qualityCount = block.u8();
  const extrapolate = (block.u8() & reduceExtrapolate) !== 0;
  const tileCount = block.u16();
  block.skip(4);
  for (let i = 0; i < rectCount; i++) {
    rects.push({ x: block.u16(), y: block.u16(), w: block.u16(), h: block.u16() });
  }
  const quants = Array.from({ length: quantCount }, () => progressiveQuant(block.take(quantBytes)));
  const qualities = Array.from({ length: qualityCount }, () => {
    block.skip(1);
    return Array.from({ length: 3 }, () => progressiveQuant(block.take(quantBytes)));
  });
  const region = { extrapolate, quants, qualities };
  for (let i = 0; i < tileCount; i++) {
    const type = block.u16();
    const length = block.u32();
    if (length < blockHeader) throw protocolProblem('block length');
    const start = offset + block.at;
    tiles.push(readTile(type, block.part(length - blockHeader), start, region));
  }
}

function readTile(type: number, block: Reader, start: number, region: Region): ProgressiveTile {
  const indices = [block.u8(), block.u8(), block.u8()];
  const column = block.u16();
  const row = block.u16();
  const kind = kindOf(type);
  const difference = kind !== 'upgrade' && (block.u8() & tileDifference) !== 0;
  const quality = kind === 'simple' ? fullQuality : block.u8();
  const lengths = Array.from({ length: kind === 'upgrade' ? 6 : 3 }, () => block.u16());
  // Its tail data has no use here (§2.2.4.2.1.5.3).
  if (kind !== 'upgrade') block.skip(2);
  const data = { offset: start + block.at, lengths };
  for (const length of lengths) block.skip(length);
  const progressive = quality === fullQuality ? full : region.qualities[quality];
  if (progressive === undefined) throw protocolProblem('quality index');
  const bitPositions = indices.flatMap((index, component) => {
    const quant = region.quants[index];
    if (quant === undefined) throw protocolProblem('quantisation index');
    return quant.map((factor, band) => factor + progressive[component]![band]!);
  });
  return { kind, extrapolate: region.extrapolate, difference, column, row, bitPositions, data };
}

function kindOf(type: number): ProgressiveTile['kind'] {
  if (type === wbtTileSimple) return 'simple';
  if (type === wbtTileFirst) return 'first';
  if (type === wbtTileUpgrade) return 'upgrade';
  throw protocolProblem('progressive tile');
}
