import type { Rect } from '../../core/damage.ts';
import type { Pixels } from '../memory.ts';

/** What was drawn, in the target's coordinates; nothing said means all of the rectangle. */
export type Drawn = readonly Rect[] | undefined;

/**
 * Draws into the target, within a rectangle that has been checked to lie in it. Bytes are valid during the call alone (a
 * decoder that ends later has copied them by then), the target until what was returned is settled.
 */
export type Decode = (bytes: Uint8Array, target: Pixels, rect: Rect, surface: number) => Drawn;
/** H.264: frames go through a decoder outside. The rectangle is what bounds the regions that the bytes name. */
export type DecodeLater = (bytes: Uint8Array, target: Pixels, rect: Rect, surface: number) => Drawn | Promise<Drawn>;
/** RemoteFX Progressive: the bytes alone say where (MS-RDPEGFX 2.2.2.2). */
type DecodeProgressive = (bytes: Uint8Array, target: Pixels, surface: number, context: number) => Drawn;

/** One for each codec; a codec without one was not offered, so its data ends the session. */
export type GfxDecoders = Readonly<{
  planar?: Decode;
  clear?: Decode;
  remotefx?: Decode;
  progressive?: DecodeProgressive;
  avc420?: DecodeLater;
  avc444?: DecodeLater;
  avc444v2?: DecodeLater;
  /** A piece of picture has come in this codec (MS-RDPEGFX 2.2.2.1). */
  seen?(codec: number): void;
  /** What a decoder keeps of a surface, or of one context of it, is not needed any more. */
  contextDeleted?(surface: number, context: number): void;
  surfaceDeleted?(surface: number): void;
  /** Everything begins anew; what has not ended yet must not draw any more. */
  reset?(): void;
}>;
