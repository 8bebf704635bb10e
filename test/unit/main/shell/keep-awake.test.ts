import { beforeEach, expect, it, vi } from 'vitest';

const blocker = vi.hoisted(() => ({ start: vi.fn<(type: string) => number>(), stop: vi.fn<(id: number) => void>() }));
vi.mock('electron', () => ({ powerSaveBlocker: blocker }));
const { createKeepAwake } = await import('#main/shell/keep-awake.ts');

beforeEach(() => {
  vi.resetAllMocks();
  // The first id that Electron gives is 0.
  blocker.start.mockReturnValueOnce(0).mockReturnValueOnce(1);
});

it('the laptop stays awake once, however often it is asked for', () => {
  const { set } = createKeepAwake();
  set(true);
  set(true);
  expect(blocker.start.mock.calls).toEqual([['prevent-display-sleep']]);
  expect(blocker.stop).not.toHaveBeenCalled();
});

it('the laptop may sleep again when the session is over, and be kept awake by the next', () => {
  const { set } = createKeepAwake();
  set(true);
  set(false);
  set(false);
  set(true);
  set(false);
  expect(blocker.stop.mock.calls).toEqual([[0], [1]]);
});

it('nothing is undone that was not done', () => {
  createKeepAwake().set(false);
  expect(blocker.stop).not.toHaveBeenCalled();
});
