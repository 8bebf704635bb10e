import type { Logger } from '#contract/log/logger.ts';
import type { System } from '../system.ts';
import { watchLinux } from './linux/watch-linux.ts';
import { type StartProcess, startProcess } from './process.ts';
import type { UsbStorage } from './usb.ts';
import type { UsbTiming, Watcher } from './watcher.ts';
import { watchWindows } from './windows/watch-windows.ts';

export type UsbWatch = Readonly<{
  /** What is plugged in now, ordered by id. */
  devices(): readonly UsbStorage[];
  /** Whether it can be told now; else `devices` is what was there last, or nothing. */
  seen(): boolean;
  /** Fulfilled when it was looked for once, or cannot be. */
  ready: Promise<void>;
  stop(): void;
}>;

const usualTiming: UsbTiming = {
  rescanMs: 5_000,
  gapMs: 50,
  restartMs: 500,
  mostRestartMs: 60_000,
  silenceMs: 20_000,
};

/**
 * Watches for storage that is plugged in. It blocks nothing: that is the system's part, set at kitting.
 * @param parts.onChange hears the whole set whenever it has changed, also at the first look when something is there
 */
export function watchUsb(parts: {
  system: System;
  onChange: (devices: readonly UsbStorage[]) => void;
  log: Logger;
  start?: StartProcess;
  timing?: Partial<UsbTiming>;
}): UsbWatch {
  const { system, onChange, log, start = startProcess } = parts;
  let devices: readonly UsbStorage[] = [];
  let seen = false;

  function found(now: readonly UsbStorage[] | null): void {
    seen = now !== null;
    if (now === null) return;
    const next = [...now].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    if (JSON.stringify(next) === JSON.stringify(devices)) return;
    devices = next;
    log.info('storage that is plugged in has changed', { devices: next.map(({ kind, bound }) => ({ kind, bound })) });
    try {
      onChange(next);
    } catch (error) {
      // Whoever listens must not stop the watch.
      log.error('a change of what is plugged in could not be handled', { error });
    }
  }

  const watchers: Partial<Record<NodeJS.Platform, Watcher>> = { win32: watchWindows, linux: watchLinux };
  const watcher = watchers[system.platform];
  const timing = { ...usualTiming, ...parts.timing };
  const { ready, stop } = watcher?.({ system, found, start, timing, log }) ?? noWatcher;
  return { devices: () => devices, seen: () => seen, ready, stop };
}

const noWatcher = { ready: Promise.resolve(), stop: () => undefined };
