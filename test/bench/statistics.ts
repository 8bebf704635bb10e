/** @param share 0 to 1. Nearest rank, so a value that was really measured; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

/** NaN where there is nothing to compare with. */
export const ratio = (value: number, base: number): number => (base > 0 ? value / base : Number.NaN);

export type Shown = Readonly<{ frame: number; us: number }>;
export type FrameFigures = Readonly<{
  fps: number;
  /** From the frame's being in the desk's framebuffer to its pixels on the viewer's display, ms. */
  p50: number;
  p95: number;
  shown: number;
  painted: number;
}>;

/**
 * @param painted when each frame was in the desk's framebuffer, µs, by frame number.
 * @param shown frame codes as the probe first saw them, in order. @param from @param to the measured span, µs.
 */
export function frameFigures(
  painted: ReadonlyMap<number, number>,
  shown: readonly Shown[],
  from: number,
  to: number,
): FrameFigures {
  const inSpan = shown.filter(({ us }) => us >= from && us <= to);
  // The probe may see a frame before the painter hears from the server that it is done.
  const latencies = inSpan.flatMap(({ frame, us }) => {
    const at = painted.get(frame);
    return at === undefined ? [] : [Math.max(0, us - at) / 1000];
  });
  return {
    fps: inSpan.length / ((to - from) / 1e6),
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    shown: inSpan.length,
    painted: [...painted.values()].filter((us) => us >= from && us <= to).length,
  };
}
