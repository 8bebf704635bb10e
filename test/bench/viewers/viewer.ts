import type { RdpAccount } from '../desks.ts';

/** What a viewer under test is told. */
export type ViewerTarget = Readonly<{
  /** X display without hardware, 1920×1080, no window manager. */
  display: string;
  /** The desk's server on 127.0.0.1. */
  port: number;
  /** For a desk of RDP; one of VNC asks nobody. */
  account: RdpAccount | null;
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
  stop(): Promise<void>;
}>;

/** One program that shows the desk full-screen on the given display. */
export type Viewer = Readonly<{
  name: string;
  /** Once before the first run: builds or finds what it needs. Throws with a plain sentence when it cannot run here. */
  prepare(): Promise<void>;
  start(target: ViewerTarget): Promise<ViewerSession>;
}>;
