import { join } from 'node:path';
import type { System } from '../../system.ts';
import { type Command, keepRunning } from '../process.ts';
import type { Watcher } from '../watcher.ts';
import { scanLinux } from './scan.ts';
import { createUdevReader, monitorArgs } from './udev-events.ts';

const udevadm = ['/usr/bin/udevadm', '/bin/udevadm', '/sbin/udevadm'] as const;
const setpriv = '/usr/bin/setpriv';

/**
 * udev says that something has changed, sysfs says what is there: no event is ever taken for the state. A look without an
 * event every few seconds catches what was missed, and all there is to catch where udevadm is missing.
 */
export const watchLinux: Watcher = ({ system, found, start, timing, log }) => {
  let stopped = false;
  let looking = false;
  let again = false;
  let told = false;
  let timer: NodeJS.Timeout | undefined;
  let monitor: Readonly<{ stop(): void }> | undefined;

  async function look(): Promise<void> {
    again = false;
    looking = true;
    clearTimeout(timer);
    const devices = await scanLinux(system).catch((error: unknown) => {
      log.error('USB could not be looked at', { error });
      return undefined;
    });
    if (devices === null && !told) {
      told = true;
      log.warn('no USB can be seen on this system');
    }
    if (stopped) return;
    if (devices !== undefined) found(devices);
    timer = setTimeout(next, again ? timing.gapMs : timing.rescanMs);
    looking = false;
  }

  function next(): void {
    void look();
  }

  /** Many events come at once, and a device could be made to send them without end: one look at a time, and not at once. */
  function lookSoon(): void {
    if (stopped || again) return;
    again = true;
    if (looking) return;
    clearTimeout(timer);
    timer = setTimeout(next, timing.gapMs);
  }

  async function listen(): Promise<void> {
    const command = await monitorCommand(system);
    if (stopped) return;
    let read = createUdevReader(lookSoon);
    let isHeard = false;
    const on = {
      started: () => {
        // Half a block of the last one is not continued.
        read = createUdevReader(lookSoon);
        isHeard = false;
      },
      data: (chunk: Uint8Array) => {
        // Its heading: it listens from now on, and what happened before is in sysfs.
        if (!isHeard) lookSoon();
        isHeard = true;
        read(chunk);
      },
    };
    const patience = { first: timing.restartMs, most: timing.mostRestartMs, silence: null };
    monitor = keepRunning(command, on, { start, patience, log });
  }

  const ready = look();
  const listening = listen();
  listening.catch((error: unknown) => log.error('udev cannot be listened to', { error }));
  return {
    ready,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      monitor?.stop();
    },
  };
};

/** Ends with this process even when that is killed: the monitor would notice only at the next event. */
async function monitorCommand(system: System): Promise<Command> {
  const at = (path: string) => join(system.root, path);
  const there = await Promise.all([...udevadm, setpriv].map((path) => system.modified(path)));
  const program = at(udevadm.find((_, index) => there[index] !== null) ?? udevadm[0]);
  if (there.at(-1) === null) return { program, args: monitorArgs };
  return { program: at(setpriv), args: ['--pdeathsig', 'KILL', program, ...monitorArgs] };
}
