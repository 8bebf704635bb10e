/** Wrong codes within the last minute, of one address and of all, before no more are looked at. */
export const enrolTries = { windowMs: 60_000, perAddress: 10, overall: 60 } as const;

export type Tries = Readonly<{
  /** Whether another code may be looked at now. */
  allowed: (address: string) => boolean;
  failed: (address: string) => void;
}>;

/** Counts in this process's memory, which `overall` bounds. @param now milliseconds. */
export function createTries(now: () => number): Tries {
  let recent: { address: string; at: number }[] = [];
  return {
    allowed: (address) => {
      const since = now() - enrolTries.windowMs;
      recent = recent.filter(({ at }) => at > since);
      const own = recent.filter((item) => item.address === address).length;
      return own < enrolTries.perAddress && recent.length < enrolTries.overall;
    },
    failed: (address) => void recent.push({ address, at: now() }),
  };
}
