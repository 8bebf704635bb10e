import type { Rect } from '../state/geometry.ts';
import type { Pen } from './pen.ts';

/**
 * One thing of the picture. The compositor repaints it only when `key` or `bounds` differ from the last picture's node of
 * the same id, so everything that `paint` reads must be in `key`, except where it stands.
 */
export type SceneNode = Readonly<{
  id: string;
  bounds: Rect;
  key: readonly unknown[];
  /** Kept as a picture of its own: moving it or uncovering it then costs a copy, not a repaint. */
  cached: boolean;
  /** Paints with the origin at the top left of `bounds`. */
  paint: (pen: Pen) => void;
}>;
