import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { jisKeys } from './support/jis-keys.ts';
import { until, waitForPhase } from './support/page.ts';
import { type Difference, deskOrigin, differenceFrom, screenBox } from './support/picture.ts';
import { rdpDesks } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';
import { openXDisplay, type XDisplay } from './support/x-display.ts';

/* What real RDP desks show and hear, held against their X displays, which are reached past them. */

const text = 'printf "\\033[?25l"; ls --color=always -l /usr/lib | head -44; exec sleep 1000';
/** Programs of a desk, where each stands, and no clock that ticks: nothing may change between two looks. */
const windows: readonly (readonly string[])[] = [
  ['xterm', '-fn', '7x13', '-bg', '#fdf6e3', '-fg', '#073642', '-geometry', '80x44+20+20', '-e', 'sh', '-c', text],
  ['xclock', '-update', '3600', '-geometry', '220x220+640+20'],
  ['xlogo', '-fg', '#b58900', '-geometry', '220x220+900+20'],
  ['xeyes', '-geometry', '300x200+640+300'],
];
const sixKeys = ['Backquote', 'Convert', 'NonConvert', 'KanaMode', 'IntlYen', 'IntlRo'];

for (const { title, security, missing, keycodes, far, resizes, startEmpty } of await rdpDesks()) {
  if (missing !== null) console.warn(`\n!!! SKIPPED: ${title} is NOT tested here: ${missing}\n`);
  describe.skipIf(missing !== null)(`${title} as a desk`, () => {
    let desk: Awaited<ReturnType<typeof startEmpty>>;
    let world: World;
    let app: LaunchedApp;
    let display: XDisplay;
    beforeAll(async () => {
      desk = await startEmpty();
      // A watermark lies over the picture, whose pixels are compared here.
      world = await createWorld({ rdp: { port: desk.port, security }, policy: { watermark: false } });
      app = await world.open();
      await signInToRdp(app);
      await waitForPhase(app, 'connected');
      display = await openXDisplay(desk.display ?? '', 'authority' in desk ? desk.authority : null);
    });
    afterAll(async () => {
      await display?.stop();
      await world?.stop();
      await desk?.stop();
    });

    /** Waits until the window shows what the desk does, as exactly as lossy codecs do: RemoteFX, H.264. */
    async function expectSame(name: string): Promise<void> {
      let seen: Difference | undefined;
      const isSame = async () => {
        seen = await differenceFrom(app.page, await display.picture());
        return seen.mean < 4 && seen.far < far;
      };
      await until('the same picture', isSame, 20_000).catch(() => undefined);
      await shoot(app.page, `rdp-${title}-${name}`);
      expect(await isSame(), JSON.stringify(seen)).toBe(true);
    }

    test('shows the windows of real programs as they are there', async () => {
      for (const [command = '', ...args] of windows) display.start(command, ...args);
      const there = async () => {
        const tree = await display.run('xwininfo', '-root', '-tree');
        return ['xterm', 'xclock', 'xlogo', 'xeyes'].every((name) => tree.includes(`"${name}"`));
      };
      await until('all windows', there);
      await expectSame('windows');
    });

    test('hears 半角/全角, 変換, 無変換, かな, ￥ and ろ as themselves, down and up', async () => {
      const client = await display.client();
      const box = await screenBox(app.page);
      await app.page.mouse.click(box.x + 300, box.y + 200);
      await until('the click', () => client.events.some(({ type, down }) => type === 'button' && !down));
      client.events.length = 0;
      const keys = sixKeys.map((code) => jisKeys.find((key) => key.code === code)!);
      const cdp = await app.page.context().newCDPSession(app.page);
      for (const { code, key, virtualKey } of keys) {
        const event = { code, key, windowsVirtualKeyCode: virtualKey, location: 0 };
        await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
        await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
      }
      const expected = keycodes.flatMap((code) => (code === null ? [] : [`${code} down`, `${code} up`]));
      await until('all keys', () => client.events.length >= expected.length, 5_000).catch(() => undefined);
      const heard = client.events.map(({ code, down }) => `${code} ${down ? 'down' : 'up'}`);
      expect(heard).toEqual(expected);
    });

    test('hears clicks and the wheel at the right place', async () => {
      const client = await display.client();
      const origin = await deskOrigin(app.page, client);
      client.events.length = 0;
      await app.page.mouse.move(origin.x + 330, origin.y + 222);
      await app.page.mouse.click(origin.x + 333, origin.y + 222, { button: 'right' });
      await app.page.mouse.wheel(0, 120);
      await until('the wheel', () => client.events.some(({ code }) => code === 5));
      expect(client.events.slice(0, 2)).toEqual([
        { type: 'button', code: 3, down: true, x: 333, y: 222 },
        { type: 'button', code: 3, down: false, x: 333, y: 222 },
      ]);
    });

    test('shows a known picture of flat areas, lines and a fine check', async () => {
      const client = await display.client();
      await client.draw(0, 0, client.width, client.height, knownPicture(client.width, client.height));
      await expectSame('known');
    });

    test.skipIf(!resizes)('takes the size of the window when that changes', async () => {
      await app.page.setViewportSize({ width: 1180, height: 700 });
      const wanted = async () => {
        const box = await screenBox(app.page);
        return `dimensions:    ${Math.floor(box.width) & ~1}x${Math.floor(box.height)}`;
      };
      await until('its size', async () => (await display.run('xdpyinfo')).includes(await wanted()));
      const { width, height } = await display.picture();
      await (await display.client()).draw(0, 0, width, height, knownPicture(width, height));
      await expectSame('resized');
    });
  });
}

function knownPicture(width: number, height: number): Uint8Array {
  const picture = new Uint8Array(width * height * 4);
  const colour = (x: number, y: number): number => {
    if (x > 40 && x < 300 && y > 40 && y < 200) return 0x123456;
    if (x === 301 || y === 333) return 0xfedcba;
    if (x > 400 && x < 464 && y < 64 && (x ^ y) & 1) return 0x00ff00;
    return y % 64 < 32 ? 0xf8f8fb : 0xc81e28;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = colour(x, y);
      picture.set([value >> 16, (value >> 8) & 255, value & 255], (y * width + x) * 4);
    }
  }
  return picture;
}
