import { describe, expect, it } from 'vitest';
import type { Layer } from '#contract/policy/rules.ts';
import { draftPolicies, withDraft } from '#gateway/policy/draft.ts';

const layer = (origin: string, pinMinimum: number): Layer => ({ origin, rules: { pinMinimum } });
const all = [layer('file', 6), layer('site', 7), layer('group:b', 8), layer('user', 9), layer('device', 10)];

describe('withDraft', () => {
  it('takes the place of the layer of its scope, and leaves the others', () => {
    expect(withDraft(all, layer('user', 20))).toEqual([...all.slice(0, 3), layer('user', 20), all[4]]);
  });

  it.each([
    ['site', ['file', 'site', 'group:b', 'device']],
    ['group:a', ['file', 'group:a', 'group:b', 'device']],
    ['group:c', ['file', 'group:b', 'group:c', 'device']],
    ['user', ['file', 'group:b', 'user', 'device']],
  ])('comes in its turn where %s decides nothing yet', (origin, order) => {
    const some = [layer('file', 6), layer('group:b', 8), layer('device', 10)];
    expect(withDraft(some, layer(origin, 20)).map((one) => one.origin)).toEqual(order);
  });
});

describe('draftPolicies', () => {
  it('gives whom the draft covers its rules, and everybody else those of now', () => {
    const asked: string[] = [];
    const layersOf = (device: string, user: string) => {
      asked.push(`${device} ${user}`);
      return all.slice(0, 3);
    };
    const scope = { origin: 'user', covers: (_: string, user: string) => user === 'sato' } as const;
    const { draft, present } = draftPolicies(layersOf, scope, { pinMinimum: 20 });
    const pins = (user: string) => [draft, present].map((of) => of({ device: 'd1', user }).pinMinimum);
    expect(pins('sato')).toEqual([20, 8]);
    expect(pins('yamada')).toEqual([8, 8]);
    pins('sato');
    expect(asked).toEqual(['d1 sato', 'd1 yamada']);
  });
});
