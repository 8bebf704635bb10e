import { createLineReader } from '../line-reader.ts';

/** What `udevadm monitor --property` says of one event; all else it says is the device's own word, and is not used. */
export type UdevEvent = Readonly<{ action: string; subsystem: string }>;

const longestLine = 4_096;
const subsystems = ['usb', 'block', 'mmc', 'memstick'] as const;
/** Only what udev is through with: before that, its rules have not shut the device yet. */
export const monitorArgs = ['monitor', '--udev', '--property', ...subsystems.flatMap((name) => ['-s', name])] as const;

/**
 * Reads the monitor's output: a line of its own, then `KEY=value` lines, then an empty one. Where a key comes twice the last
 * one counts; a block without an action or of another subsystem is no event.
 */
export function createUdevReader(onEvent: (event: UdevEvent) => void): (chunk: Uint8Array) => void {
  let action = '';
  let subsystem = '';
  return createLineReader(longestLine, (line) => {
    if (line === '') {
      if (action && subsystems.some((name) => name === subsystem)) onEvent({ action, subsystem });
      action = '';
      subsystem = '';
    } else {
      action = /^ACTION=([a-z]{1,16})$/.exec(line)?.[1] ?? action;
      subsystem = /^SUBSYSTEM=([a-z_]{1,32})$/.exec(line)?.[1] ?? subsystem;
    }
  });
}
