import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoDesk, type DemoDeskOptions, startDemoDesk } from '#build/demo/desk/index.ts';
import { vncAuthResponse } from '#build/demo/desk/rfb/vnc-auth.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';
import { openViewer, type Update, u16, u32, type Viewer } from '../viewer.ts';

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function desk(options: DemoDeskOptions = {}): Promise<DemoDesk & { clock: FakeClock; lines: string[] }> {
  const clock = fakeClock();
  const lines: string[] = [];
  const keep = (message: string): void => void lines.push(message);
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep, with: () => logger };
  const started = await startDemoDesk({ width: 800, height: 600, clock, logger, ...options });
  open.push(started);
  return { ...started, clock, lines };
}

async function viewer(port: number, ...encodings: readonly number[]): Promise<Viewer> {
  const one = await openViewer(port);
  open.push(one);
  one.setEncodings(...encodings);
  return one;
}

/** Asks for the whole picture and waits until what is shown is what the server holds. */
async function whole(one: Viewer): Promise<void> {
  one.request(false);
  await one.update();
}

const same = (one: Viewer, office: DemoDesk): boolean =>
  Buffer.compare(Buffer.from(one.pixels().buffer), Buffer.from(office.state().pixels().buffer)) === 0;

type Office = DemoDesk & { clock: FakeClock };

/** The next update; time goes on in steps of a frame while it is awaited. */
async function next(one: Viewer, office: Office): Promise<Update> {
  one.request(true);
  let arrived = false;
  const update = one.update().finally(() => {
    arrived = true;
  });
  while (!arrived) {
    await pause(4);
    if (!arrived) office.clock.advance(40);
  }
  return update;
}

/** Reads updates until the condition holds: one update may carry only a part of what changed. */
async function until(one: Viewer, office: Office, condition: () => boolean): Promise<void> {
  while (!condition()) await next(one, office);
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(4);
}

const raw = 0;
const copyRect = 1;
const tight = 7;
const zrle = 16;

