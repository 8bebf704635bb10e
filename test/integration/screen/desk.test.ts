import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Keyboard } from '#renderer/screen/input/keyboard.ts';
import { japaneseKeyboard } from '#renderer/screen/input/keys.ts';
import { rfbButtons } from '#renderer/screen/input/pointer.ts';
import { vncDes } from '#test/fakes/vnc-des.ts';
import { XClient } from '#test/fakes/x-client.ts';
import { startXtigervnc, type Xtigervnc } from '#test/fakes/xtigervnc.ts';
import { DeskSession } from './desk-session.ts';

const width = 640;
const height = 480;

/** Areas that servers encode each in its own way: flat, two colours, few colours, text-like, gradient, noise. */
function knownPicture(seed: number): Uint8Array {
  const picture = new Uint8Array(width * height * 4);
  let state = seed;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const area = Math.floor(x / 160) + 4 * Math.floor(y / 240);
      const colour = [
        0x204060,
        (x ^ y) & 8 ? 0xffffff : 0x000000,
        [0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x123456][(x * 7 + y * 3 + seed) % 5]!,
        state & 0x30000000 ? 0xf8f8f8 : 0x303030,
        (((x * 2) & 255) << 16) | (((y * 2) & 255) << 8) | ((x + y) & 255),
        state & 0xffffff,
        [...Array(40).keys()].map((i) => i * 0x060504)[(state >>> 8) % 40]!,
        (seed * 0x010203) & 0xffffff,
      ][area]!;
      picture.set([(colour >> 16) & 255, (colour >> 8) & 255, colour & 255], (y * width + x) * 4);
    }
  }
  return picture;
}

