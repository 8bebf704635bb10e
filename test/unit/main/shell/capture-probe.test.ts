import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';

type Source = { id: string; thumbnail: { isEmpty(): boolean; toBitmap(): Uint8Array } };
const fake = vi.hoisted(() => ({
  sources: [] as unknown[],
  asked: [] as unknown[],
  screen: undefined as EventEmitter | undefined,
}));
vi.mock('electron', async () => {
  fake.screen = new (await import('node:events')).EventEmitter();
  const getSources = async (options: unknown) => {
    fake.asked.push(options);
    return fake.sources;
  };
  return { desktopCapturer: { getSources }, screen: fake.screen };
});
const { captureTarget, ownPicture } = await import('#main/shell/capture-probe.ts');

/** A picture whose pixels are blue, green, red, alpha. */
const source = (id: string, ...pixels: number[][]): Source => ({
  id,
  thumbnail: { isEmpty: () => pixels.length === 0, toBitmap: () => Uint8Array.from(pixels.flat()) },
});
const black = [0, 0, 0, 255];
const grey = [90, 90, 90, 255];

function createWindow() {
  return Object.assign(new EventEmitter(), {
    isContentProtected: (): boolean => true,
    setContentProtection: vi.fn(),
    getMediaSourceId: () => 'window:77:1',
    isDestroyed: vi.fn(() => false),
    isVisible: vi.fn(() => true),
    isMinimized: vi.fn(() => false),
  });
}
const look = (...sources: Source[]) => {
  fake.sources = sources;
  return ownPicture(createWindow() as never);
};
const onPlatform = (name: NodeJS.Platform) => vi.spyOn(process, 'platform', 'get').mockReturnValue(name);
afterEach(() => void vi.restoreAllMocks());

describe('the window’s own picture', () => {
  it('is black when every pixel of it is, or nearly so, or shows nothing', async () => {
    expect(await look(source('window:77:0', black, [8, 8, 8, 255], [200, 200, 200, 0]))).toBe('black');
  });

  it('is visible when one pixel is', async () => {
    expect(await look(source('window:77:0', black, black, [9, 0, 0, 255]))).toBe('visible');
    expect(await look(source('window:77:0', black, [0, 0, 200, 255]))).toBe('visible');
  });

  it('is its own, not another window’s', async () => {
    expect(await look(source('window:7:0', grey), source('window:771:0', grey), source('window:77:0', black))).toBe(
      'black',
    );
  });

  it('is black when it is left out, or empty, where others are seen', async () => {
    expect(await look(source('screen:0:0', grey))).toBe('black');
    expect(await look(source('screen:0:0', grey), source('window:77:0'))).toBe('black');
  });

  it('cannot be taken where nothing can be seen at all', async () => {
    expect(await look()).toBe('unsupported');
    expect(await look(source('screen:0:0'))).toBe('unsupported');
  });

  it('is looked at small', async () => {
    fake.asked.length = 0;
    await look(source('window:77:0', black));
    expect(fake.asked).toEqual([{ types: ['window', 'screen'], thumbnailSize: { width: 160, height: 90 } }]);
  });

  it.each([
    ['win32', 'visible'],
    ['darwin', 'visible'],
    ['linux', 'unsupported'],
  ] as const)('needs no look when the window is not protected: on %s it is %s', async (platform, state) => {
    onPlatform(platform);
    fake.sources = [source('window:77:0', black)];
    expect(await ownPicture({ ...createWindow(), isContentProtected: () => false } as never)).toBe(state);
    expect(await ownPicture({ getMediaSourceId: () => 'window:77:0' } as never)).toBe(state);
  });
});

describe('the window that is watched', () => {
  const events = [
    ...['show', 'hide', 'restore', 'minimize', 'maximize', 'unmaximize', 'move', 'resize'],
    ...['enter-full-screen', 'leave-full-screen'],
  ];
  const screenEvents = ['display-metrics-changed', 'display-added', 'display-removed'];

  it('tells of all that may undo its protection, until it is told to stop', () => {
    const window = createWindow();
    const heard = vi.fn();
    const off = captureTarget(window as never).events(heard);
    for (const event of events) window.emit(event);
    for (const event of screenEvents) fake.screen!.emit(event);
    expect(heard).toHaveBeenCalledTimes(13);
    off();
    for (const event of events) window.emit(event);
    for (const event of screenEvents) fake.screen!.emit(event);
    expect(heard).toHaveBeenCalledTimes(13);
  });

  it('is protected, unless it is gone', () => {
    const window = createWindow();
    const target = captureTarget(window as never);
    target.protect();
    window.isDestroyed.mockReturnValue(true);
    target.protect();
    expect(window.setContentProtection.mock.calls).toEqual([[true]]);
    expect(target.shown()).toBe(false);
  });

  it('is there to be copied only while it is on the screen', () => {
    const window = createWindow();
    const { shown } = captureTarget(window as never);
    expect(shown()).toBe(true);
    window.isMinimized.mockReturnValueOnce(true);
    expect(shown()).toBe(false);
    window.isVisible.mockReturnValueOnce(false);
    expect(shown()).toBe(false);
  });
});
