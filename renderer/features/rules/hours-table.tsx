import { type Hours, weekdays } from '#contract/policy/hours.ts';
import { useText } from '../../app/text.ts';

type Windows = readonly Readonly<{ from: string; to: string }>[];
type Row = { first: number; last: number; windows: Windows };

/** A week begins on Monday at work. */
const week = [1, 2, 3, 4, 5, 6, 0] as const;
/** More days off than this are a calendar, not a line. */
const mostDays = 8;
const japan = 540;
/** A Sunday; the days after it give the names of the week. */
const someSunday = Date.UTC(2026, 0, 4);
const dayMs = 24 * 3_600_000;

/** The hours of use: days that are alike in one row, then days off and single days that are still to come. */
export function HoursTable({ hours, now = Date.now() }: Readonly<{ hours: Hours; now?: number }>) {
  const { text, language } = useText();
  const weekday = (day: number) => format(language, someSunday + day * dayMs, { weekday: 'short' });
  const comma = language === 'ja' ? '、' : '; ';
  const days = ({ first, last }: Row) => {
    const names = week.slice(first, last + 1).map(weekday);
    if (names.length <= 2) return names.join(language === 'ja' ? '・' : ', ');
    return text('hours.from', { first: names[0]!, last: names.at(-1)! });
  };
  const times = (windows: Windows) =>
    windows.length === 0 ? text('hours.closed') : windows.map(({ from, to }) => `${from}–${to}`).join(', ');
  // What counts as today, the clock of the hours says.
  const today = new Date(now + hours.offset * 60_000).toISOString().slice(0, 10);
  const date = (name: string) =>
    format(language, Date.parse(name), {
      ...(name.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' }),
      month: language === 'ja' ? 'long' : 'short',
      day: 'numeric',
      weekday: 'short',
    });
  const off = hours.holidays.filter((name) => name >= today).toSorted();
  const extra = hours.extra
    .filter(({ date: name }) => name >= today)
    .toSorted((one, other) => (one.date < other.date ? -1 : 1));
  return (
    <table className="hours">
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{text('hours.days')}</th>
          <th scope="col">{text('hours.times')}</th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(hours.week).map((row) => (
          <tr key={row.first}>
            <th scope="row">{days(row)}</th>
            <td className={row.windows.length === 0 ? 'hours__closed' : undefined}>{times(row.windows)}</td>
          </tr>
        ))}
        {extra.map((day) => (
          <tr key={day.date}>
            <th scope="row">{text('hours.extra', { day: date(day.date) })}</th>
            <td>{times(day.windows)}</td>
          </tr>
        ))}
        {off.length === 0 ? null : (
          <tr>
            <th scope="row">{text('hours.holidays')}</th>
            <td>
              {off.slice(0, mostDays).map((name, index) => (
                <span key={name}>
                  {index === 0 ? null : comma}
                  <span className="hours__date">{date(name)}</span>
                </span>
              ))}
              {off.length > mostDays ? ` ${text('hours.more', { count: off.length - mostDays })}` : null}
            </td>
          </tr>
        )}
      </tbody>
      <caption>
        {hours.offset === japan ? text('hours.japan') : text('hours.offset', { offset: sayOffset(hours.offset) })}
      </caption>
    </table>
  );
}

function rowsOf(given: Hours['week']): readonly Row[] {
  const rows: Row[] = [];
  week.forEach((day, index) => {
    const windows = given[weekdays[day]!] ?? [];
    const last = rows.at(-1);
    if (last && JSON.stringify(last.windows) === JSON.stringify(windows)) last.last = index;
    else rows.push({ first: index, last: index, windows });
  });
  return rows;
}

function format(locale: string, at: number, how: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...how, timeZone: 'UTC' }).format(at);
}

function sayOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
