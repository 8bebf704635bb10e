import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Damage } from '#renderer/screen/core/damage.ts';
import { jpegSize } from '#renderer/screen/rfb/jpeg-size.ts';
import { cursorCss, isInvisible } from '#renderer/screen/view/cursor-css.ts';
import { Viewport } from '#renderer/screen/view/viewport.ts';
import { jpegOf, u8, u16 } from './desk-bytes.ts';

function viewport(window: [number, number, number], desk: [number, number], mode: 'fit' | 'actual' = 'fit'): Viewport {
  const view = new Viewport();
  view.setMode(mode);
  view.setWindow(...window);
  view.setDesk(...desk);
  return view;
}

describe('where the picture lies', () => {
  test.each([
    ['a smaller desk is centred, never enlarged', [1000, 800, 1], [640, 480], [180, 160, 640, 480, true]],
    ['a larger desk is shrunk to fit', [960, 1000, 1], [1920, 1080], [0, 230, 960, 540, false]],
    ['at twice the density 1:1 is half the CSS size', [1000, 800, 2], [640, 480], [340, 280, 320, 240, true]],
    ['at 1.25 edges lie on whole pixels', [801, 601, 1.25], [640, 480], [144, 108, 512, 384, true]],
    ['two pixels too many are cut rather than scaled', [1919, 1078, 1], [1920, 1080], [0, 0, 1920, 1080, true]],
    ['three are scaled', [1917, 1080, 1], [1920, 1080], [0, 1, 1917, 1078, false]],
    ['exactly the window', [1366, 768, 1], [1366, 768], [0, 0, 1366, 768, true]],
  ] as const)('%s', (_, window, desk, [left, top, width, height, exact]) => {
    const placed = viewport([...window], [...desk]).place();
    expect(placed).toEqual({ left, top, width, height, exact });
  });

  test('every corner of the picture is the corner of the desk', () => {
    const view = viewport([960, 1000, 1], [1920, 1080]);
    expect(view.toDesk(0, 230)).toEqual({ x: 0, y: 0 });
    expect(view.toDesk(959.9, 769.9)).toEqual({ x: 1919, y: 1079 });
    expect(view.toDesk(-50, 5000)).toEqual({ x: 0, y: 1079 });
    expect(view.toDesk(480, 500)).toEqual({ x: 960, y: 540 });
  });

  test('at 1:1 every pixel of the window is its own pixel of the desk, at any density', () => {
    for (const ratio of [1, 1.25, 1.5, 1.75, 2]) {
      const view = viewport([1600 / ratio, 900 / ratio, ratio], [800, 600]);
      const { left, top } = view.place();
      for (let i = 0; i < 800; i++) expect(view.toDesk(left + (i + 0.5) / ratio, top)).toEqual({ x: i, y: 0 });
    }
  });

  test('a larger desk at 1:1 scrolls at the edges and no further than its own', () => {
    const view = viewport([800, 600, 1], [1000, 700], 'actual');
    expect(view.place()).toEqual({ left: 0, top: 0, width: 1000, height: 700, exact: true });
    expect(view.scroll(400, 300)).toBe(false);
    for (let i = 0; i < 100; i++) view.scroll(799, 599);
    expect(view.place()).toMatchObject({ left: -200, top: -100 });
    expect(view.scroll(799, 599)).toBe(false);
    expect(view.toDesk(0, 0)).toEqual({ x: 200, y: 100 });
    while (view.scroll(1, 1));
    expect(view.place()).toMatchObject({ left: 0, top: 0 });
    view.setMode('fit');
    expect(view.scroll(799, 599)).toBe(false);
  });

  test('the size to match is in pixels of the display', () => {
    expect(viewport([1366, 700, 1.5], [1, 1]).displaySize).toEqual({ width: 2049, height: 1050 });
  });
});

