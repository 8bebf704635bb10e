import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './children.ts';

export const screenSize = { width: 1920, height: 1080 } as const;

export type Desk = Readonly<{ display: string; port: number; pid: number; log(): string; stop(): Promise<void> }>;
export type ViewerDisplay = Readonly<{ display: string; framebuffer: string; stop(): Promise<void> }>;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** With -displayfd the X server takes the first free display number itself and writes it to that descriptor. */
const displayOf = async (server: Child) => `:${(await server.line(/^(\d+)$/, 10_000))[1]}`;

/** The desk under test: a real Xtigervnc without a password, on loopback only. */
export async function startDesk(frameRate: number): Promise<Desk> {
  const port = await freePort();
  const { width, height } = screenSize;
  const server = startChild('Xtigervnc', [
    ...['-displayfd', '1', '-geometry', `${width}x${height}`, '-depth', '24', '-SecurityTypes', 'None', '-localhost'],
    ...['-rfbport', String(port), '-FrameRate', String(frameRate), '-AlwaysShared', '-Log', '*:stderr:30'],
  ]);
  return { display: await displayOf(server), port, pid: server.pid, log: server.output, stop: () => server.stop() };
}

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
