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

  it('take no figures when one of them is missing', () => {
    const names = Object.keys(screenFiguresSchema.entries);
    const figures = Object.fromEntries(names.map((name) => [name, 1]));
    expect(v.safeParse(screenFiguresSchema, figures).success).toBe(true);
    for (const name of names) {
      const { [name]: _, ...rest } = figures;
      expect(v.safeParse(screenFiguresSchema, rest).success, name).toBe(false);
    }
  });
});
