import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { preferencesSchema, screenFiguresSchema } from '#contract/ipc/schemas.ts';
import { stages } from '#contract/ipc/state.ts';

describe('the stages', () => {
  it('are the five that a person sees, in the order in which they come', () => {
    expect(stages).toEqual(['network', 'gateway', 'signIn', 'desk', 'picture']);
  });
});

describe('the schemas', () => {
  it('take every language and look when they are combined', () => {
    for (const language of ['ja', 'en']) {
      for (const theme of ['system', 'light', 'dark']) {
        expect(v.safeParse(preferencesSchema, { language, theme }).success).toBe(true);
      }
    }
  });

  it.each([
    ['a codec that there is not', { codecs: { telepathy: 1 } }, false],
    ['less than no pieces', { codecs: { avc420: -1 } }, false],
    ['something more', { host: 'desk' }, false],
    ['a desk without the pipeline', { channels: null, pipeline: null }, true],
    ['some codecs', { codecs: { avc444v2: 3, clear: 9 } }, true],
  ])('take what an RDP desk chose, but not when it is other than it can be: %s', (_, change, taken) => {
    const figures = { width: 1, height: 1, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };
    const rdp = { version: 0x80004, channels: 3, pipeline: 0xa0701, codecs: {}, resize: true, ...change };
    expect(v.safeParse(screenFiguresSchema, { ...figures, rdp }).success).toBe(taken);
  });

  it('take no figures when one of them is missing', () => {
    // Only RDP desks have the last one.
    const names = Object.keys(screenFiguresSchema.entries).filter((name) => name !== 'rdp');
    const figures = Object.fromEntries(names.map((name) => [name, 1]));
    expect(v.safeParse(screenFiguresSchema, figures).success).toBe(true);
    for (const name of names) {
      const { [name]: _, ...rest } = figures;
      expect(v.safeParse(screenFiguresSchema, rest).success, name).toBe(false);
    }
  });
});