const sessions: DeskSession[] = [];
const connect = (...parameters: ConstructorParameters<typeof DeskSession>): DeskSession => {
  const session = new DeskSession(...parameters);
  sessions.push(session);
  return session;
};
const closeAll = async (): Promise<void> => {
  for (const session of sessions.splice(0)) await session.close();
};
afterEach(closeAll);

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('a desk without a password', () => {
  let desk: Xtigervnc;
  let x: XClient;

  beforeAll(async () => {
    desk = await startXtigervnc({ geometry: `${width}x${height}` });
    x = await XClient.open(desk.xSocket);
  });
  afterAll(async () => {
    x.close();
    await desk.stop();
  });

  const showsTheDesk = async (session: DeskSession) => {
    const truth = await x.read();
    await session.until(() => session.frames > 0 && same(session.picture(), truth));
  };

  describe.each([
    ['tight', ['tight']],
    ['tight and copyrect', ['tight', 'copyrect']],
    ['zrle and copyrect', ['zrle', 'copyrect']],
    ['raw', ['raw']],
    ['all', undefined],
  ] as const)('lossless, %s', (_, encodings) => {
    test.each([
      ['as it comes', Number.POSITIVE_INFINITY],
      ['byte by byte', 1],
    ])('shows every pixel as it is, through drawing and scrolling, bytes %s', async (__, pieces) => {
      await x.draw(0, 0, width, height, knownPicture(1));
      const session = connect(desk.port, encodings === undefined ? {} : { encodings }, pieces);
      await showsTheDesk(session);
      await x.copy(0, 40, 0, 0, width, height - 40);
      await showsTheDesk(session);
      await x.copy(0, 0, 100, 60, 300, 200);
      await x.fill(10, 10, 200, 50, 0x00aa55);
      await showsTheDesk(session);
      await x.draw(0, 0, width, height, knownPicture(2));
      await showsTheDesk(session);
      expect(session.consumed).toBe(session.received);
    });
  });

  test.each([0, 1, 9])('compression %i', async (compression) => {
    await x.draw(0, 0, width, height, knownPicture(3));
    for (const encoding of ['tight', 'zrle'] as const) {
      await showsTheDesk(connect(desk.port, { encodings: [encoding], compression }));
    }
  });

  test('with JPEG the picture is near', async () => {
    const picture = knownPicture(4);
    await x.draw(0, 0, width, height, picture);
    const session = connect(desk.port, { quality: 9 });
    const truth = await x.read();
    const error = () =>
      session.picture().reduce((sum, value, i) => sum + Math.abs(value - truth[i]!), 0) / truth.length;
    await session.until(() => session.frames > 0 && error() < 4);
    expect(same(session.picture(), truth)).toBe(false);
  });

  test('better quality makes the same picture better', async () => {
    await x.draw(0, 0, width, height, knownPicture(5));
    const session = connect(desk.port, { quality: 0 });
    const truth = await x.read();
    await session.until(() => session.frames > 0);
    session.client.setQuality('lossless');
    await session.until(() => same(session.picture(), truth));
  });

  test('the name and size are those of the desk, and the lock lights come', async () => {
    const session = connect(desk.port);
    await session.until(() => session.frames > 0 && session.locks.length > 0);
    expect(session.sizes).toEqual([`hanare test ${width}x${height}`]);
  });

  test('the pointer shape arrives with its colours and hot spot', async () => {
    const session = connect(desk.port);
    await session.until(() => session.frames > 0);
    session.client.pointer(300, 200, 0);
    await x.setCursor(3, 5);
    await session.until(() => session.cursors.at(-1)?.hotY === 5);
    const { width: w, hotX, rgba } = session.cursors.at(-1)!;
    expect(hotX).toBe(3);
    expect([...rgba.slice(0, 4)]).toEqual([255, 128, 0, 255]);
    expect(rgba[(w - 1 + (w - 1) * w) * 4 + 3]).toBe(0);
  });

  test('every button and the wheel arrive where they were pressed', async () => {
    const session = connect(desk.port);
    await session.until(() => session.frames > 0);
    x.events.length = 0;
    const press = (bits: number, at: number) => {
      session.client.pointer(at, at + 1, bits);
      session.client.pointer(at, at + 1, 0);
    };
    for (const dom of [1, 4, 2]) press(rfbButtons(dom), 50);
    for (const bit of [3, 4, 5, 6]) press(1 << bit, 60);
    await x.heard((events) => events.filter((event) => event.type === 'button').length >= 14);
    const downs = x.events.filter((event) => event.type === 'button' && event.down);
    expect(downs.map((event) => event.code)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(downs.map((event) => [event.x, event.y])).toEqual([...Array(3).fill([50, 51]), ...Array(4).fill([60, 61])]);
  });
});

test("the desk takes the window's size, and every other client is told", async () => {
  const desk = await startXtigervnc({ geometry: '640x480' });
  try {
    const [one, other] = [connect(desk.port), connect(desk.port)];
    await other.until(() => other.frames > 0);
    one.client.requestSize(800, 602);
    for (const session of [one, other]) {
      await session.until(() => session.sizes.at(-1) === '800x602');
      await session.until(() => session.codec.framebuffer[(801 * 600 - 1) * 4 + 3] === 255);
    }
    const x = await XClient.open(desk.xSocket);
    expect([x.width, x.height]).toEqual([800, 602]);
    await x.draw(0, 0, 640, 480, knownPicture(6));
    const truth = await x.read();
    for (const session of [one, other]) await session.until(() => same(session.picture(), truth));
    x.close();
  } finally {
    await closeAll();
    await desk.stop();
  }
});

describe('a desk with a password', () => {
  let desk: Xtigervnc;
  const password = 'annex-42';

  beforeAll(async () => {
    desk = await startXtigervnc({ password, extra: ['-BlacklistThreshold', '2', '-BlacklistTimeout', '60'] });
  });
  afterAll(async () => {
    await desk.stop();
  });

  async function answer(typed: string): Promise<DeskSession> {
    const session = connect(desk.port);
    await session.until(() => session.challenge !== undefined);
    const key = Buffer.alloc(8);
    key.write(typed);
    session.client.answer(vncDes(key, Buffer.from(session.challenge!)));
    return session;
  }

  test('the right one opens, a wrong one does not, too many are refused for a while', async () => {
    const right = await answer(password);
    await right.until(() => right.frames > 0);
    for (let i = 0; i < 2; i++) {
      const wrong = await answer('not-this');
      await expect(wrong.until(() => false)).rejects.toMatchObject({ failure: { reason: 'deskPasswordWrong' } });
    }
    const refused = connect(desk.port);
    await expect(refused.until(() => false)).rejects.toMatchObject({ failure: { reason: 'deskTooManyTries' } });
  });
});

describe('the 109-key Japanese keyboard on the desk', () => {
  let desk: Xtigervnc;
  let x: XClient;

  beforeAll(async () => {
    desk = await startXtigervnc({ extra: ['-RawKeyboard=1'] });
    x = await XClient.open(desk.xSocket);
  });
  afterAll(async () => {
    x.close();
    await desk.stop();
  });

  test('each key arrives as itself, pressed and let go', async () => {
    const session = connect(desk.port);
    await session.until(() => session.frames > 0);
    const keyboard = new Keyboard({
      key: (down, keysym, scancode) => session.client.key(down, keysym, scancode),
      locks: () => {},
      leave: () => {},
      hide: () => {},
    });
    const seen = new Map<string, number>();
    for (const { code } of japaneseKeyboard) {
      x.events.length = 0;
      const input = {
        code,
        key: 'Unidentified',
        shiftKey: false,
        ctrlKey: false,
        altKey: false,
        metaKey: false,
        getModifierState: () => false,
      };
      keyboard.down(input);
      keyboard.up(input);
      await x.heard((events) => events.length >= 2);
      expect(x.events.map(({ type, down }) => [type, down])).toEqual([
        ['key', true],
        ['key', false],
      ]);
      expect(x.events[0]!.code).toBe(x.events[1]!.code);
      seen.set(code, x.events[0]!.code);
    }
    expect(new Set(seen.values()).size).toBe(109);
    // X key codes are those of Linux plus 8.
    expect(Object.fromEntries(seen)).toMatchObject({
      Backquote: 49,
      IntlYen: 132,
      IntlRo: 97,
      Convert: 100,
      NonConvert: 102,
      KanaMode: 101,
      CapsLock: 66,
      Backslash: 51,
      ControlRight: 105,
      AltRight: 108,
      NumpadEnter: 104,
      PrintScreen: 107,
      Pause: 127,
      MetaLeft: 133,
      ContextMenu: 135,
    });
  });
});
