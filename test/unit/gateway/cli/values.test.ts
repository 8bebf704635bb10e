import { describe, expect, it } from 'vitest';
import { facts, localDate, localTime, table } from '#gateway/cli/outcome.ts';
import * as values from '#gateway/cli/values.ts';

describe('values of the command line', () => {
  const cases: readonly [(text: string) => unknown, readonly string[], readonly string[]][] = [
    [
      values.parseId,
      ['a', 'pc-101', 'A.b_c', 'a'.repeat(64)],
      ['', '-a', '.a', 'a b', 'a'.repeat(65), 'あ', 'a/b', 'a\n'],
    ],
    [values.parseName, ['山田 花子', 'x'.repeat(100)], ['', '  ', 'x'.repeat(101), 'a\nb', 'a\u001b[2Jb']],
    [values.parsePort, ['1', '65535'], ['0', '65536', '-1', '1.5', '0x10', '', ' 1', '1e3']],
    [
      values.parseHost,
      ['gw.example.lg.jp', 'localhost', '10.0.0.1', '::1', 'a-b'],
      ['', '-a', 'a-', 'a..b', 'a b', '1.2.3', '1.2.3.999', 'a_b', 'a/b'],
    ],
    [values.parseProtocol, ['vnc', 'rdp'], ['VNC', 'ssh', '']],
    [values.parseSecurity, ['nla', 'tls'], ['rdp', 'NLA', '']],
    [values.parseCertificate, ['a'.repeat(64), Array(32).fill('AB').join(':')], ['a'.repeat(63), 'g'.repeat(64), '']],
    [values.parseHours, ['1', '720'], ['0', '721', '-1', 'x', '']],
    [values.parseCount, ['1', '999999'], ['0', '1000000', '-1', '1.5', '']],
    [values.parseMethod, ['embedded', 'prompted'], ['email', 'Embedded', '']],
    [
      values.parseReplica,
      ['main', 'b_2-c', 'a'.repeat(32)],
      ['', '-a', '_a', 'a.b', 'a/b', '..', 'a'.repeat(33), 'a\n'],
    ],
    [values.parseChallenge, ['00000000', 'oooo-llll'.replaceAll('l', 'o')], ['', '0000000', '00000001', '0000-000u']],
    [
      values.parseDateOrNone,
      ['2027-03-31', '2028-02-29', '1999-01-01', 'none'],
      ['2027-02-29', '2027-04-31', '2027-13-01', '2027-00-01', '2027-1-1', '27-01-01', 'None', '', '2027-01-01T00:00'],
    ],
  ];
  it.each(cases)('%o', (parse, good, bad) => {
    for (const text of good) expect(() => parse(text), text).not.toThrow();
    for (const text of bad) expect(() => parse(text), text).toThrow();
  });

  it('addresses come apart and together again', () => {
    for (const text of ['10.1.2.3:5900', 'desk.test:5901', '[2001:db8::1]:5900']) {
      expect(values.formatAddress(values.parseAddress(text))).toBe(text);
    }
    for (const text of ['desk', 'desk:', ':5900', '::1:5900', 'desk:0', 'desk:99999', 'a:b:1', '[desk:1']) {
      expect(() => values.parseAddress(text), text).toThrow();
    }
  });
});

describe('dates', () => {
  it('mean the last moment of that day where the command runs, and come back as they were typed', () => {
    const end = values.parseDate('2027-03-31');
    expect(localTime(end)).toBe('2027-03-31 23:59');
    expect(localDate(end)).toBe('2027-03-31');
    expect(localDate(end + 1)).toBe('2027-04-01');
    expect(localDate(null)).toBe('-');
  });
});

describe('facts', () => {
  it('aligns names and the further lines of a value, and shows no control characters', () => {
    const lines = facts([
      ['A', 'one\ntwo'],
      ['利用者', 'x\u001by'],
    ]);
    expect(lines).toBe('  A       one\n          two\n  利用者  x?y');
  });
});

describe('table', () => {
  it('aligns wide characters and shows no control characters', () => {
    const lines = table(
      ['A', 'B'],
      [
        ['机', 'x'],
        ['ab\u001bc', 'y'],
      ],
      'none',
    ).split('\n');
    expect(lines).toEqual(['A     B', '机    x', 'ab?c  y']);
    expect(table(['A'], [], 'none')).toBe('none');
  });
});
