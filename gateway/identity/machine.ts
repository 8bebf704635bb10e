import type { Machine } from '#contract/wire/messages.ts';

/**
 * Whether two sets of facts cannot be of one machine: two known UUIDs, two known serial numbers, or two lists of
 * addresses without a common one. What a machine does not tell is no difference.
 */
export function differentMachine(one: Machine, other: Machine): boolean {
  return (
    differ(one.uuid, other.uuid) ||
    differ(one.serial, other.serial) ||
    (one.macs.length > 0 && other.macs.length > 0 && !one.macs.some((mac) => other.macs.includes(mac)))
  );
}

/** The newer facts; where they are silent, what was known before: or silence would wipe out the traces of a change. */
export function mergeMachine(before: Machine | null, now: Machine): Machine {
  return {
    uuid: now.uuid ?? before?.uuid ?? null,
    serial: now.serial ?? before?.serial ?? null,
    macs: now.macs.length > 0 ? now.macs : (before?.macs ?? []),
  };
}

function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}
