import { join } from 'node:path';
import { buildApp } from '#build/bundle/index.ts';
import type { ScreenOptions } from '#renderer/screen/api.ts';
import { monotonicUs } from '../processor-time.ts';
import { openBrowserWindow } from './chromium.ts';
import { connectDesk } from './desk-connection.ts';
import { startPageServer } from './page-server.ts';
import type { Viewer } from './viewer.ts';

const screenFolder = join(import.meta.dirname, '../../../out/screen');

/** @param counts pieces of pictures by codec, as contract/ipc/schemas.ts has them */
function mostUsed(counts: unknown): string | undefined {
  const sorted = Object.entries((counts ?? {}) as Record<string, number>).sort(([, a], [, b]) => b - a);
  return sorted[0]?.[0];
}

/**
 * Our screen's page and worker alone, full-screen: no tunnel, no gateway, no main process. This is what the earlier
 * prototype was measured as.
 * @param flags more flags for Chromium
 */
export function createDirectViewer(flags: readonly string[] = []): Viewer {
  return {
    name: 'direct',
    prepare: (names) => buildApp({ names }),
    start: async ({ display, port, access, quality, compression }) => {
      const server = await startPageServer({
        '127.0.0.1': join(import.meta.dirname, '../page'),
        localhost: screenFolder,
      });
      try {
        const screen = encodeURIComponent(`http://localhost:${server.port}/index.html`);
        const url = `http://127.0.0.1:${server.port}/host.html?screen=${screen}`;
        const window = await openBrowserWindow(display, url, flags);
        await window.evaluate('benchReady');
        const connectBeganUs = monotonicUs();
        const desk = await connectDesk(port, access);
        server.setDesk(desk);
        const { selectedProtocol } = desk;
        const what =
          selectedProtocol === null
            ? ({ protocol: 'vnc', vnc: { quality, compression } } as const)
            : ({ protocol: 'rdp', rdp: { selectedProtocol } } as const);
        const options: ScreenOptions = { ...what, scale: 'actual', resize: access?.sized ? 'match' : 'keep' };
        await window.evaluate(`benchConnect(${JSON.stringify(options)})`);
        return {
          connectBeganUs,
          pids: () => [window.pid],
          codec: async () => mostUsed(await window.evaluate('benchState().figures?.rdp?.codecs')),
          startProfile: window.startProfile,
          stop: async () => {
            await window.close();
            await server.close();
          },
        };
      } catch (error) {
        await server.close();
        throw error;
      }
    },
  };
}
