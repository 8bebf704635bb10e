/** When a season begins, the same way each year: the `week`th such weekday of the month (5: the last), on the wall's clock. */
export type SeasonStart = Readonly<{ month: number; dayOfWeek: number; week: number; hour: number; minute: number }>;

/** What TS_TIME_ZONE_INFORMATION (MS-RDPBCGR 2.2.1.11.1.1.1.1) tells. Biases are minutes that are added to get to UTC. */
export type TimeZone = Readonly<{
  bias: number;
  standard: Readonly<{ name: string; starts: SeasonStart | null; bias: number }>;
  daylight: Readonly<{ name: string; starts: SeasonStart | null; bias: number }>;
  /** The name of Windows' own table of time zones, where it is known. */
  key: string | null;
}>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const minuteMs = 60_000;

/** Windows names zones in its own way. Those of the offices are enough: others are described by their rules. */
const windowsKeys: Readonly<Record<string, string>> = {
  'Asia/Tokyo': 'Tokyo Standard Time',
  'Etc/UTC': 'UTC',
  UTC: 'UTC',
};

/** @param now ms since 1970 @param zone IANA's name */
export function describeTimeZone(now: number, zone: string): TimeZone {
  const offsets = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const names = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'long' });
  const shown = (format: Intl.DateTimeFormat, at: number) =>
    format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const biasAt = (at: number): number => {
    const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)/.exec(shown(offsets, at)) ?? [];
    const minutesEast = Number(hours) * 60 + Number(minutes);
    return minutesEast === 0 || sign === '-' ? minutesEast : -minutesEast;
  };
  const key = windowsKeys[zone] ?? null;
  const [first, second, ...more] = changes(new Date(now).getUTCFullYear(), biasAt);
  // A zone that gives up its summer time this year, or has more seasons than two, is what it is today.
  if (!first || !second || more.length > 0 || first.after !== second.before || first.before !== second.after) {
    const name = key ?? shown(names, now);
    const bias = biasAt(now);
    return { bias, standard: { name, starts: null, bias: 0 }, daylight: { name, starts: null, bias: 0 }, key };
  }
  const [toStandard, toDaylight] = first.after > first.before ? [first, second] : [second, first];
  return {
    bias: toStandard.after,
    standard: { name: shown(names, toStandard.at), starts: seasonStart(toStandard), bias: 0 },
    daylight: {
      name: shown(names, toDaylight.at),
      starts: seasonStart(toDaylight),
      bias: toDaylight.after - toStandard.after,
    },
    key,
  };
}

/** That of this laptop. */
export const ownTimeZone = (now: number): TimeZone =>
  describeTimeZone(now, Intl.DateTimeFormat().resolvedOptions().timeZone);

type Change = Readonly<{ at: number; before: number; after: number }>;

function changes(year: number, biasAt: (at: number) => number): readonly Change[] {
  const found: Change[] = [];
  const end = Date.UTC(year + 1, 0, 1);
  for (let day = Date.UTC(year, 0, 1); day < end; day += dayMs) {
    const [before, after] = [biasAt(day), biasAt(day + dayMs)];
    if (before === after) continue;
    let [low, high] = [day, day + dayMs];
    while (high - low > minuteMs) {
      const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
      if (biasAt(middle) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high, before, after });
  }
  return found;
}

function seasonStart({ at, before }: Change): SeasonStart {
  const wall = new Date(at - before * minuteMs);
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return {
    month: month + 1,
    dayOfWeek: wall.getUTCDay(),
    week: day + 7 > daysInMonth ? 5 : Math.ceil(day / 7),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
  };
}
