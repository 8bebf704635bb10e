const hourMs = 3_600_000;

/**
 * Lets only so much of one laptop's talk into the audit log.
 * @returns of each call `yes`, once an hour `last` (to be written down as what it is: the log says no more), else `no`.
 */
export function createHourly(most: number, monotonic: () => number): (device: string) => 'yes' | 'last' | 'no' {
  const counts = new Map<string, { since: number; count: number }>();
  return (device) => {
    const now = monotonic();
    let entry = counts.get(device);
    if (entry === undefined || now - entry.since >= hourMs) {
      entry = { since: now, count: 0 };
      counts.set(device, entry);
    }
    entry.count += 1;
    if (entry.count <= most) return 'yes';
    return entry.count === most + 1 ? 'last' : 'no';
  };
}
