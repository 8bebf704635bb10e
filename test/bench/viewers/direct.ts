import { join } from 'node:path';
import { buildApp } from '#build/bundle/index.ts';
import type { ScreenOptions } from '#renderer/screen/api.ts';
import { monotonicUs } from '../processor-time.ts';
import { openBrowserWindow } from './chromium.ts';
import { connectDesk } from './desk-connection.ts';
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
    start: async ({ display, port, account, quality, compression }) => {
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
        const desk = await connectDesk(port, account);
        server.setDesk(desk);
        const { selectedProtocol } = desk;
        const what =
          selectedProtocol === null
            ? ({ protocol: 'vnc', vnc: { quality, compression } } as const)
            : ({ protocol: 'rdp', rdp: { selectedProtocol } } as const);
        const options: ScreenOptions = { ...what, scale: 'actual', resize: 'keep' };
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
