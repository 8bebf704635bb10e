import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Screen = Readonly<{
  width: number;
  height: number;
  /** What the display shows: words 0xAABBGGRR with the alpha set, as the desk keeps them. */
  pixels: () => Promise<Uint32Array>;
  xdotool: (...words: readonly string[]) => Promise<void>;
  /** A full-screen vncviewer, so that the desk's pixel 0,0 is the display's. */
  view: (port: number, options: readonly string[], environment?: Readonly<Record<string, string>>) => void;
  stop: () => Promise<void>;
}>;

/** An X display without a screen, for a real viewer to draw on. */
export async function startScreen(width: number, height: number): Promise<Screen> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const [number] = (await once(server.stdio[3]!, 'data')) as [Buffer];
  const display = `:${number.toString().trim()}`;
  const environment = { ...process.env, DISPLAY: display };
  const viewers: ChildProcess[] = [];
  const stop = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  return {
    width,
    height,
    pixels: async () => {
      const { stdout } = await run('xwd', ['-root', '-silent'], {
        env: environment,
        encoding: 'buffer',
        maxBuffer: 64 * 1024 * 1024,
      });
      return readXwd(stdout);
    },
    xdotool: async (...words) => {
      await run('xdotool', [...words], { env: environment });
    },
    view: (port, options, more = {}) => {
      const fixed = ['-FullScreen', '-RemoteResize=0', '-AutoSelect=0', '-AcceptClipboard=0', '-SendClipboard=0'];
      viewers.push(
        spawn('vncviewer', [...fixed, ...options, `127.0.0.1::${port}`], {
          env: { ...environment, ...more },
          stdio: 'ignore',
        }),
      );
    },
    stop: async () => {
      await Promise.all(viewers.map(stop));
      await stop(server);
    },
  };
}

/** XWDFile.h: a big-endian header, a colour table, then rows of 32-bit pixels 0x00RRGGBB. */
function readXwd(file: Buffer): Uint32Array {
  const word = (at: number): number => file.readUInt32BE(at * 4);
  const [width, height, rowBytes] = [word(4), word(5), word(12)];
  if (word(11) !== 32) throw new Error(`${word(11)} bits a pixel`);
  const data = word(0) + word(19) * 12;
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = data + y * rowBytes + x * 4;
      pixels[y * width + x] = (0xff00_0000 | (file[at]! << 16) | (file[at + 1]! << 8) | file[at + 2]!) >>> 0;
    }
  }
  return pixels;
}
