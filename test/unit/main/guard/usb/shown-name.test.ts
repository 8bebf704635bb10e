import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownName } from '#main/guard/usb/shown-name.ts';

describe('the name of a device', () => {
  it.each([
    [['SanDisk', 'Cruzer Blade'], 'SanDisk Cruzer Blade'],
    [['Kingston', 'Kingston DataTraveler'], 'Kingston DataTraveler'],
    [[null, 'Pixel 8'], 'Pixel 8'],
    [['Google', ''], 'Google'],
    [['  株式会社バッファロー ', 'USBメモリー'], '株式会社バッファロー USBメモリー'],
    [['', '  '], 'USB 0781:5567'],
    [[undefined, undefined], 'USB 0781:5567'],
  ])('%j is shown as %j', (parts, shown) => {
    expect(shownName(parts, 'USB 0781:5567')).toBe(shown);
  });

  it.each([
    ['line breaks', 'a\r\nACTION=add\u2028b', 'a ACTION=add b'],
    ['escape sequences', 'a\x1b[2J\x9b31m', 'a [2J 31m'],
    ['turned writing', 'exe.\u202egpj.\u2066x', 'exe. gpj. x'],
    ['invisible letters', '\u200b\u200d\ufeff\u00adok', 'ok'],
    ['lone surrogates and unassigned ones', 'a\ud800b\u{10ffff}\ufffd', 'a b'],
    ['private letters', '\ue000\u{f0000}stick', 'stick'],
    ['nothing but such', '\u202e\x00', 'USB'],
  ])('loses %s', (_, hostile, shown) => {
    expect(shownName([null, hostile], 'USB')).toBe(shown);
  });

  it('is cut, but not through a letter', () => {
    expect(shownName([null, 'A'.repeat(5_000)], 'USB')).toBe('A'.repeat(60));
    expect(shownName([null, `${'A'.repeat(59)}\u{1f4be}\u{1f4be}`], 'USB')).toBe('A'.repeat(59));
    expect(shownName([null, `${'A'.repeat(58)}\u{1f4be}\u{1f4be}`], 'USB')).toBe(`${'A'.repeat(58)}\u{1f4be}`);
  });

  it('is something, short and printable, whatever a device says', () => {
    const said = fc.string({ unit: 'binary', maxLength: 500 });
    fc.assert(
      fc.property(said, said, said, (vendor, product, otherwise) => {
        const name = shownName([vendor, product], otherwise);
        expect(name).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u);
        expect(name.length).toBeLessThanOrEqual(60);
        expect(name).toBe(name.trim());
      }),
    );
  });
});
