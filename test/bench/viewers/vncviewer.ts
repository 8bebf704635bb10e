import { startChild } from '#test/fakes/children.ts';
import { monotonicUs } from '../processor-time.ts';
import type { Viewer } from './viewer.ts';

/** TigerVNC's own viewer: the peer every figure is compared with. */
export const vncviewer: Viewer = {
  name: 'vncviewer',
  prepare: async () => {},
  start: async ({ display, port, quality, compression }) => {
    const connectBeganUs = monotonicUs();
    const viewer = startChild(
      'vncviewer',
      [
        ...['-AutoSelect=0', '-PreferredEncoding=Tight', `-QualityLevel=${quality}`, `-CompressLevel=${compression}`],
        ...['-FullScreen', '-RemoteResize=0', '-SecurityTypes=None', `127.0.0.1::${port}`],
      ],
      { env: { DISPLAY: display } },
    );
    return { connectBeganUs, pids: () => [viewer.pid], stop: () => viewer.stop() };
  },
};
