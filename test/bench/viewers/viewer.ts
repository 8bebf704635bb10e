import type { RdpAccess } from '../desks.ts';
import type { StopProfile } from '../profile/profilers.ts';

/** What a viewer under test is told. */
export type ViewerTarget = Readonly<{
  /** X display without hardware, 1920×1080, no window manager. */
  display: string;
  /** The desk's server on 127.0.0.1. */
  port: number;
  /** For a desk of RDP; one of VNC asks nobody. */
  access: RdpAccess | null;
  /** JPEG quality 0 to 9 of the Tight encoding. */
  quality: number;
  /** zlib effort 0 to 9. */
  compression: number;
}>;

type ViewerSession = Readonly<{
  /** When connecting to the desk began, CLOCK_MONOTONIC in µs: programs already running do not count their start. */
  connectBeganUs: number;
  /** Roots of the viewer's processes; what is below them counts too. */
  pids(): readonly number[];
  /** What it has decoded most of, where it can tell. */
  codec?(): Promise<string | undefined>;
  /** Of its scripts; a viewer without one has none. */
  startProfile?(): Promise<StopProfile>;
  stop(): Promise<void>;
}>;

/** One program that shows the desk full-screen on the given display. */
export type Viewer = Readonly<{
  name: string;
  /**
   * Once before the first run: builds or finds what it needs. Throws with a plain sentence when it cannot run here.
   * @param names whether functions keep theirs, for a profile
   */
  prepare(names: boolean): Promise<void>;
  start(target: ViewerTarget): Promise<ViewerSession>;
}>;
