import * as v from 'valibot';

/**
 * When telework is allowed: weekly hours of one time zone without summer time, with days off and extra days. A day's
 * windows never cross midnight; work through the night is two windows.
 */
const clock = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/));
const date = v.pipe(v.string(), v.isoDate());
const window = v.pipe(
  v.strictObject({ from: clock, to: clock }),
  v.check(({ from, to }) => from < to, 'a window ends after it begins'),
);
const windows = v.pipe(v.array(window), v.maxLength(4));

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export const hoursSchema = v.strictObject({
  /** Minutes east of UTC; Japan is 540. */
  offset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-720), v.maxValue(840)), 540),
  /** A weekday that is not named is closed. */
  week: v.strictObject({
    sun: v.optional(windows),
    mon: v.optional(windows),
    tue: v.optional(windows),
    wed: v.optional(windows),
    thu: v.optional(windows),
    fri: v.optional(windows),
    sat: v.optional(windows),
  }),
  /** Closed whatever the weekday says. `2026-12-29` */
  holidays: v.optional(v.pipe(v.array(date), v.maxLength(120)), []),
  /** Instead of the weekday's windows, and also on a holiday. */
  extra: v.optional(v.pipe(v.array(v.strictObject({ date, windows })), v.maxLength(60)), []),
});
export type Hours = Readonly<v.InferOutput<typeof hoursSchema>>;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How far ahead the next opening is looked for. */
const mostDays = 60;

/**
 * Whether a moment lies within the hours. @param at ms since 1970.
 * @returns `closes`: when the hours end that are open now, windows that touch taken together; `opens`: when the next begin,
 *   null when none do within sixty days. ms since 1970.
 */
export function judgeHours(
  hours: Hours,
  at: number,
): Readonly<{ open: true; closes: number } | { open: false; opens: number | null }> {
  const today = Math.floor((at + hours.offset * minuteMs) / dayMs);
  // From yesterday would add nothing: no window crosses midnight.
  const spans = Array.from({ length: mostDays + 1 }, (_, index) => spansOf(hours, today + index)).flat();
  const now = spans.findIndex(({ from, to }) => from <= at && at < to);
  if (now < 0) return { open: false, opens: spans.find(({ from }) => from > at)?.from ?? null };
  let closes = spans[now]!.to;
  for (const { from, to } of spans.slice(now + 1)) if (from <= closes) closes = Math.max(closes, to);
  return { open: true, closes };
}

/** @param day days since 1970 in the hours' own zone. @returns in order, ms since 1970. */
function spansOf({ offset, week, holidays, extra }: Hours, day: number): { from: number; to: number }[] {
  const start = day * dayMs - offset * minuteMs;
  const name = new Date(day * dayMs).toISOString().slice(0, 10);
  const usual = holidays.includes(name) ? [] : (week[weekdays[(day + 4) % 7]!] ?? []);
  const windows = extra.find((item) => item.date === name)?.windows ?? usual;
  return windows
    .map(({ from, to }) => ({ from: start + minutesOf(from) * minuteMs, to: start + minutesOf(to) * minuteMs }))
    .toSorted((one, other) => one.from - other.from);
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return hours! * 60 + minutes!;
}
