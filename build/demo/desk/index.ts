import { createServer, type Socket } from 'node:net';
import type { Language } from '#contract/errors/entry.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type Clock, createDesk, fits, systemClock } from './desk.ts';
import { type RfbClient, serveClient } from './rfb/client.ts';
import { composition } from './state/ime.ts';
import type { AppId } from './state/layout.ts';
import { focused } from './state/windows.ts';
import { text } from './texts.ts';

export type DemoDeskOptions = Readonly<{
  host?: string;
  /** 0 takes any free port. */
  port?: number;
  /** 800 × 600 to 3840 × 2160. */
  width?: number;
  height?: number;
  language?: Language;
  /** With a password viewers sign in by VncAuth; only its first eight characters count. */
  password?: string;
  clock?: Clock;
  logger?: Logger;
}>;

type DemoDeskStats = Readonly<{
  viewers: number;
  viewersSoFar: number;
  /** Pictures in which something changed. */
  frames: number;
  updates: number;
  rects: number;
  bytes: number;
}>;

/** What tests may look at without looking at pixels. */
type DemoDeskInspection = Readonly<{
  width: number;
  height: number;
  document: Readonly<{ text: string; caret: number; composing: string }>;
  imeOn: boolean;
  chat: Readonly<{ lines: readonly string[]; draft: string }>;
  selectedCell: Readonly<{ row: number; column: number }>;
  /** From the lowest to the topmost. */
  windows: readonly Readonly<{ app: AppId; x: number; y: number; width: number; height: number; minimised: boolean }>[];
  focused: AppId | undefined;
  startOpen: boolean;
  /** A copy of the server's own picture: words 0xAABBGGRR. */
  pixels: () => Uint32Array;
}>;

export type DemoDesk = Readonly<{
  port: number;
  close: () => Promise<void>;
  stats: () => DemoDeskStats;
  state: () => DemoDeskInspection;
}>;

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};

/**
 * An RFB server (RFC 6143) with a living office desktop of its own: what the demo connects to when there is no real desk.
 * @throws RangeError for a size outside the bounds; the listener's error when the port is taken.
 */
export async function startDemoDesk(options: DemoDeskOptions = {}): Promise<DemoDesk> {
  const { host = '127.0.0.1', port = 0, width = 1600, height = 900, language = 'ja', logger = silent } = options;
  if (!fits({ width, height })) throw new RangeError('the desk is 800 × 600 to 3840 × 2160');
  const desk = createDesk({ language, size: { width, height }, clock: options.clock ?? systemClock });
  const clients = new Set<RfbClient>();
  const counts = { viewers: 0, updates: 0, rects: 0, bytes: 0 };

  const serve = (socket: Socket): void => {
    counts.viewers++;
    const side = {
      name: text(language, 'deskName'),
      password: options.password,
      framebuffer: desk.framebuffer,
      lossless: desk.lossless,
      cursor: desk.cursor,
      pointer: desk.pointer,
      key: desk.key,
      resize: (size: { width: number; height: number }, by: RfbClient): boolean => {
        if (!desk.resize(size)) return false;
        for (const one of clients) one.resized(one === by ? 'thisClient' : 'otherClient');
        return true;
      },
      sent: (update: { rects: number; bytes: number }): void => {
        counts.updates++;
        counts.rects += update.rects;
        counts.bytes += update.bytes;
      },
    };
    const client = serveClient(socket, side, logger.with('viewer', { viewer: counts.viewers }));
    clients.add(client);
    const leave = desk.watch(client);
    void client.done.then(() => {
      leave();
      clients.delete(client);
    });
  };

  const server = createServer(serve);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    stats: () => ({
      viewers: clients.size,
      viewersSoFar: counts.viewers,
      frames: desk.frames(),
      updates: counts.updates,
      rects: counts.rects,
      bytes: counts.bytes,
    }),
    state: () => {
      const now = desk.state();
      return {
        ...now.size,
        document: { ...now.document, composing: composition(now.ime) },
        imeOn: now.ime.on,
        chat: { lines: now.chat.lines.map((line) => line.text), draft: now.chat.draft.text },
        selectedCell: now.sheet.selected,
        windows: now.windows.map(({ app, home, minimised }) => ({ app, ...home, minimised })),
        focused: focused(now.windows),
        startOpen: now.startOpen,
        pixels: () => desk.framebuffer.pixels().slice(),
      };
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.close();
      await closed;
    },
  };
}
