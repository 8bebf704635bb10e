import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCopy,
  addDamage,
  type Damage,
  noDamage,
  takeDamage,
  targetOf,
  withoutCopy,
} from '#build/demo/desk/rfb/damage.ts';
import type { Copy } from '#build/demo/desk/rfb/framebuffer.ts';
import { stack } from '#build/demo/desk/rfb/framebuffer.ts';
import { type Rect, rect } from '#build/demo/desk/state/geometry.ts';

const side = 16;
type Grid = number[];

const each = (area: Rect, run: (at: number) => void): void => {
  for (let y = area.y; y < area.y + area.height; y++)
    for (let x = area.x; x < area.x + area.width; x++) run(y * side + x);
};

function move(grid: Grid, copy: Copy): void {
  const before = [...grid];
  const by = (copy.to.y - copy.from.y) * side + copy.to.x - copy.from.x;
  each(copy.from, (at) => {
    grid[at + by] = before[at]!;
  });
}

/** What a viewer shows after it was sent the damage. */
function shown(viewer: Grid, server: Grid, damage: Damage): Grid {
  const next = [...viewer];
  if (damage.copy) move(next, damage.copy);
  for (const area of damage.areas) each(area, (at) => (next[at] = server[at]!));
  return next;
}

const inside = fc
  .tuple(fc.nat(side - 1), fc.nat(side - 1), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }))
  .map(([x, y, width, height]) => rect(x, y, Math.min(width, side - x), Math.min(height, side - y)));
const place = fc.tuple(fc.nat(side), fc.nat(side));

describe('damage', () => {
  it('brings a viewer up to date after any moves and changes, with or without CopyRect', () => {
    const action = fc.oneof(
      inside.map((area) => ({ kind: 'paint' as const, area })),
      fc.tuple(inside, place).map(([area, to]) => ({ kind: 'move' as const, area, to })),
      // Going on with the last move, as a drag does.
      place.map((to) => ({ kind: 'drag' as const, to })),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        let colour = 1;
        const server: Grid = Array.from({ length: side * side }, () => colour++);
        const viewer = [...server];
        let damage = noDamage;
        let last: Rect | undefined;
        for (const one of actions) {
          if (one.kind === 'paint') {
            each(one.area, (at) => (server[at] = colour++));
            damage = addDamage(damage, [one.area]);
            continue;
          }
          const from = one.kind === 'move' ? one.area : last;
          if (!from) continue;
          const to = { x: Math.min(one.to[0], side - from.width), y: Math.min(one.to[1], side - from.height) };
          const copy = { from, to };
          move(server, copy);
          damage = addCopy(damage, copy);
          last = targetOf(copy);
        }
        expect(shown(viewer, server, damage)).toEqual(server);
        expect(shown(viewer, server, withoutCopy(damage))).toEqual(server);
      }),
      { numRuns: 500 },
    );
  });

  it('parts what was asked for from the rest', () => {
    const damage = addDamage(noDamage, [rect(0, 0, 10, 10)]);
    const { now, later } = takeDamage(damage, [rect(0, 0, 10, 4), rect(0, 2, 5, 4)]);
    const area = (list: readonly Rect[]): number => list.reduce((sum, one) => sum + one.width * one.height, 0);
    expect([area(now), area(later)]).toEqual([50, 50]);
  });
});

it('joins rows that lie one under the other', () => {
  expect(stack([rect(0, 0, 8, 2), rect(20, 0, 8, 2), rect(0, 2, 8, 2), rect(20, 4, 8, 2)])).toEqual([
    rect(0, 0, 8, 4),
    rect(20, 0, 8, 2),
    rect(20, 4, 8, 2),
  ]);
});