test('damage: everything that changed is shown, in few rectangles, none outside', () => {
  const box = fc.record({
    x: fc.integer({ min: 0, max: 400 }),
    y: fc.integer({ min: 0, max: 400 }),
    w: fc.integer({ min: 0, max: 120 }),
    h: fc.integer({ min: 0, max: 120 }),
  });
  fc.assert(
    fc.property(fc.array(box, { maxLength: 80 }), (boxes) => {
      const damage = new Damage();
      for (const { x, y, w, h } of boxes) damage.add(x, y, w, h);
      const taken = damage.take();
      expect(damage.empty).toBe(true);
      expect(taken.length).toBeLessThanOrEqual(16);
      for (const { x, y, w, h } of boxes) {
        if (w === 0 || h === 0) continue;
        const inside = (t: (typeof taken)[0]) => t.x <= x && t.y <= y && t.x + t.w >= x + w && t.y + t.h >= y + h;
        expect(taken.some(inside)).toBe(true);
      }
      for (const t of taken) expect(t.x + t.w <= 520 && t.y + t.h <= 520).toBe(true);
    }),
  );
});

describe('size of a JPEG', () => {
  test('is found behind other segments and fill bytes', () => {
    const jpeg = jpegOf(640, 480);
    expect(jpegSize(jpeg)).toEqual({ width: 640, height: 480 });
    expect(jpegSize(Buffer.concat([jpeg.subarray(0, 2), u8(0xff, 0xff), jpeg.subarray(3)]))).toEqual({
      width: 640,
      height: 480,
    });
  });

  test.each([
    ['nothing', u8()],
    ['a start alone', u8(0xff, 0xd8)],
    ['no marker where one must be', Buffer.concat([u8(0xff, 0xd8, 1), Buffer.alloc(20)])],
    ['a segment of length 0', Buffer.concat([u8(0xff, 0xd8, 0xff, 0xe0, 0, 0), Buffer.alloc(20)])],
    ['a segment beyond the end', Buffer.concat([u8(0xff, 0xd8, 0xff, 0xe0), u16(0xffff), Buffer.alloc(20)])],
    ['lossless JPEG', Buffer.concat([u8(0xff, 0xd8, 0xff, 0xc3, 0, 11, 8), u16(1, 1), Buffer.alloc(20)])],
  ])('%s has none', (_, bytes) => {
    expect(() => jpegSize(bytes)).toThrow('screenProtocolError');
  });
});

describe('pointer shape', () => {
  const shape = (width: number, height: number, alpha: number, hotX = 0, hotY = 0) => ({
    width,
    height,
    hotX,
    hotY,
    rgba: new Uint8ClampedArray(width * height * 4).fill(alpha),
  });
  const painted: [number, number, number, number][] = [];
  const paint = (of: ReturnType<typeof shape>, width: number, height: number) => {
    painted.push([of.width, of.height, width, height]);
    return 'data:x';
  };

  test('is shown in pixels of the display, with its hot spot', () => {
    expect(cursorCss(shape(24, 24, 255, 12, 23), 1, paint)).toBe('image-set(url("data:x") 1x) 12 23, default');
    expect(cursorCss(shape(24, 24, 255, 12, 23), 2, paint)).toBe('image-set(url("data:x") 2x) 6 11, default');
    expect(painted.at(-1)).toEqual([24, 24, 24, 24]);
  });

  test('a large one is shrunk to what the browser shows, the hot spot with it', () => {
    expect(cursorCss(shape(512, 256, 255, 511, 4000), 1, paint)).toBe('image-set(url("data:x") 1x) 127 63, default');
    expect(painted.at(-1)).toEqual([512, 256, 128, 64]);
  });

  test('an empty one becomes a dot', () => {
    expect(isInvisible(shape(16, 16, 0))).toBe(true);
    cursorCss(shape(16, 16, 0), 1, paint);
    cursorCss(shape(0, 0, 0), 1, paint);
    expect(painted.slice(-2)).toEqual([
      [5, 5, 5, 5],
      [5, 5, 5, 5],
    ]);
  });
});
