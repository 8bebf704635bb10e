import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Rules } from '#contract/policy/policy.ts';
import { judgeRules, readRulesText, withRule } from '#gateway/policy/check.ts';

const problemsIn = (value: unknown): string[] => {
  const judged = judgeRules(value);
  return 'problems' in judged ? judged.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};
const week = (from: string, to: string) => ({ week: { mon: [{ from, to }] } });

describe('rules as an administrator writes them', () => {
  it('are taken when they are in order', () => {
    const { version, ...rules } = defaultPolicy;
    expect(judgeRules(rules)).toEqual({ rules });
    expect(readRulesText('{}')).toEqual({ rules: {} });
    expect(readRulesText('{"hours": {"week": {"mon": [{"from": "08:30", "to": "24:00"}]}}}')).toEqual({
      rules: { hours: { offset: 540, week: { mon: [{ from: '08:30', to: '24:00' }] }, holidays: [], extra: [] } },
    });
  });

  it.each<[unknown, string[]]>([
    [{ usbs: 'end' }, ['usbs: There is no such rule.']],
    [{ USB: 'end' }, ['USB: There is no such rule; "usb" is meant.']],
    [{ version: 2 }, ['version: The version grows by itself; leave it out.']],
    [{ usb: 'maybe' }, ['usb: It must be one of warn, pause, end; it is "maybe".']],
    [{ watermark: 'yes' }, ['watermark: It must be true or false; it is "yes".']],
    [{ pinMinimum: '8' }, ['pinMinimum: It must be a number; it is "8".']],
    [{ pinMinimum: 4 }, ['pinMinimum: It must be at least 6; it is 4.']],
    [{ warnSeconds: 1.5 }, ['warnSeconds: It must be a whole number; it is 1.5.']],
    [{ offlineDays: 9999 }, ['offlineDays: It must be at most 3650; it is 9999.']],
    [{ minimumVersion: '1.2' }, ['minimumVersion: It must be a version like 1.2.3; it is "1.2".']],
    [{ firewall: 'warn' }, ['firewall: It must be an object, like {"action": "warn", "graceDays": 0}; it is "warn".']],
    [{ firewall: { action: 'warn' } }, ['firewall.graceDays: This is missing.']],
    [{ firewall: { action: 'warn', graceDays: 0, days: 1 } }, ['firewall.days: This is not known here.']],
    [{ networks: ['10.0.0.1'] }, ['networks.0: It must be a network like 10.1.0.0/16; it is "10.0.0.1".']],
    [{ networks: '10.0.0.0/8' }, ['networks: It must be a list; it is "10.0.0.0/8".']],
    [
      { networks: ['10.0.0.0/8', '10.0.0.0/33', '300.1.1.1/8', 'fe80::/64', '::/129'] },
      [
        'networks.1: There is no network "10.0.0.0/33".',
        'networks.2: There is no network "300.1.1.1/8".',
        'networks.4: There is no network "::/129".',
      ],
    ],
    [{ networks: Array(65).fill('10.0.0.0/8') }, ['networks: It may have at most 64 entries; it has 65.']],
    [
      { refusedDeskClasses: ['My Number'] },
      ['refusedDeskClasses.0: It must be 1 to 32 small letters, digits or "-"; it is "My Number".'],
    ],
    [{ hours: week('9:00', '17:00') }, ['hours.week.mon.0.from: It must be a time like 09:00; it is "9:00".']],
    [{ hours: week('09:00', '25:00') }, ['hours.week.mon.0.to: It must be a time like 17:30; it is "25:00".']],
    [{ hours: week('18:00', '09:00') }, ['hours.week.mon.0: It must end after it begins.']],
    [{ hours: { week: { monday: [] } } }, ['hours.week.monday: This is not known here.']],
    [
      { hours: { week: {}, holidays: ['12/29'] } },
      ['hours.holidays.0: It must be a date like 2026-12-29; it is "12/29".'],
    ],
    [{ hours: {} }, ['hours.week: This is missing.']],
    [{ hours: 'office' }, ['hours: It must be an object; it is "office".']],
    [
      { usb: 'maybe', idleSeconds: 1 },
      ['idleSeconds: It must be at least 5; it is 1.', 'usb: It must be one of warn, pause, end; it is "maybe".'],
    ],
    [[], [': It must be an object with rules, like {"usb": "end"}.']],
    [null, [': It must be an object with rules, like {"usb": "end"}.']],
  ])('are told from what is wrong: %j', (value, problems) => {
    expect(problemsIn(value)).toEqual(problems);
  });

  it('are told from what is no JSON', () => {
    expect(readRulesText('{usb: end}')).toEqual({
      problems: [{ path: '', message: expect.stringMatching(/^It cannot be read as JSON: .+\.$/) }],
    });
  });
});

describe('one rule, typed at a shell', () => {
  const before: Rules = { usb: 'warn', pinMinimum: 8 };
  const one = (text: string) => {
    const judged = withRule({}, text);
    return 'rules' in judged ? judged.rules : judged.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  it('leaves the others as they are', () => {
    expect(withRule(before, 'usb=end')).toEqual({ rules: { usb: 'end', pinMinimum: 8 } });
    expect(withRule(before, 'watermark=false')).toEqual({ rules: { ...before, watermark: false } });
    expect(before).toEqual({ usb: 'warn', pinMinimum: 8 });
  });

  it('is decided no more when nothing follows the sign', () => {
    expect(withRule(before, 'usb=')).toEqual({ rules: { pinMinimum: 8 } });
    expect(withRule(before, 'watermark=')).toEqual({ rules: before });
  });

  it.each<[string, unknown]>([
    ['idleSeconds=600', { idleSeconds: 600 }],
    ['minimumVersion=1.2.3', { minimumVersion: '1.2.3' }],
    ['hours=null', { hours: null }],
    ['firewall=warn', { firewall: { action: 'warn', graceDays: 0 } }],
    ['firewall=refuse:14', { firewall: { action: 'refuse', graceDays: 14 } }],
    ['firewall={"action":"ignore","graceDays":1}', { firewall: { action: 'ignore', graceDays: 1 } }],
    ['closedPath=refuse', { closedPath: 'refuse' }],
    ['networks=10.1.0.0/16, 192.0.2.0/24', { networks: ['10.1.0.0/16', '192.0.2.0/24'] }],
    ['networks=["10.1.0.0/16"]', { networks: ['10.1.0.0/16'] }],
    ['refusedDeskClasses=my-number,tax', { refusedDeskClasses: ['my-number', 'tax'] }],
    ['refusedDeskClasses=[]', { refusedDeskClasses: [] }],
    ['usb', ['usb: Give it as usb=value.']],
    ['usbs=end', ['usbs: There is no such rule.']],
    ['toString=1', ['toString: There is no such rule.']],
    ['usb=maybe', ['usb: It must be one of warn, pause, end; it is "maybe".']],
    ['pinMinimum=3', ['pinMinimum: It must be at least 6; it is 3.']],
    ['networks=10.0.0.0/40', [expect.stringMatching(/^networks/)]],
  ])('is read as it was meant: %s', (text, expected) => {
    expect(one(text)).toEqual(expected);
  });
});
