import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { captureMode, createDesktopCapturer } from '#build/standin/capture.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

async function mode(text: string) {
  const file = join(await temporaryFolder(), 'capture');
  vi.stubEnv('HANARE_STANDIN_CAPTURE', file);
  await writeFile(file, text);
}
const window = (isProtected: boolean, isVisible = true) => ({
  isContentProtected: () => isProtected,
  isVisible: () => isVisible,
  getMediaSourceId: () => 'window:3:0',
  getTitle: () => 'Hanare',
});
async function brightest(...windows: ReturnType<typeof window>[]) {
  const capturer = createDesktopCapturer(() => windows);
  const sources = await capturer.getSources({ types: ['window'], thumbnailSize: { width: 2, height: 2 } });
  return sources.map(({ id, thumbnail }) => [id, thumbnail.toBitmap().length, thumbnail.toBitmap()[0]]);
}

describe('the stand-in’s captures', () => {
  it('show every window when no file says otherwise, as on Linux', async () => {
    vi.stubEnv('HANARE_STANDIN_CAPTURE', '');
    expect(captureMode()).toBe(null);
    expect(await brightest(window(false))).toEqual([['window:3:0', 16, 200]]);
  });

  it.each(['black', 'lost-on-hide'])('show protected windows black when the file says %s', async (text) => {
    await mode(text);
    expect(await brightest(window(true))).toEqual([['window:3:0', 16, 0]]);
    expect(await brightest(window(false))).toEqual([['window:3:0', 16, 200]]);
  });

  it('show protected windows all the same when the file says so', async () => {
    await mode('visible\n');
    expect(await brightest(window(true))).toEqual([['window:3:0', 16, 200]]);
  });

  it('do not have hidden windows, and have the screen when it is asked for', async () => {
    await mode('black');
    const capturer = createDesktopCapturer(() => [window(true, false)]);
    const sources = await capturer.getSources({ types: ['window', 'screen'] });
    expect(sources.map(({ id }) => id)).toEqual(['screen:0:0']);
    await expect(capturer.getSources({ types: ['tab'] })).rejects.toThrow('the Electron stand-in has no');
  });

  it('are refused when the file says something else', async () => {
    await mode('red');
    expect(captureMode).toThrow('holds none of');
  });
});
