import type { Socket } from 'node:net';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import { addToRegion, encloses, intersect, isEmpty, type Rect, rect, type Size } from '../state/geometry.ts';
import { ConnectionEnded, createByteReader } from './byte-reader.ts';
import { type ClientMessage, readClientMessage } from './client-messages.ts';
import { addCopy, addDamage, type Damage, noDamage, takeDamage, targetOf, withoutCopy } from './damage.ts';
import { createEncoder, type Encoder, encodings, type PixelEncoding, rectHeader } from './encoder.ts';
import type { Copy, Framebuffer } from './framebuffer.ts';
import { serveHandshake } from './handshake.ts';
import { type PixelFormat, serverFormat } from './pixel-format.ts';
import {
  type CursorImage,
  cursorRect,
  endOfContinuousUpdates,
  extendedSizeRect,
  fenceFlags,
  fenceMessage,
  lastRect,
  nameRect,
  pseudo,
  qemuRect,
  type SizeReason,
  sizeRect,
  sizeStatus,
} from './pseudo.ts';

/** What a client needs of the desk. */
export type DeskSide = Readonly<{
  name: string;
  password: string | undefined;
  framebuffer: Framebuffer;
  /** Parts of the picture that must arrive exactly. */
  lossless: () => readonly Rect[];
  cursor: () => CursorImage;
  pointer: (input: Readonly<{ x: number; y: number; buttons: number }>) => void;
  key: (input: Readonly<{ down: boolean; keysym: number; scancode: number }>) => void;
  /** @returns false when the desk cannot take that size. */
  resize: (size: Size, by: RfbClient) => boolean;
  sent: (update: Readonly<{ rects: number; bytes: number }>) => void;
}>;

export type RfbClient = Readonly<{
  damage: (areas: readonly Rect[], copy: Copy | undefined) => void;
  cursorChanged: () => void;
  resized: (reason: SizeReason) => void;
  close: () => void;
  /** Settles when the connection is over; never rejects. */
  done: Promise<void>;
}>;

/** Frames under way to a client that answers fences: enough to fill a line of 100 ms at 30 frames a second. */
const maxFramesAhead = 4;
const handshakeMs = 30_000;

