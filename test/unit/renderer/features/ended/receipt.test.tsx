// @vitest-environment happy-dom
import { render } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { describe, expect, it } from 'vitest';
import type { Language } from '#contract/errors/entry.ts';
import type { Receipt } from '#contract/ipc/state.ts';
import { messages } from '#renderer/app/text.ts';
import { ReceiptNote, type ReceiptNoteProps } from '#renderer/features/ended/receipt.tsx';
import { fakeReceipt } from '#test/fakes/fake-rules.ts';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

function note(receipt: ReceiptNoteProps['receipt'], language: Language = 'ja'): string {
  render(
    <IntlProvider locale={language} messages={messages[language]} timeZone="Asia/Tokyo">
      <ReceiptNote receipt={receipt} />
    </IntlProvider>,
  );
  return document.querySelector('[role=status]')?.textContent ?? '';
}
const found = (more: Partial<Receipt> = {}): Receipt => ({
  ...fakeReceipt,
  clean: false,
  found: [{ place: 'temp', what: 'hanare-1.tmp', removed: true }],
  ...more,
});

describe('the receipt', () => {
  it('confirms quietly, with when, how much was looked at, and where it is kept', () => {
    const said = note(fakeReceipt);
    expect(said).toContain('この接続の情報は、この端末に何も残っていません。');
    expect(said).toContain('11月22日 12:04に41個のファイルを確かめました。');
    expect(said).toContain('庁内に記録しました。');
    expect(document.querySelector('.receipt__doubt')).toBeNull();
  });

  it('says that the office has yet to write it down', () => {
    expect(note({ ...fakeReceipt, kept: 'laptop' })).toContain('次につないだときに、庁内に記録します。');
  });

  it('says what was found where, and that it is gone', () => {
    const said = note(found());
    for (const part of ['端末に残っていたものがありました。', 'すべて消しました。', '一時フォルダー', 'hanare-1.tmp']) {
      expect(said).toContain(part);
    }
    expect(said).toContain('窓口へご連絡ください。');
    expect(said).not.toContain('何も残っていません');
  });

  it('does not claim that all is gone when something is not', () => {
    const said = note(
      found({
        found: [
          { place: 'temp', what: 'a.tmp', removed: true },
          { place: 'crash', what: 'core.1', removed: false },
        ],
      }),
    );
    expect(said).not.toContain('すべて消しました');
    expect(said).toContain('消せなかったものがあります。');
    expect([...document.querySelectorAll('.receipt li')].map((line) => line.textContent)).toEqual([
      '一時フォルダーa.tmp消しました',
      '異常終了の記録core.1残っています',
    ]);
  });

  it('names the places that could not be looked at, though nothing was found elsewhere', () => {
    const said = note(found({ found: [], unread: ['clipboard'] }));
    expect(said).toContain('確かめられなかったところがあります。');
    expect(said).toContain('クリップボード見られませんでした');
    expect(said).not.toMatch(/残っていません|消し/);
  });

  it.each([
    ['pending', '残っていないか確かめています…'],
    ['none', 'この端末には何も残っていません。'],
    ['failed', 'この端末に残っていないかは、確かめられませんでした。窓口へご連絡ください。'],
  ] as const)('while it is %s says: %s', (receipt, said) => {
    expect(note(receipt)).toBe(said);
  });

  it('is in English, too', () => {
    expect(note(fakeReceipt, 'en')).toMatch(/^Nothing of this session is on this laptop\.41 files were checked on /);
  });
});