describe('handshake', () => {
  it.each(['RFB 003.008\n', 'RFB 003.007\n', 'RFB 003.003\n'])('serves a viewer of %j', async (version) => {
    const office = await desk();
    const one = await openViewer(office.port, { version });
    open.push(one);
    one.setEncodings(raw);
    await whole(one);
    expect([one.width(), one.height(), one.name]).toEqual([800, 600, '企画課 デモ用パソコン']);
    expect(same(one, office)).toBe(true);
  });

  it('lets in a viewer with the password in every version', async () => {
    const office = await desk({ password: 'shukubo8' });
    for (const version of ['RFB 003.008\n', 'RFB 003.003\n']) {
      const one = await openViewer(office.port, {
        version,
        answer: (challenge) => vncAuthResponse('shukubo8', challenge),
      });
      open.push(one);
      expect(one.width()).toBe(800);
    }
  });

  it('refuses a viewer with a wrong password', async () => {
    const office = await desk({ password: 'shukubo8' });
    const answer = (challenge: Buffer): Buffer => vncAuthResponse('another', challenge);
    await expect(openViewer(office.port, { answer })).rejects.toThrow('refused');
    expect(office.lines).toContain('a viewer was sent away');
  });

  it.each([
    ['no version', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a security type that was not offered', Buffer.from('RFB 003.008\n\x10')],
  ])('closes on %s and goes on serving others', async (_, bytes) => {
    const office = await desk();
    const socket = connect(office.port, '127.0.0.1');
    socket.resume();
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
    const one = await viewer(office.port, raw);
    await whole(one);
    expect(same(one, office)).toBe(true);
    expect(office.lines).toContain('a viewer was sent away');
  });
});

describe('picture', () => {
  it.each([
    ['raw', [raw]],
    ['tight', [tight, raw]],
    ['tight with LastRect', [tight, -224]],
    ['zrle', [zrle]],
  ])('arrives exactly with %s, whole and after changes', async (_, encodings) => {
    const office = await desk();
    const one = await viewer(office.port, ...encodings);
    await whole(one);
    expect(same(one, office)).toBe(true);
    for (const char of 'Hanare') one.key(char.codePointAt(0)!);
    await until(one, office, () => office.state().document.text.includes('Hanare') && same(one, office));
    office.clock.advance(20_000);
    await until(one, office, () => same(one, office));
    expect(same(one, office)).toBe(true);
  });

  it('keeps JPEG away from windows, icons and the task bar', async () => {
    const office = await desk();
    const one = await viewer(office.port, tight, -26);
    await whole(one);
    expect(one.photos.length).toBeGreaterThan(0);
    const { windows } = office.state();
    for (const photo of one.photos) {
      expect(photo.data!.subarray(0, 2).toString('hex')).toBe('ffd8');
      expect(photo.y + photo.height).toBeLessThanOrEqual(600 - 48);
      for (const window of windows) {
        const apart =
          photo.x >= window.x + window.width ||
          photo.x + photo.width <= window.x ||
          photo.y >= window.y + window.height ||
          photo.y + photo.height <= window.y;
        expect(apart).toBe(true);
      }
    }
  });

  it('sends no JPEG to a viewer that offers no quality', async () => {
    const office = await desk();
    const one = await viewer(office.port, tight);
    await whole(one);
    expect(one.photos).toEqual([]);
  });

  it('moves a dragged window by CopyRect and ends with the same picture', async () => {
    const office = await desk({ width: 1366, height: 768 });
    const one = await viewer(office.port, copyRect, tight);
    await whole(one);
    const window = office.state().windows.at(-1)!;
    const grip = { x: window.x + 200, y: window.y + 15 };
    one.pointer(grip.x, grip.y, 1);
    const kinds = new Set<number>();
    for (let step = 1; step <= 6; step++) {
      one.pointer(grip.x + step * 23, grip.y + step * 9, 1);
      for (const rect of (await next(one, office)).rects) kinds.add(rect.encoding);
    }
    one.pointer(grip.x + 6 * 23, grip.y + 6 * 9, 0);
    await until(one, office, () => same(one, office));
    expect(kinds).toContain(copyRect);
    expect(office.state().windows.at(-1)).toMatchObject({ x: window.x + 138, y: window.y + 54 });
    expect(same(one, office)).toBe(true);
  });

  it('speaks 16-bit big-endian pixels when asked', async () => {
    const office = await desk();
    const one = await openViewer(office.port);
    open.push(one);
    one.send(0, 0, 0, 0, Buffer.from([16, 16, 1, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0]));
    one.setEncodings(raw);
    one.send(3, 0, u16(0), u16(0), u16(2), u16(1));
    const head = await one.reader.take(16);
    expect(head.readUInt16BE(8)).toBe(2);
    const [first] = office.state().pixels();
    const expected =
      (Math.round(((first! & 255) * 31) / 255) << 11) |
      (Math.round((((first! >> 8) & 255) * 63) / 255) << 5) |
      Math.round((((first! >> 16) & 255) * 31) / 255);
    expect((await one.reader.take(4)).readUInt16BE(0)).toBe(expected);
  });

  it('redraws no more than the clock when only a second passes', async () => {
    const office = await desk();
    const one = await viewer(office.port, tight);
    await whole(one);
    // The writer has the caret: with it minimised nothing blinks.
    for (let at = 0; at < 3; at++) {
      const { x, y, width } = office.state().windows.findLast((window) => !window.minimised)!;
      one.pointer(x + width - 120, y + 18, 1);
      one.pointer(x + width - 120, y + 18, 0);
      await eventually(() => office.state().windows.filter((window) => window.minimised).length === at + 1);
    }
    office.clock.advance(40);
    await until(one, office, () => same(one, office));
    expect(office.state().focused).toBeUndefined();
    const { rects } = await next(one, office);
    for (const rect of rects) {
      expect(rect.x).toBeGreaterThanOrEqual(640);
      expect(rect.y).toBeGreaterThanOrEqual(544);
    }
  });
});

describe('flow', () => {
  it('sends nothing that was not asked for', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw);
    await whole(one);
    const before = office.stats().updates;
    office.clock.advance(5000);
    await pause(30);
    expect(office.stats().updates).toBe(before);
    expect(office.stats().frames).toBeGreaterThan(3);
  });

  it('sends unasked with continuous updates, and stops at the end of them', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw, -313);
    expect(await one.message()).toMatchObject({ type: 150 });
    await whole(one);
    one.send(150, 1, u16(0), u16(0), u16(800), u16(600));
    await pause(20);
    office.clock.advance(1000);
    await one.update();
    one.send(150, 0, u16(0), u16(0), u16(0), u16(0));
    for (;;) if ((await one.message()).type === 150) break;
    const before = office.stats().updates;
    office.clock.advance(3000);
    await pause(30);
    expect(office.stats().updates).toBe(before);
  });

  it('holds back frames from a viewer that leaves fences unanswered', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw, -312, -313);
    await whole(one);
    one.send(150, 1, u16(0), u16(0), u16(800), u16(600));
    await pause(20);
    for (let second = 0; second < 20; second++) {
      office.clock.advance(1000);
      await pause(5);
    }
    expect(office.stats().updates).toBeLessThanOrEqual(6);
  });

  it('queues one frame at most for a viewer that does not read', async () => {
    const office = await desk({ width: 1600, height: 900 });
    const one = await viewer(office.port, raw, -313);
    await one.message();
    one.socket.pause();
    one.send(150, 1, u16(0), u16(0), u16(1600), u16(900));
    for (let second = 0; second < 40; second++) {
      one.request(false);
      office.clock.advance(1000);
      await pause(5);
    }
    // Without a bound this would be 40 whole pictures of 5.76 MB.
    expect(office.stats().bytes).toBeLessThan(4 * 5_760_000);
  });

  it('answers a fence with its payload and without the request flag', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw);
    one.send(248, 0, 0, 0, u32(0x8000_0003), 3, Buffer.from('abc'));
    const answer = await one.message();
    expect(answer).toEqual({ type: 248, data: Buffer.from([0, 0, 0, 0, 0, 0, 3, 3, 97, 98, 99]) });
  });
});

