export const workloadNames = ['drag', 'scroll', 'full', 'full-q2', 'typing', 'typing-240'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** Figures of the earlier prototype and of a native viewer on two shared cores, to compare this machine with. */
type Reference = Readonly<{
  prototype: Readonly<{ fps?: number; p50?: number; p95?: number }>;
  native: Readonly<{ fps?: number; p50?: number; p95?: number }>;
}>;

export type Workload = Readonly<{
  name: WorkloadName;
  label: string;
  /** What painter.c is told to draw. */
  painter: 'drag' | 'scroll' | 'full' | 'typing';
  measures: 'frames' | 'keys';
  /** Xtigervnc's limit of updates a second. The painter draws 60 a second in any case. */
  frameRate: number;
  quality: number;
  reference: Reference;
}>;

export const painterFps = 60;

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  drag: {
    name: 'drag',
    label: 'window drag',
    painter: 'drag',
    measures: 'frames',
    frameRate: 60,
    quality: 6,
    reference: { prototype: { fps: 58, p95: 19 }, native: { fps: 60, p95: 12 } },
  },
  scroll: {
    name: 'scroll',
    label: 'scroll of text',
    painter: 'scroll',
    measures: 'frames',
    frameRate: 60,
    quality: 6,
    reference: { prototype: { fps: 49, p95: 52 }, native: { fps: 60, p95: 24 } },
  },
  full: {
    name: 'full',
    label: 'full-screen change, q6',
    painter: 'full',
    measures: 'frames',
    frameRate: 60,
    quality: 6,
    reference: { prototype: { fps: 23 }, native: { fps: 54 } },
  },
  'full-q2': {
    name: 'full-q2',
    label: 'full-screen change, q2',
    painter: 'full',
    measures: 'frames',
    frameRate: 60,
    quality: 2,
    reference: { prototype: { fps: 31 }, native: {} },
  },
  typing: {
    name: 'typing',
    label: 'key → pixel',
    painter: 'typing',
    measures: 'keys',
    frameRate: 60,
    quality: 6,
    reference: { prototype: { p50: 15.3, p95: 17.4 }, native: { p50: 10.5, p95: 12.3 } },
  },
  'typing-240': {
    name: 'typing-240',
    label: 'key → pixel, FrameRate 240',
    painter: 'typing',
    measures: 'keys',
    frameRate: 240,
    quality: 6,
    reference: { prototype: { p50: 9.4, p95: 11.0 }, native: { p50: 4.6, p95: 6.7 } },
  },
};

export type Mark = 'pass' | 'short' | 'none';

/** Whether a viewer of ours is at least as good as the prototype's figure: fps, or p50 where keys are measured. */
export function markOf(workload: Workload, figures: Readonly<{ fps: number; p50: number }>): Mark {
  const { fps, p50 } = workload.reference.prototype;
  if (workload.measures === 'frames') return fps === undefined ? 'none' : figures.fps >= fps ? 'pass' : 'short';
  return p50 === undefined ? 'none' : figures.p50 <= p50 ? 'pass' : 'short';
}
