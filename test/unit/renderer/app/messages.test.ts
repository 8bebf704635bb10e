import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { en } from '#renderer/app/messages/en.ts';
import { ja, type MessageId } from '#renderer/app/messages/ja.ts';

const ids = Object.keys(ja) as MessageId[];
const longestSentence = 50;

/** Argument names and tags of an ICU message, sorted. What stands inside a plural's branch is no name. */
function placeholders(message: string): string[] {
  const found = [...message.matchAll(/\{(\w+)[,}]|<(\w+)>/g)].map(([, name, tag]) => name ?? `<${tag}>`);
  return [...new Set(found)].sort();
}

const values: Readonly<Record<string, unknown>> = {
  name: '名前',
  problem: '問題',
  seconds: 1.25,
  ms: 24,
  minutes: 1,
  time: '58 s',
  count: 1,
  left: 1,
  minimum: 6,
  step: 1,
  office: 'enrol.example:8443',
  site: '市役所',
  label: '017',
  date: '2027',
  length: '7日',
  version: '1.0.0',
  first: '月',
  last: '金',
  day: '11月28日',
  offset: '+09:00',
  desk: (chunks: unknown) => `[${chunks}]`,
};

describe('the message tables', () => {
  it('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual([...ids].sort());
  });

  it.each(ids)('%s has the same placeholders in both languages', (id) => {
    expect(placeholders(en[id])).toEqual(placeholders(ja[id]));
  });

  it.each([
    ['ja', ja],
    ['en', en],
  ])('%s formats whole, with nothing left open', (locale, messages) => {
    const problems: unknown[] = [];
    const intl = createIntl({ locale, messages, onError: (error) => problems.push(error) });
    for (const id of ids) {
      const shown = String(intl.formatMessage({ id }, values as Record<string, string>));
      expect(shown.trim(), id).not.toBe('');
      expect(shown, id).not.toMatch(/[{}<>]|undefined/);
    }
    expect(problems).toEqual([]);
  });

  it('keep Japanese sentences short', () => {
    for (const id of ids) {
      for (const sentence of ja[id].replace(/<\/?\w+>/g, '').split('。')) {
        expect([...sentence].length, `${id}: ${sentence}`).toBeLessThanOrEqual(longestSentence);
      }
    }
  });

  it('are in Japanese and in English', () => {
    const withoutNames = (text: string) => text.replace('半角/全角', '');
    for (const id of ids) expect(withoutNames(en[id]), id).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  });
});
