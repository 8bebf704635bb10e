import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Policy } from '#contract/policy/policy.ts';

/** Something plugged in that files could be copied to: sticks and disks, phones and cameras, memory cards. */
export type UsbStorage = Readonly<{
  /** Stays the same while it is plugged in, and is another when it is plugged in again. For comparing only. */
  id: string;
  /** What it calls itself, cleaned. Whoever made the device chose it: it is to be shown, and nothing else. */
  name: string;
  kind: 'usb' | 'uas' | 'mtp' | 'card';
  /** A driver has it, or nothing keeps programs from it: it could be used now. */
  bound: boolean;
}>;

type UsbVerdict = Readonly<Record<'notice' | 'pause' | 'end', Failure | null>>;

/**
 * What a session must bear for what is plugged in. What the system has blocked counts too: the rule is that nothing is
 * plugged in, and a block can be lifted while the session runs.
 */
export function usbVerdict(devices: readonly UsbStorage[], rule: Policy['usb']): UsbVerdict {
  const [first] = devices;
  const found: Failure | null = first
    ? { reason: 'usbStorageFound', details: { device: first.name, count: devices.length } }
    : null;
  return {
    notice: rule === 'warn' ? found : null,
    pause: rule === 'pause' ? found : null,
    end: rule === 'end' ? found : null,
  };
}
