import { readFileSync } from 'node:fs';
import { loudObject, missing } from './loud.ts';

/**
 * What other programs see of the stand-in's window is pretended: HANARE_STANDIN_CAPTURE names a file, read anew at every
 * question. `black`: protected windows are black; `visible`: they can be seen all the same; `lost-on-hide`: as `black`, but a
 * window that is hidden loses its protection (as Electron 34.3 did on Windows). Without the file it is as it is on Linux:
 * there is no protection.
 */
export function captureMode(): 'black' | 'visible' | 'lost-on-hide' | null {
  const file = process.env.HANARE_STANDIN_CAPTURE;
  if (!file) return null;
  const mode = readFileSync(file, 'utf8').trim();
  if (mode === 'black' || mode === 'visible' || mode === 'lost-on-hide') return mode;
  throw new Error(`${file} holds none of black, visible, lost-on-hide`);
}

type Window = { isContentProtected(): boolean; isVisible(): boolean; getMediaSourceId(): string; getTitle(): string };
type Size = { width: number; height: number };

/** A picture of one colour. */
function picture({ width, height }: Size, level: number) {
  const pixel = [level, level, level, 255];
  return loudObject('NativeImage', {
    isEmpty: () => width === 0 || height === 0,
    getSize: () => ({ width, height }),
    toBitmap: () => Buffer.from(Array.from({ length: width * height }, () => pixel).flat()),
  });
}

/** @param windows all that are open. */
export function createDesktopCapturer(windows: () => readonly Window[]) {
  return loudObject('desktopCapturer', {
    async getSources({
      types,
      thumbnailSize = { width: 150, height: 150 },
    }: {
      types: string[];
      thumbnailSize?: Size;
    }) {
      const mode = captureMode();
      if (types.some((type) => type !== 'window' && type !== 'screen')) throw missing(`desktopCapturer of ${types}`);
      const shown = types.includes('window') ? windows().filter((window) => window.isVisible()) : [];
      const sources = shown.map((window) => {
        const black = mode !== 'visible' && window.isContentProtected();
        const thumbnail = picture(thumbnailSize, black ? 0 : 200);
        return { id: window.getMediaSourceId(), name: window.getTitle(), display_id: '', appIcon: null, thumbnail };
      });
      if (!types.includes('screen')) return sources;
      const screen = { id: 'screen:0:0', name: 'Entire screen', display_id: '1', appIcon: null };
      return [...sources, { ...screen, thumbnail: picture(thumbnailSize, 120) }];
    },
  });
}
