import { powershell } from '../../posture/windows/windows.ts';
import { createLineReader } from '../line-reader.ts';
import { keepRunning } from '../process.ts';
import type { Watcher } from '../watcher.ts';
import { parseRows } from './rows.ts';
import { usbScript } from './script.ts';

const longestLine = 256 * 1024;

/** UTF-16 in base64 needs no quoting on a command line; Windows allows 32 767 characters of it. */
export const usbCommand = {
  program: powershell,
  args: ['-NoProfile', '-NonInteractive', '-EncodedCommand', Buffer.from(usbScript, 'utf16le').toString('base64')],
} as const;

/** A script that stays and tells what is plugged in. What it said last holds while it is started again. */
export const watchWindows: Watcher = ({ found, start, timing, log }) => {
  let first: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    first = resolve;
  });
  const late = setTimeout(() => {
    log.warn('Windows does not tell what is plugged in');
    first();
  }, timing.silenceMs);
  const onLine = (line: string) => {
    const devices = line === '' ? null : parseRows(line);
    if (devices === null) return;
    clearTimeout(late);
    found(devices);
    first();
  };
  let read = createLineReader(longestLine, onLine);
  const on = {
    started: () => {
      // Until its first word it sees nothing, and whoever kills it time and again makes it blind.
      found(null);
      read = createLineReader(longestLine, onLine);
    },
    data: (chunk: Uint8Array) => read(chunk),
  };
  const patience = { first: timing.restartMs, most: timing.mostRestartMs, silence: timing.silenceMs };
  const script = keepRunning(usbCommand, on, { start, patience, log });
  return {
    ready,
    stop: () => {
      clearTimeout(late);
      first();
      script.stop();
    },
  };
};
