import { describe, expect, it } from 'vitest';
import { antivirus, decodeProductState } from '#main/guard/posture/windows/antivirus.ts';

describe('productState', () => {
  it.each([
    [397_568, 'Defender, on and up to date', true, true],
    [397_584, 'Defender, on and out of date', true, false],
    [393_472, 'Defender, off and up to date', false, true],
    [393_488, 'Defender, off and out of date', false, false],
    [266_240, 'another product, on and up to date', true, true],
    [266_256, 'another product, on and out of date', true, false],
    [262_144, 'another product, off and up to date', false, true],
    [0x62000, 'snoozed', false, true],
    [0x63000, 'expired', false, true],
    [0x63010, 'expired and out of date', false, false],
    [0, 'nothing', false, true],
  ])('%i is %s', (state, _, on, fresh) => expect(decodeProductState(state)).toEqual({ on, fresh }));
});

describe('antivirus on Windows', () => {
  const other = { name: 'ESET Security', state: 0x41000 };
  const defender = { name: 'Windows Defender', state: 397_568 };
  const seen = { on: true, ageDays: 3 };

  it('takes a product that is on and up to date over others', () => {
    const products = [
      { ...defender, state: 393_472 },
      { ...other, state: 0x41010 },
      { name: 'Apex One', state: 0x41000 },
    ];
    expect(antivirus({ products, defender: { on: false, ageDays: 3 } })).toEqual({
      state: 'good',
      set: 'yes',
      effective: 'yes',
      detail: 'Apex One, definitions up to date',
    });
  });

  it("does not give another product the age of Defender's definitions", () => {
    expect(antivirus({ products: [other], defender: seen })).not.toHaveProperty('ageDays');
  });

  it('is bad when the definitions of the one that is on are old', () => {
    expect(antivirus({ products: [{ ...other, state: 0x41010 }], defender: null })).toMatchObject({
      state: 'bad',
      effective: 'yes',
      detail: 'ESET Security, definitions old',
    });
    expect(antivirus({ products: [{ ...defender, state: 397_584 }], defender: seen })).toMatchObject({ state: 'bad' });
  });

  it('is bad when all are off, and names them', () => {
    const found = antivirus({ products: [{ ...other, state: 0x40000 }], defender: { on: false, ageDays: 1 } });
    expect(found).toEqual({ state: 'bad', set: 'no', effective: 'no', detail: 'ESET Security: off' });
    expect(antivirus({ products: [], defender: null })).toMatchObject({ state: 'bad', effective: 'no' });
  });

  it('goes by Defender alone where there is no Security Center', () => {
    expect(antivirus({ products: null, defender: seen })).toMatchObject({ state: 'good', ageDays: 3 });
    expect(antivirus({ products: null, defender: { on: false, ageDays: 3 } })).toMatchObject({ state: 'bad' });
    expect(antivirus({ products: null, defender: null })).toMatchObject({ state: 'unknown', effective: 'unknown' });
  });

  it.each([65_535, 4_294_967_295, -1])('does not take %i for an age', (ageDays) => {
    const found = antivirus({ products: null, defender: { on: true, ageDays } });
    expect(found).toMatchObject({ state: 'unknown', effective: 'yes' });
    expect(found).not.toHaveProperty('ageDays');
  });

  it('keeps a name that is not plain in the bounds of the contract', () => {
    const products = [{ name: `ウイルス\u0007\u202e対策${'x'.repeat(300)}`, state: 0x41000 }];
    const { detail = '' } = antivirus({ products, defender: null });
    expect(detail).toHaveLength(120);
    expect(detail).not.toMatch(/\p{C}/u);
  });
});
