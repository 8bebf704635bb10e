import { ARENA } from './layout';

export {
  clearBands,
  clearCacheSize,
  clearPlain,
  clearResetCursors,
  clearResidual,
  clearRlex,
  nsColour,
  nsPlane,
} from './clear';
export { pixelsPaint } from './pixels';
export { planarPaint, planarPaintChroma, planarPlane } from './planar';
export { rfxPaint } from './rfx-colour';
export { rfxShiftsAt, rfxTile, rfxUpgrade } from './rfx-tile';
export { rleDecode } from './rle';
export { yuv420Paint, yuv444Paint, yuvSplit } from './yuv';

export function arenaAt(): usize {
  return ARENA;
}
