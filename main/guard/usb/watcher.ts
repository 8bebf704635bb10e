import type { Logger } from '#contract/log/logger.ts';
import type { System } from '../system.ts';
import type { StartProcess } from './process.ts';
import type { UsbStorage } from './usb.ts';

/** ms */
export type UsbTiming = Readonly<{
  /** Between two looks when nothing happens (Linux; on Windows the script has its own rhythm). */
  rescanMs: number;
  /** Least between two looks when much happens. */
  gapMs: number;
  /** Before a program that has ended is started again; doubled each time. */
  restartMs: number;
  mostRestartMs: number;
  /** Longest that the script may be silent, and that `ready` waits for its first word (Windows). */
  silenceMs: number;
}>;

/** Looks at one kind of system, and says what it has found each time. */
export type Watcher = (parts: {
  system: System;
  /** Null: it cannot be seen now. */
  found(devices: readonly UsbStorage[] | null): void;
  start: StartProcess;
  timing: UsbTiming;
  log: Logger;
}) => Readonly<{ ready: Promise<void>; stop(): void }>;
