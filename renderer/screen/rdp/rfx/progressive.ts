import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import type { Memory, Pixels } from '../memory.ts';
import { type ProgressiveTile, readProgressive } from './progressive-blocks.ts';
import { shiftOf } from './quant.ts';
import { checkEffort, clipped, rlgr1, Tiles, tileSize } from './tiles.ts';

/** Of the three components. */
const coefficientBytes = 3 * 8192;
const signBytes = 3 * 4096;
/** Surfaces have one context or two; without a limit empty ones could pile up. */
const mostContexts = 64;

/** What later passes and differences build on. Signs are kept only of tiles that can be upgraded. */
type Kept = { extrapolate: boolean; bitPositions: readonly number[]; readonly current: number; signs: number };

type Context = { width: number; height: number; readonly tiles: Map<number, Kept> };

/**
 * RemoteFX Progressive (MS-RDPEGFX §2.2.4.2 and §3.2.8). INVARIANT: a tile takes memory only once it has come, at most one for
 * each place of its surface, and all of it within the budget of `Memory`.
 */
export class ProgressiveContexts {
  readonly #memory: Memory;
  readonly #tiles: Tiles;
  readonly #surfaces = new Map<number, Map<number, Context>>();

  constructor(codec: RdpCodec) {
    this.#memory = codec.memory;
    this.#tiles = new Tiles(codec);
  }

  /**
   * Decodes the bitmap data of one RDPGFX_WIRE_TO_SURFACE_PDU_2 into its surface.
   * @returns what was painted. @throws ScreenEnd
   */
  decode(surfaceId: number, contextId: number, bytes: Uint8Array, target: Pixels): Rect[] {
    const message = readProgressive(bytes, (tiles, rects) => checkEffort(target, tiles, rects));
    if (message.tiles.length === 0) return [];
    this.#tiles.load(bytes);
    const context = this.#context(surfaceId, contextId, target);
    const rects = clipped(message.rects, target);
    for (const tile of message.tiles) {
      this.#decodeTile(context, tile);
      this.#tiles.paint(target, tile.column * tileSize, tile.row * tileSize, rects);
    }
    return rects;
  }

  /** RDPGFX_DELETE_ENCODING_CONTEXT_PDU. */
  deleteContext(surfaceId: number, contextId: number): void {
    const contexts = this.#surfaces.get(surfaceId);
    const context = contexts?.get(contextId);
    if (contexts === undefined || context === undefined) return;
    this.#empty(context);
    contexts.delete(contextId);
    if (contexts.size === 0) this.#surfaces.delete(surfaceId);
  }

  deleteSurface(surfaceId: number): void {
    for (const context of this.#surfaces.get(surfaceId)?.values() ?? []) this.#empty(context);
    this.#surfaces.delete(surfaceId);
  }

  reset(): void {
    for (const surfaceId of [...this.#surfaces.keys()]) this.deleteSurface(surfaceId);
  }

  #context(surfaceId: number, contextId: number, { width, height }: Pixels): Context {
    const contexts = this.#surfaces.get(surfaceId) ?? new Map<number, Context>();
    this.#surfaces.set(surfaceId, contexts);
    let context = contexts.get(contextId);
    if (context === undefined) {
      if (contexts.size >= mostContexts) throw protocolProblem('too many encoding contexts');
      context = { width, height, tiles: new Map() };
      contexts.set(contextId, context);
    }
    if (context.width !== width || context.height !== height) {
      this.#empty(context);
      context.width = width;
      context.height = height;
    }
    return context;
  }

  #empty(context: Context): void {
    for (const { current, signs } of context.tiles.values()) {
      this.#memory.free(current);
      if (signs !== 0) this.#memory.free(signs);
    }
    context.tiles.clear();
  }

  #decodeTile(context: Context, tile: ProgressiveTile): void {
    const columns = Math.ceil(context.width / tileSize);
    if (tile.column >= columns || tile.row >= Math.ceil(context.height / tileSize))
      throw protocolProblem('tile position');
    const place = tile.row * columns + tile.column;
    const kept = context.tiles.get(place);
    if (tile.kind === 'upgrade') this.#upgrade(kept, tile);
    else this.#first(context, place, kept, tile);
  }

  #first(context: Context, place: number, before: Kept | undefined, tile: ProgressiveTile): void {
    const { extrapolate, bitPositions } = tile;
    // Coefficients of the other layout cannot be added to; without earlier ones a difference counts from zero.
    if (tile.difference && before !== undefined && before.extrapolate !== extrapolate)
      throw protocolProblem('tile layout');
    const kept = before ?? { extrapolate, bitPositions, current: this.#memory.allocate(coefficientBytes), signs: 0 };
    context.tiles.set(place, kept);
    kept.extrapolate = extrapolate;
    kept.bitPositions = bitPositions;
    if (tile.kind === 'first' && kept.signs === 0) kept.signs = this.#memory.allocate(signBytes);
    const shifts = bitPositions.map(shiftOf);
    this.#tiles.decode(rlgr1, extrapolate, tile.difference, tile.data, shifts, kept.current, kept.signs);
  }

  /** Each band gains the bits between the position it had and the new one (§3.2.8.1.5.2). */
  #upgrade(kept: Kept | undefined, tile: ProgressiveTile): void {
    if (kept === undefined || kept.signs === 0) throw protocolProblem('upgrade of an unknown tile');
    if (kept.extrapolate !== tile.extrapolate) throw protocolProblem('tile layout');
    const added = tile.bitPositions.map((position, band) => kept.bitPositions[band]! - position);
    if (added.some((bits) => bits < 0)) throw protocolProblem('upgrade to fewer bits');
    kept.bitPositions = tile.bitPositions;
    const shifts = tile.bitPositions.map(shiftOf);
    this.#tiles.upgrade(tile.extrapolate, tile.data, shifts, added, kept.current, kept.signs);
  }
}