describe('extensions', () => {
  it('announces size, name, keys and the pointer shape to a viewer that knows them', async () => {
    const office = await desk({ language: 'en' });
    const one = await viewer(office.port, raw, -308, -307, -258, -239, -312);
    one.request(false);
    const hello = await one.message();
    expect(hello.type).toBe(248);
    const { rects } = await one.update();
    expect(
      rects
        .map((rect) => rect.encoding)
        .filter((encoding) => encoding < 0)
        .toSorted(),
    ).toEqual([-239, -258, -307, -308]);
    expect(rects.find((rect) => rect.encoding === -307)!.data!.toString()).toBe('Planning Division demo PC');
  });

  it('changes the pointer shape over text', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw, -239);
    await whole(one);
    const { x, y, width } = office.state().windows.at(-1)!;
    one.pointer(x + width / 2, y + 250, 0);
    const shapes = (await next(one, office)).rects.filter((rect) => rect.encoding === -239);
    expect(shapes).toHaveLength(1);
    expect([shapes[0]!.x, shapes[0]!.y]).toEqual([11, 11]);
  });

  it('lays itself out anew when a viewer sets the size, and tells the others', async () => {
    const office = await desk();
    const one = await viewer(office.port, tight, -308);
    const other = await viewer(office.port, tight, -223);
    await whole(one);
    await whole(other);
    one.send(251, 0, u16(1024), u16(700), 1, 0, u32(1), u16(0), u16(0), u16(1024), u16(700), u32(0));
    one.request(true);
    other.request(true);
    const answer = (await one.update()).rects;
    expect(answer).toMatchObject([{ encoding: -308, x: 1, y: 0, width: 1024, height: 700 }]);
    expect((await other.update()).rects).toMatchObject([{ encoding: -223, width: 1024, height: 700 }]);
    await until(one, office, () => same(one, office));
    await until(other, office, () => same(other, office));
    expect([other.width(), other.height()]).toEqual([1024, 700]);
  });

  it('refuses a size that it cannot lay out and keeps its own', async () => {
    const office = await desk();
    const one = await viewer(office.port, tight, -308);
    await whole(one);
    one.send(251, 0, u16(320), u16(200), 1, 0, u32(1), u16(0), u16(0), u16(320), u16(200), u32(0));
    one.request(true);
    expect((await one.update()).rects).toMatchObject([{ encoding: -308, x: 1, y: 3, width: 800, height: 600 }]);
    expect(office.state().width).toBe(800);
  });

  it('takes the scancode of a QEMU key event', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw, -258);
    await whole(one);
    // 半角/全角 without a keysym, then "a".
    one.send(255, 0, u16(1), u32(0), u32(0x29), 255, 0, u16(1), u32(0x61), u32(0x1e));
    await eventually(() => office.state().document.composing !== '');
    expect(office.state()).toMatchObject({ imeOn: true, document: { composing: 'あ' } });
  });
});

describe('malformed input', () => {
  it.each([
    ['an unknown message', Buffer.from([77])],
    ['a pixel format of 13 bits', Buffer.from([0, 0, 0, 0, 13, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])],
    ['a channel without bits', Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 0, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])],
    ['a channel beyond the pixel', Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 60, 8, 0, 0, 0, 0])],
    ['a huge clipboard', Buffer.from([6, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff])],
    ['a fence that is too long', Buffer.from([248, 0, 0, 0, 0, 0, 0, 0, 65])],
    ['an unknown QEMU message', Buffer.from([255, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ])('closes that viewer only on %s', async (_, bytes) => {
    const office = await desk();
    const good = await viewer(office.port, raw);
    const bad = await viewer(office.port, raw);
    bad.send(bytes);
    bad.socket.resume();
    await new Promise((resolve) => bad.socket.once('close', resolve));
    expect(office.lines).toContain('a viewer was sent away');
    await whole(good);
    expect(same(good, office)).toBe(true);
  });

  it('understands messages that arrive byte by byte', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw);
    for (const byte of Buffer.concat([Buffer.from([4, 1, 0, 0]), u32(0x41), Buffer.from([4, 1, 0, 0]), u32(0x42)])) {
      one.send(byte);
      await pause(1);
    }
    await eventually(() => office.state().document.text.includes('AB'));
    expect(office.lines).toEqual(['a viewer connected']);
  });
});

describe('life', () => {
  it('runs no timer while nobody looks on', async () => {
    const office = await desk();
    expect(office.clock.waiting()).toBe(0);
    const one = await viewer(office.port, raw);
    await whole(one);
    expect(office.clock.waiting()).toBe(1);
    await one.close();
    while (office.stats().viewers > 0) await pause(5);
    expect(office.clock.waiting()).toBe(0);
  });

  it('closes its viewers when it is closed', async () => {
    const office = await desk();
    const one = await viewer(office.port, raw);
    one.socket.resume();
    const closed = new Promise((resolve) => one.socket.once('close', resolve));
    await office.close();
    await closed;
    expect(office.stats().viewers).toBe(0);
  });

  it('refuses to start at a size out of bounds', async () => {
    await expect(startDemoDesk({ width: 100, height: 100 })).rejects.toThrow(RangeError);
  });
});
