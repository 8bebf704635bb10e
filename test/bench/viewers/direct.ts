import { join } from 'node:path';
import { buildApp } from '#build/bundle/index.ts';
import type { ScreenOptions } from '#renderer/screen/api.ts';
import { monotonicUs } from '../processor-time.ts';
import { openBrowserWindow } from './chromium.ts';
import { startPageServer } from './page-server.ts';
import type { Viewer } from './viewer.ts';

const screenFolder = join(import.meta.dirname, '../../../out/screen');

/**
 * Our screen's page and worker alone, full-screen: no tunnel, no gateway, no main process. This is what the earlier
 * prototype was measured as.
 * @param flags more flags for Chromium
 */
export function createDirectViewer(flags: readonly string[] = []): Viewer {
  return {
    name: 'direct',
    prepare: buildApp,
    start: async ({ display, port, quality, compression }) => {
      const server = await startPageServer({
        '127.0.0.1': join(import.meta.dirname, '../page'),
        localhost: screenFolder,
      });
      server.setDesk(port);
      try {
        const screen = encodeURIComponent(`http://localhost:${server.port}/index.html`);
        const url = `http://127.0.0.1:${server.port}/host.html?screen=${screen}`;
        const window = await openBrowserWindow(display, url, flags);
        await window.evaluate('benchReady');
        const options: ScreenOptions = {
          protocol: 'vnc',
          scale: 'actual',
          resize: 'keep',
          vnc: { quality, compression },
        };
        const connectBeganUs = monotonicUs();
        await window.evaluate(`benchConnect(${JSON.stringify(options)})`);
        return {
          connectBeganUs,
          pids: () => [window.pid],
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
