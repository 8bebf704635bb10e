import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Rules } from '#contract/policy/policy.ts';
import { type RuleName, ruleNames } from '#contract/policy/rules.ts';
import { originText, valueText } from '#gateway/policy/words.ts';

const office = [{ from: '08:30', to: '17:15' }];
const split = [
  { from: '08:30', to: '12:00' },
  { from: '13:00', to: '17:00' },
];
const hours = {
  ...{ offset: 540, holidays: ['2026-12-29', '2026-12-30'], extra: [{ date: '2026-12-28', windows: [] }] },
  week: { mon: office, tue: office, wed: split, thu: office, fri: office, sun: office },
};

describe('a value in plain words', () => {
  it.each(ruleNames)('exists in both languages for the default of %s', (name) => {
    const [ja, en] = (['ja', 'en'] as const).map((lang) => valueText(name, defaultPolicy[name], lang));
    expect(ja).toBeTruthy();
    expect(en).toBeTruthy();
    // A value that is words is no raw JSON.
    for (const text of [ja, en]) expect(text).not.toMatch(/[{}]|undefined|null|object/);
  });

  it.each<[RuleName, Rules[RuleName], string, string]>([
    ['idleSeconds', 1800, '30分', '30 minutes'],
    ['idleSeconds', 90, '90秒', '90 seconds'],
    ['sessionSeconds', 3600, '1時間', '1 hour'],
    ['offlineDays', 1, '1日', '1 day'],
    ['offlineDays', 0.5, '0.5日', '0.5 days'],
    ['minimumVersion', '0.0.0', 'すべての版', 'any'],
    ['minimumVersion', '1.2.0', '1.2.0以上', '1.2.0 or newer'],
    ['usb', 'end', '接続を終える', 'ends the session'],
    ['closedPath', 'ignore', '見ない', 'not looked at'],
    ['firewall', { action: 'warn', graceDays: 3 }, '知らせるだけ', 'only said'],
    ['firewall', { action: 'refuse', graceDays: 0 }, '必要', 'needed'],
    ['firewall', { action: 'refuse', graceDays: 1 }, '必要（猶予1日）', 'needed, 1 day of grace'],
    ['networks', null, 'どこからでも', 'any'],
    ['networks', [], 'なし', 'none'],
    ['refusedDeskClasses', ['my-number', 'tax'], 'my-number、tax', 'my-number, tax'],
    [
      ...(['hours', hours] as const),
      '月-火 08:30-17:15、水 08:30-12:00 13:00-17:00、木-金 08:30-17:15、日 08:30-17:15（UTC+9）、休み2日、別の日1日',
      'Mon-Tue 08:30-17:15, Wed 08:30-12:00 13:00-17:00, Thu-Fri 08:30-17:15, Sun 08:30-17:15 (UTC+9), 2 days off, 1 special day',
    ],
    ['hours', { offset: -210, week: {}, holidays: [], extra: [] }, '休みのみ（UTC-3:30）', 'never (UTC-3:30)'],
    ['usb', undefined, 'ここでは決めない', 'not decided here'],
  ])('%s %j', (name, value, ja, en) => {
    expect([valueText(name, value, 'ja'), valueText(name, value, 'en')]).toEqual([ja, en]);
  });
});

it('who has decided is said in plain words', () => {
  const all = ['default', 'file', 'site', 'group:night', 'user', 'device', 'kitting'];
  expect(new Set(all.map((origin) => originText(origin, 'ja'))).size).toBe(all.length);
  expect(originText('group:night', 'ja')).toBe('グループ「night」');
  expect(originText('group:night', 'en')).toBe('group "night"');
  expect(originText('default', 'en')).toBe('Hanare’s default');
});
