import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '#test/fakes/children.ts';

export const screenSize = { width: 1920, height: 1080 } as const;

export type ViewerDisplay = Readonly<{ display: string; framebuffer: string; stop(): Promise<void> }>;

/** With -displayfd the X server takes the first free display number itself and writes it to that descriptor. */
const displayOf = async (server: Child) => `:${(await server.line(/^(\d+)$/, 10_000))[1]}`;

/** A screen without hardware, its framebuffer a file that the probe maps. */
export async function startViewerDisplay(): Promise<ViewerDisplay> {
  // In memory where there is such a folder: the kernel would write a changed picture back to a disk again and again.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hanare-bench-'));
  // One pixel more than the desk: Chromium makes a window one pixel smaller than a display without a window manager, and
  // the desk's picture must still fit into it 1:1.
  const [width, height] = [screenSize.width + 1, screenSize.height + 1];
  const server = startChild('Xvfb', [
    ...['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-fbdir', folder, '-nolisten', 'tcp', '-noreset'],
  ]);
  return {
    display: await displayOf(server),
    framebuffer: join(folder, 'Xvfb_screen0'),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
