import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changes, createCompositor } from '#build/demo/desk/draw/compositor.ts';
import { scene } from '#build/demo/desk/draw/scene.ts';
import type { SceneNode } from '#build/demo/desk/draw/scene-node.ts';
import { writerMeasure } from '#build/demo/desk/draw/writer.ts';
import { createFramebuffer } from '#build/demo/desk/rfb/framebuffer.ts';
import { advance, type DeskState, firstState } from '#build/demo/desk/state/desk-state.ts';
import { rect } from '#build/demo/desk/state/geometry.ts';
import { key } from '#build/demo/desk/state/keyboard.ts';
import { pointer } from '#build/demo/desk/state/pointer.ts';

const node = (id: string, x: number, look: unknown = 0): SceneNode => ({
  id,
  bounds: rect(x, 0, 10, 10),
  key: [look],
  cached: false,
  paint: () => undefined,
});

describe('changes', () => {
  it('finds nothing in equal scenes', () => {
    expect(changes([node('a', 0), node('b', 20)], [node('a', 0), node('b', 20)])).toEqual([]);
  });

  it('finds what came, went, moved or looks different', () => {
    expect(changes([], [node('a', 0)])).toEqual([rect(0, 0, 10, 10)]);
    expect(changes([node('a', 0)], [])).toEqual([rect(0, 0, 10, 10)]);
    expect(changes([node('a', 0)], [node('a', 40)])).toEqual([rect(0, 0, 10, 10), rect(40, 0, 10, 10)]);
    expect(changes([node('a', 0, 1)], [node('a', 0, 2)])).toEqual([rect(0, 0, 10, 10)]);
  });

  it('finds what now lies in another order', () => {
    expect(changes([node('a', 0), node('b', 5)], [node('b', 5), node('a', 0)])).toEqual([rect(0, 0, 10, 10)]);
  });
});

describe('painting', () => {
  const size = { width: 800, height: 600 };
  const environment = { measure: writerMeasure };
  const begin = Date.UTC(2026, 10, 24, 1, 30);
  const step = fc.oneof(
    fc
      .record({ x: fc.nat(799), y: fc.nat(599), buttons: fc.constantFrom(0, 0, 1, 1, 16, 8) })
      .map((input) => (state: DeskState) => pointer(state, input, environment)),
    fc
      .constantFrom(0x61, 0x6b, 0x20, 0xff0d, 0xff08, 0xff2a, 0xff51, 0xffeb)
      .map((keysym) => (state: DeskState) => key(state, { down: true, keysym, scancode: 0 }, environment)),
    fc.integer({ min: 10, max: 5000 }).map((ms) => (state: DeskState) => advance(state, state.now + ms)),
  );

  it('of the changed parts only gives the same picture as painting everything', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const parts = createCompositor();
        const told = createFramebuffer();
        let state = firstState({ language: 'ja', size, now: begin });
        for (const change of [(same: DeskState) => same, ...steps]) {
          state = change(state);
          told.update(parts.canvas(), parts.render(scene(state, environment), size));
        }
        told.update(parts.canvas(), parts.render(scene(state, environment), size));
        const all = createCompositor();
        all.render(scene(state, environment), size);
        const whole = Buffer.from(all.canvas().getContext('2d').getImageData(0, 0, 800, 600).data.buffer);
        expect(Buffer.compare(Buffer.from(told.pixels().buffer), whole)).toBe(0);
      }),
      { numRuns: 12 },
    );
  });
});
