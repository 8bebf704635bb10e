// @vitest-environment happy-dom
import { render } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Language } from '#contract/errors/entry.ts';
import { hoursSchema } from '#contract/policy/hours.ts';
import { messages } from '#renderer/app/text.ts';
import { HoursTable } from '#renderer/features/rules/hours-table.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const office = [{ from: '08:30', to: '17:15' }];
const workdays = { mon: office, tue: office, wed: office, thu: office, fri: office };
/** The evening before 22 November in Japan, still the 21st in London. */
const now = Date.UTC(2026, 10, 21, 16);

function table(hours: v.InferInput<typeof hoursSchema>, language: Language = 'ja') {
  render(
    <IntlProvider locale={language} messages={messages[language]}>
      <HoursTable hours={v.parse(hoursSchema, hours)} now={now} />
    </IntlProvider>,
  );
  const rows = [...document.querySelectorAll('tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  return { rows, caption: document.querySelector('caption')?.textContent };
}

describe('the table of hours', () => {
  it('puts days that are alike into one row, Monday first, and says which clock', () => {
    const { rows, caption } = table({ week: workdays });
    expect(rows).toEqual([
      ['月〜金', '08:30–17:15'],
      ['土・日', '使えません'],
    ]);
    expect(caption).toBe('日本時間');
  });

  it('keeps days apart that differ, with all their hours', () => {
    const two = [
      { from: '08:30', to: '12:00' },
      { from: '13:00', to: '17:15' },
    ];
    expect(table({ week: { ...workdays, wed: two } }, 'en').rows).toEqual([
      ['Mon, Tue', '08:30–17:15'],
      ['Wed', '08:30–12:00, 13:00–17:15'],
      ['Thu, Fri', '08:30–17:15'],
      ['Sat, Sun', 'Closed'],
    ]);
  });

  it('names days off and single days that are still to come, with the year where it is another', () => {
    const { rows } = table({
      week: workdays,
      holidays: ['2027-01-01', '2026-11-21', '2026-11-23'],
      extra: [
        { date: '2026-11-22', windows: office },
        { date: '2026-11-20', windows: office },
      ],
    });
    expect(rows.slice(2)).toEqual([
      ['11月22日(日)だけ', '08:30–17:15'],
      ['休みの日', '11月23日(月)、2027年1月1日(金)'],
    ]);
  });

  it('does not become a calendar', () => {
    const holidays = Array.from({ length: 12 }, (_, n) => `2026-12-${String(n + 1).padStart(2, '0')}`);
    const line = table({ week: workdays, holidays }).rows.at(-1)?.[1];
    expect(line?.match(/月/g)).toHaveLength(8 + 1);
    expect(line).toContain('ほか4日');
  });

  it('says another clock than Japan’s by its distance', () => {
    expect(table({ week: workdays, offset: -210 }).caption).toBe('協定世界時 −03:30');
  });
});