/** Serves one viewer. Whatever it sends that makes no sense ends its own connection with a line in the log. */
export function serveClient(socket: Socket, desk: DeskSide, logger: Logger): RfbClient {
  const reader = createByteReader(socket);
  let ready = false;
  let closed = false;
  let format: PixelFormat = serverFormat;
  let offered: readonly number[] = [];
  let told: Size = desk.framebuffer.size();
  let damage: Damage = noDamage;
  let requested: readonly Rect[] = [];
  let continuous: Rect | undefined;
  let encoder: Encoder | undefined;
  let sending = false;
  /** Messages that may not stand in the middle of an update. */
  const held: Buffer[] = [];
  /** Pseudo-rectangles for the next update, by what they tell, so that only the newest is sent. */
  const news = new Map<string, () => Buffer>();
  let framesAhead = 0;
  const announced = new Set<number>();

  const knows = (encoding: number): boolean => offered.includes(encoding);
  const whole = (): Rect => ({ x: 0, y: 0, ...told });

  const write = (data: Buffer): void => {
    if (closed) return;
    if (sending) held.push(data);
    else socket.write(data);
  };

  /** One frame at most is under way: the next is made when the socket has taken the last. */
  const mayUpdate = (): boolean =>
    ready &&
    !closed &&
    !sending &&
    socket.writableLength === 0 &&
    (continuous ? framesAhead < maxFramesAhead : requested.length > 0);

  const maybeSend = (): void => {
    if (!mayUpdate()) return;
    const wanted = continuous ? [intersect(continuous, whole()), ...requested] : requested;
    if (!knows(encodings.copyRect) || !wanted.some((area) => covers(area, damage.copy))) damage = withoutCopy(damage);
    const resize = news.get('size');
    if (resize && !sameSize(told, desk.framebuffer.size())) {
      // A new size goes alone: what follows is in the new picture's coordinates.
      news.delete('size');
      requested = [];
      void send([resize()], undefined, []);
      return;
    }
    const { now, later } = takeDamage(damage, wanted);
    if (now.length === 0 && !damage.copy && news.size === 0) return;
    const { copy } = damage;
    damage = { areas: later, copy: undefined };
    requested = [];
    const extra = [...news.values()].map((make) => make());
    news.clear();
    void send(extra, copy, now);
  };

  const send = async (extra: readonly Buffer[], copy: Copy | undefined, areas: readonly Rect[]): Promise<void> => {
    sending = true;
    const picture = { pixels: desk.framebuffer.pixels(), width: desk.framebuffer.size().width };
    encoder ??= createEncoder(effort());
    const options = { encoding: pixelEncoding(), format, quality: quality(), lossless: desk.lossless() };
    const parts = areas.flatMap((area) => encoder!.encode(picture, area, options));
    // Each is awaited in its turn; one that fails earlier must not count as unhandled meanwhile.
    for (const part of parts) part.catch(() => undefined);
    const first = copy ? [...extra, copyRect(copy)] : extra;
    const open = knows(pseudo.lastRect) && parts.length > 8;
    const count = first.length + parts.length;
    let bytes = 4;
    const put = (data: Buffer): void => {
      bytes += data.length;
      if (!closed) socket.write(data);
    };
    try {
      const header = Buffer.alloc(4);
      header.writeUInt16BE(open ? 0xffff : count, 2);
      const whole = open ? [] : await Promise.all(parts);
      put(Buffer.concat([header, ...first, ...whole]));
      // With LastRect the first rectangles are on their way while the last are still being compressed.
      if (open) {
        for (const part of parts) put(await part);
        put(lastRect());
      }
      desk.sent({ rects: count, bytes });
    } catch (error) {
      if (!closed) end('could not encode an update', error);
    }
    sending = false;
    if (continuous && knows(pseudo.fence)) {
      framesAhead++;
      held.push(fenceMessage(fenceFlags.request | fenceFlags.blockBefore, Buffer.from('frame')));
    }
    for (const message of held.splice(0)) write(message);
    maybeSend();
  };

  const pixelEncoding = (): PixelEncoding => {
    const first = offered.find((one) => one === encodings.tight || one === encodings.zrle || one === encodings.raw);
    return first === encodings.tight ? 'tight' : first === encodings.zrle ? 'zrle' : 'raw';
  };
  const level = (lowest: number, best: number): number | undefined => {
    const found = offered.find((one) => one >= lowest && one <= best);
    return found === undefined ? undefined : found - lowest;
  };
  const quality = (): number | undefined => level(pseudo.qualityLowest, pseudo.qualityBest);
  /** Level 0 would not compress at all; above 6 costs more than it saves. */
  const effort = (): number => Math.max(1, Math.min(6, level(pseudo.compressLowest, pseudo.compressBest) ?? 2));

  const announce = (encoding: number, how: () => void): void => {
    if (!knows(encoding) || announced.has(encoding)) return;
    announced.add(encoding);
    how();
  };

  const tellSize = (reason: SizeReason, status: number = sizeStatus.done): void => {
    const size = desk.framebuffer.size();
    if (knows(pseudo.extendedDesktopSize)) {
      news.set('size', () => {
        told = desk.framebuffer.size();
        return extendedSizeRect(told, reason, status);
      });
    } else if (knows(pseudo.desktopSize)) {
      news.set('size', () => {
        told = desk.framebuffer.size();
        return sizeRect(told);
      });
    } else if (ready && !sameSize(size, told)) {
      end('the screen was resized and the viewer cannot follow', undefined);
    }
  };

  const setEncodings = (list: readonly number[]): void => {
    offered = list;
    announce(pseudo.fence, () => write(fenceMessage(fenceFlags.request, Buffer.from('hello'))));
    announce(pseudo.continuousUpdates, () => write(endOfContinuousUpdates()));
    announce(pseudo.qemuExtendedKey, () => news.set('qemu', qemuRect));
    announce(pseudo.desktopName, () => news.set('name', () => nameRect(desk.name)));
    announce(pseudo.extendedDesktopSize, () => tellSize('server'));
    announce(pseudo.cursor, tellCursor);
  };

  const tellCursor = (): void => {
    if (knows(pseudo.cursor)) news.set('cursor', () => cursorRect(desk.cursor(), format));
  };

  const handle = (message: ClientMessage): void => {
    switch (message.type) {
      case 'setPixelFormat':
        format = message.format;
        tellCursor();
        return;
      case 'setEncodings':
        setEncodings(message.encodings);
        return;
      case 'updateRequest': {
        const area = intersect(message.area, whole());
        if (!message.incremental) {
          if (knows(pseudo.extendedDesktopSize)) tellSize('server');
          damage = addDamage(damage, [area]);
        }
        requested = isEmpty(area) ? requested : addToRegion(requested, area);
        return;
      }
      case 'key':
        desk.key(message);
        return;
      case 'pointer':
        desk.pointer(message);
        return;
      case 'cutText':
        return;
      case 'continuousUpdates':
        continuous = message.enable ? message.area : undefined;
        if (!message.enable) write(endOfContinuousUpdates());
        framesAhead = 0;
        return;
      case 'fence':
        fence(message.flags, message.payload);
        return;
      case 'setDesktopSize': {
        const size = { width: message.width, height: message.height };
        if (!desk.resize(size, client)) tellSize('thisClient', sizeStatus.invalid);
        return;
      }
    }
  };

  const fence = (flags: number, payload: Buffer): void => {
    if (flags & fenceFlags.request) {
      // Messages are handled one after the other, which is what both block flags ask for.
      write(fenceMessage(flags & (fenceFlags.blockBefore | fenceFlags.blockAfter), payload));
    } else if (payload.toString('latin1') === 'frame') framesAhead = Math.max(0, framesAhead - 1);
  };

  const end = (why: string, error: unknown): void => {
    if (closed) return;
    closed = true;
    encoder?.close();
    if (error === undefined) logger.info(why);
    else logger.warn(why, { error });
    // What was already written (a refusal's reason) may still go out; a peer that does not read is cut off.
    socket.end();
    setTimeout(() => socket.destroy(), 1000).unref();
  };

  const run = async (): Promise<void> => {
    const tooSlow = setTimeout(() => end('a viewer did not finish its greeting', undefined), handshakeMs);
    try {
      const { name, password } = desk;
      told = await serveHandshake({ reader, write, password, name, size: desk.framebuffer.size });
      clearTimeout(tooSlow);
      ready = true;
      damage = { areas: [whole()], copy: undefined };
      logger.info('a viewer connected', { width: told.width, height: told.height });
      tellSize('server');
      while (!closed) {
        handle(await readClientMessage(reader));
        maybeSend();
      }
    } catch (error) {
      if (error instanceof ConnectionEnded) end('a viewer left', undefined);
      else if (error instanceof HanareError) end('a viewer was sent away', error);
      else end('serving a viewer failed', error);
    } finally {
      clearTimeout(tooSlow);
    }
  };

  socket.setNoDelay(true);
  socket.on('drain', maybeSend);
  const client: RfbClient = {
    damage: (areas, copy) => {
      if (!ready) return;
      if (copy) damage = addCopy(damage, copy);
      damage = addDamage(damage, areas);
      maybeSend();
    },
    cursorChanged: () => {
      tellCursor();
      maybeSend();
    },
    resized: (reason) => {
      if (!ready) return;
      const size = desk.framebuffer.size();
      damage = { areas: [rect(0, 0, size.width, size.height)], copy: undefined };
      requested = [];
      tellSize(reason);
      maybeSend();
    },
    close: () => {
      end('the desk was shut', undefined);
      socket.destroy();
    },
    done: new Promise((resolve) => socket.on('close', () => resolve())),
  };
  void run();
  return client;
}

const covers = (area: Rect, copy: Copy | undefined): boolean => copy !== undefined && encloses(area, targetOf(copy));

const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;

function copyRect(copy: Copy): Buffer {
  const from = Buffer.alloc(4);
  from.writeUInt16BE(copy.from.x, 0);
  from.writeUInt16BE(copy.from.y, 2);
  return Buffer.concat([rectHeader(targetOf(copy), encodings.copyRect), from]);
}
