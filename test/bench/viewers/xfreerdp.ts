import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '#test/fakes/children.ts';
import { screenSize } from '../displays.ts';
import { monotonicUs } from '../processor-time.ts';
import type { Viewer } from './viewer.ts';

/** FreeRDP's own viewer, with the best that it has for each server: the peer of RDP's figures. */
export const xfreerdp: Viewer = {
  name: 'xfreerdp',
  prepare: async () => {},
  start: async ({ display, port, access }) => {
    if (access === null) throw new Error('xfreerdp shows RDP desks');
    const home = await mkdtemp(join(tmpdir(), 'hanare-bench-'));
    // Full-screen it asks for a screen as large as its display, which is a pixel larger than the others' windows.
    const whole = access.sized ? '-decorations' : '/f';
    const connectBeganUs = monotonicUs();
    const viewer = startChild(
      'xfreerdp',
      [
        ...[
          `/v:127.0.0.1:${port}`,
          `/u:${access.user}`,
          `/p:${access.password}`,
          `/sec:${access.security}`,
          '/cert:ignore',
        ],
        ...[`/size:${screenSize.width}x${screenSize.height}`, whole, '/bpp:32', '/network:lan', '/rfx', '/gfx:AVC444'],
        ...['-clipboard', '/log-level:ERROR'],
      ],
      { env: { DISPLAY: display, HOME: home, XDG_CONFIG_HOME: home } },
    );
    const stop = async () => {
      await viewer.stop();
      await rm(home, { recursive: true, force: true });
    };
    return { connectBeganUs, pids: () => [viewer.pid], stop };
  },
};
