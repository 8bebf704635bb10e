import type { Monitor } from '#contract/ipc/state.ts';
import type { DeskMonitor } from '../desk-client.ts';

/**
 * The monitors that a desk would have which fills the window: each of the window's displays, in pixels of the display.
 * @param monitors CSS pixels. @param size of the window, pixels of the display. @returns empty where the window does not lie
 * over just these displays (yet)
 */
export function deskMonitors(
  monitors: readonly Monitor[] | null,
  size: Readonly<{ width: number; height: number }>,
  ratio: number,
): readonly DeskMonitor[] {
  const scaled = (monitors ?? []).map(({ x, y, width, height, primary }) => ({
    left: Math.round(x * ratio),
    top: Math.round(y * ratio),
    width: Math.round(width * ratio),
    height: Math.round(height * ratio),
    primary,
  }));
  const right = Math.max(0, ...scaled.map(({ left, width }) => left + width));
  const bottom = Math.max(0, ...scaled.map(({ top, height }) => top + height));
  return Math.abs(right - size.width) <= 1 && Math.abs(bottom - size.height) <= 1 ? scaled : [];
}
