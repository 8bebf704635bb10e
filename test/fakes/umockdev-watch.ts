import { createLogger } from '#contract/log/logger.ts';
import { openSystem } from '#main/guard/system.ts';
import { watchUsb } from '#main/guard/usb/watch.ts';

/*
 * The watcher in a process of its own, on the system as that process sees it. It prints `{"devices": […]}` at the first look
 * and for each change, and its log on standard error. `rescan` as an argument takes udevadm away from it.
 */
const [mode] = process.argv.slice(2);
const real = openSystem();
const log = createLogger({ sink: (line) => process.stderr.write(`${line}\n`), now: Date.now, context: 'usb' });
const say = (devices: unknown) => process.stdout.write(`${JSON.stringify({ devices })}\n`);

let first = false;
const watch = watchUsb({
  system: real,
  onChange: (devices) => {
    if (first) say(devices);
  },
  log,
  timing: mode === 'rescan' ? { rescanMs: 100 } : { rescanMs: 3_600_000 },
  ...(mode === 'rescan' ? { start: () => ({ stop: () => undefined }) } : {}),
});
await watch.ready;
first = true;
say(watch.devices());
