import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import { Reader } from '../reader.ts';
import { type Quant, quantBytes, remoteFxQuant } from './quant.ts';
import { checkEffort, clipped, rlgr1, rlgr3, shiftsOf, type TileData, Tiles, tileSize } from './tiles.ts';

/** Block types (MS-RDPRFX §2.2.2.1.1 and §2.2.2.3.4.1). */
const wbtSync = 0xccc0;
const wbtCodecVersions = 0xccc1;
const wbtChannels = 0xccc2;
const wbtContext = 0xccc3;
const wbtFrameBegin = 0xccc4;
const wbtFrameEnd = 0xccc5;
const wbtRegion = 0xccc6;
const wbtExtension = 0xccc7;
const cbtTile = 0xcac3;
const cbtRegion = 0xcac1;
const cbtTileSet = 0xcac2;

const magic = 0xcaccacca;
const version = 0x0100;
const blockHeader = 6;

type Tile = Readonly<{ mode: number; shifts: readonly number[]; x: number; y: number; data: TileData }>;

/** RLGR1 and RLGR3 as the properties name them (§2.2.2.2.4). */
function modeOf(entropy: number): number {
  if (entropy === 1) return rlgr1;
  if (entropy === 4) return rlgr3;
  throw protocolProblem('entropy coding');
}

/** RemoteFX (MS-RDPRFX). Headers may come in a message of their own, so quantisation factors stay from one to the next. */
export class RemoteFx {
  readonly #tiles: Tiles;
  #quants: readonly Quant[] = [];

  constructor(codec: RdpCodec) {
    this.#tiles = new Tiles(codec);
  }

  /**
   * Decodes one message: blocks of one frame, or headers alone.
   * @param x and @param y where its tiles start in the picture
   * @returns what was painted. @throws ScreenEnd
   */
  decode(bytes: Uint8Array, target: Pixels, x: number, y: number): Rect[] {
    const whole: Rect = { x: 0, y: 0, w: target.width, h: target.height };
    const message: Message = { tiles: [], rects: [], whole, x, y };
    const reader = new Reader(bytes);
    while (reader.left > 0) {
      const type = reader.u16();
      const length = reader.u32();
      if (length < blockHeader) throw protocolProblem('block length');
      const offset = reader.at;
      this.#block(type, reader.part(length - blockHeader), offset, message);
      checkEffort(target, message.tiles.length, Math.max(message.rects.length, 1));
    }
    const rects = clipped(message.rects, target);
    if (message.tiles.length === 0) return [];
    this.#tiles.load(bytes);
    for (const tile of message.tiles) {
      if (x + tile.x >= target.width || y + tile.y >= target.height) continue;
      this.#tiles.decode(tile.mode, false, false, tile.data, tile.shifts, 0, 0);
      this.#tiles.paint(target, x + tile.x, y + tile.y, rects);
    }
    return rects;
  }

  #block(type: number, reader: Reader, offset: number, message: Message): void {
    switch (type) {
      case wbtSync:
        if (reader.u32() !== magic || reader.u16() !== version) throw protocolProblem('RemoteFX version');
        return;
      // Their contents say nothing that is not known: one codec, one channel, frames in order.
      case wbtCodecVersions:
      case wbtChannels:
      case wbtFrameBegin:
      case wbtFrameEnd:
        return;
      case wbtContext: {
        reader.skip(3);
        if (reader.u16() !== tileSize) throw protocolProblem('tile size');
        // Tile sets name the entropy coding once more, and theirs counts.
        modeOf((reader.u16() >> 9) & 15);
        return;
      }
      case wbtRegion:
        readRegion(reader, message);
        return;
      case wbtExtension:
        this.#readTileSet(reader, offset, message);
        return;
      default:
        throw protocolProblem('RemoteFX block');
    }
  }

  /** TS_RFX_TILESET (§2.2.2.3.4). @param offset of the reader's first byte in the message */
  #readTileSet(reader: Reader, offset: number, message: Message): void {
    reader.skip(2);
    if (reader.u16() !== cbtTileSet) throw protocolProblem('RemoteFX block');
    reader.skip(2);
    const mode = modeOf((reader.u16() >> 10) & 15);
    const count = reader.u8();
    if (reader.u8() !== tileSize) throw protocolProblem('tile size');
    const tiles = reader.u16();
    reader.skip(4);
    if (count > 0) this.#quants = Array.from({ length: count }, () => remoteFxQuant(reader.take(quantBytes)));
    for (let i = 0; i < tiles; i++) {
      const type = reader.u16();
      const length = reader.u32();
      const start = reader.at;
      if (type !== cbtTile || length < blockHeader) throw protocolProblem('RemoteFX tile');
      const block = reader.part(length - blockHeader);
      const shifts = shiftsOf([this.#quant(block.u8()), this.#quant(block.u8()), this.#quant(block.u8())]);
      const x = block.u16() * tileSize;
      const y = block.u16() * tileSize;
      const lengths = [block.u16(), block.u16(), block.u16()];
      const data = { offset: offset + start + block.at, lengths };
      for (const part of lengths) block.skip(part);
      message.tiles.push({ mode, shifts, x, y, data });
    }
  }

  #quant(index: number): Quant {
    const quant = this.#quants[index];
    if (quant === undefined) throw protocolProblem('quantisation index');
    return quant;
  }
}

type Message = {
  readonly tiles: Tile[];
  readonly rects: Rect[];
  readonly whole: Rect;
  readonly x: number;
  readonly y: number;
};

/** TS_RFX_REGION (§2.2.2.3.3). No rectangle at all means the whole picture. */
function readRegion(reader: Reader, message: Message): void {
  reader.skip(3);
  const count = reader.u16();
  if (count === 0) message.rects.push(message.whole);
  for (let i = 0; i < count; i++) {
    const [x, y, w, h] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
    message.rects.push({ x: message.x + x, y: message.y + y, w, h });
  }
  if (reader.u16() !== cbtRegion) throw protocolProblem('RemoteFX region');
}
