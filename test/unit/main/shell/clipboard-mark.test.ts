import { beforeEach, expect, it, vi } from 'vitest';

const clipboard = vi.hoisted(() => ({ kinds: ['text/plain'], text: '', fails: false, clear: vi.fn() }));
vi.mock('electron', () => ({
  clipboard: {
    read: async () => {
      if (clipboard.fails) throw new Error('no display');
      return [{ types: clipboard.kinds }];
    },
    readText: async () => clipboard.text,
    clear: clipboard.clear,
  },
}));
const { createClipboardMark } = await import('#main/shell/clipboard-mark.ts');
beforeEach(() => void Object.assign(clipboard, { kinds: ['text/plain'], text: 'before', fails: false }));

it('a mark is the same while the clipboard is, and tells nothing of what is on it', async () => {
  const { now } = createClipboardMark();
  const mark = await now();
  expect(await now()).toBe(mark);
  expect(mark).toMatch(/^[\w-]{43}$/);
  // Another run's mark of the same text differs: nobody can look it up.
  expect(await createClipboardMark().now()).not.toBe(mark);
});

it('a mark changes when the text does, or what kind of thing is there', async () => {
  const { now } = createClipboardMark();
  const marks = [await now()];
  clipboard.text = 'after';
  marks.push(await now());
  clipboard.kinds = ['image/png'];
  marks.push(await now());
  expect(new Set(marks).size).toBe(3);
});

it('there is no mark when the clipboard cannot be read', async () => {
  clipboard.fails = true;
  expect(await createClipboardMark().now()).toBe(null);
});

it('the clipboard is emptied', async () => {
  await createClipboardMark().clear();
  expect(clipboard.clear).toHaveBeenCalledOnce();
});
