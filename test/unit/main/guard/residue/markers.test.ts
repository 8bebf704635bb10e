import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarkers } from '#main/guard/residue/markers.ts';

const word = 'grant-7f3a9c51e0b2';
const markers = createMarkers([word]);

describe('a marker', () => {
  it.each(['utf8', 'utf16le'] as const)('is found as %s', (encoding) => {
    expect(markers.isIn(Buffer.concat([Buffer.from('x'), Buffer.from(word, encoding), Buffer.from('y')]))).toBe(true);
  });

  it('is found inside any text that was put into base64, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.constantFrom('base64', 'base64url'),
        (before, after, alphabet) => {
          const text = Buffer.concat([before, Buffer.from(word), after]).toString(alphabet as 'base64');
          expect(markers.isIn(Buffer.from(text))).toBe(true);
        },
      ),
    );
  });

  it('is not found where it is not', () => {
    const almost = word.slice(0, -1);
    for (const text of [almost, Buffer.from(almost, 'utf16le'), Buffer.from(almost).toString('base64'), '']) {
      expect(markers.isIn(Buffer.from(text))).toBe(false);
    }
  });

  it('is no word that could be there by chance', () => {
    expect(createMarkers(['', 'a', 'seven77']).isIn(Buffer.from('seven77 and a'))).toBe(false);
  });

  it('is found in names', () => {
    expect([markers.isInText(`a ${word}.txt`), markers.isInText('a.txt')]).toEqual([true, false]);
  });

  it('says how long its longest form is', () => {
    expect(markers.longest).toBe(word.length * 2);
    expect(createMarkers([]).longest).toBe(0);
  });
});
