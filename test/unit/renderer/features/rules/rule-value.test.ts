import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import type { Language } from '#contract/errors/entry.ts';
import { defaultPolicy, type Rules } from '#contract/policy/policy.ts';
import { type RuleName, ruleNames } from '#contract/policy/rules.ts';
import { messages } from '#renderer/app/text.ts';
import { type Say, sayDays, sayLength, sayValue } from '#renderer/features/rules/rule-value.ts';

const sayIn = (language: Language): Say => {
  const intl = createIntl({ locale: language, messages: messages[language] });
  return { language, text: (id, values) => intl.formatMessage({ id }, values) };
};
const [ja, en] = [sayIn('ja'), sayIn('en')];
const networks = Array.from({ length: 9 }, (_, n) => `10.${n}.0.0/16`);

const cases: readonly (readonly [Rules, readonly string[], readonly string[]])[] = [
  [{ idleSeconds: 1800 }, ['30分'], ['30 minutes']],
  [{ sessionSeconds: 86_400 }, ['24時間'], ['24 hours']],
  [{ sessionSeconds: 5400 }, ['1時間30分'], ['1 hour 30 minutes']],
  [{ warnSeconds: 1 }, ['1秒'], ['1 second']],
  [{ offlineDays: 30 }, ['30日'], ['30 days']],
  [{ offlineDays: 0.5 }, ['12時間'], ['12 hours']],
  [{ antivirusDays: 7 }, ['7日以内'], ['At most 7 days']],
  [{ pinMinimum: 8 }, ['8文字以上'], ['At least 8 characters']],
  [{ minimumVersion: '0.0.0' }, ['どの版でも使えます'], ['Any version']],
  [{ minimumVersion: '1.10.0' }, ['1.10.0 以降'], ['1.10.0 or newer']],
  [{ usb: 'end' }, ['接続を終えます'], ['The session ends']],
  [{ capture: 'pause' }, ['写せるときは画面を隠します'], ['The picture is hidden when it could be copied']],
  [{ watermark: false }, ['出しません'], ['None']],
  [{ audio: false }, ['聞こえません'], ['Not heard']],
  [{ audio: true }, ['聞こえます'], ['Heard']],
  [{ closedPath: 'refuse' }, ['通じる間はつながりません'], ['No connection while something gets out']],
  [{ firewall: { action: 'ignore', graceDays: 0 } }, ['求めません'], ['Not asked for']],
  [{ firewall: { action: 'warn', graceDays: 3 } }, ['満たさないときは知らせます'], ['You are told when it is missing']],
  [{ firewall: { action: 'refuse', graceDays: 0 } }, ['満たさないとつながりません'], ['No connection without it']],
  [
    { firewall: { action: 'refuse', graceDays: 7 } },
    ['満たさないとつながりません（7日の猶予）'],
    ['No connection without it (7 days of grace)'],
  ],
  [{ hours: null }, ['いつでも使えます'], ['At any time']],
  [{ networks: null }, ['どの回線からでもつなげます'], ['Any network']],
  [{ networks }, [...networks.slice(0, 6), 'ほか3件'], [...networks.slice(0, 6), 'and 3 more']],
  [{ refusedDeskClasses: [] }, ['ありません'], ['None']],
  [
    { refusedDeskClasses: ['my-number', 'lgwan'] },
    ['マイナンバーを扱う庁内パソコン', 'lgwan'],
    ['Office PCs that handle My Number', 'lgwan'],
  ],
];

describe('the value of a rule', () => {
  it.each(cases)('%j is said as %j', (rules, inJa, inEn) => {
    const [name, value] = Object.entries(rules)[0] as [RuleName, unknown];
    expect(sayValue({ name, value }, ja)).toEqual(inJa);
    expect(sayValue({ name, value }, en)).toEqual(inEn);
  });

  it.each(ruleNames)('of %s is said in words by default, in both languages', (name) => {
    for (const say of [ja, en]) {
      const said = sayValue({ name, value: defaultPolicy[name] }, say);
      expect(said.length).toBeGreaterThan(0);
      expect(said.join()).not.toMatch(/[{}[\]]|undefined|null|NaN/);
    }
  });

  it.each([
    ['of another kind', { name: 'idleSeconds', value: '30' }],
    ['that this version does not know', { name: 'usb', value: 'melt' }],
    ['that is missing', { name: 'hours', value: undefined }],
  ] as const)('%s is not guessed at', (_, rule) => {
    expect(sayValue(rule, ja)).toEqual(['この版のアプリでは読めない値です']);
  });
});

describe('a length of time', () => {
  it('of nothing is still said', () => {
    expect(sayLength(0, ja)).toBe('0秒');
    expect(sayDays(0, ja)).toBe('0日');
  });

  it('in days keeps a half', () => {
    expect(sayDays(1.5, en)).toBe('1.5 days');
  });
});
