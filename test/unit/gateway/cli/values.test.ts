import { describe, expect, it } from 'vitest';
import { table } from '#gateway/cli/outcome.ts';
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
    [values.parseProtocol, ['vnc'], ['rdp', 'VNC', '']],
    [values.parseDays, ['1', '3650'], ['0', '3651', '-1', 'x', '']],
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
