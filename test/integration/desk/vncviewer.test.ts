import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoDesk, type DemoDeskOptions, startDemoDesk } from '#build/demo/desk/index.ts';
import { type FakeClock, fakeClock } from '#test/unit/build/desk/fake-clock.ts';
import { type Screen, startScreen } from './x-screen.ts';

const size = { width: 1024, height: 700 };
const lossless = ['-PreferredEncoding=Tight', '-NoJPEG'];

const open: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

type Office = DemoDesk & Readonly<{ clock: FakeClock }>;

/** A desk whose clock stands still, so that two pictures of it can be compared, before a viewer on a display of its own. */
async function watched(
  options: readonly string[],
  more: DemoDeskOptions = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<{ office: Office; screen: Screen }> {
  const clock = fakeClock();
  const started = await startDemoDesk({ ...size, clock, ...more });
  open.push({ stop: started.close });
  const screen = await startScreen(size.width, size.height);
  open.push(screen);
  screen.view(started.port, options, environment);
  return { office: { ...started, clock }, screen };
}

const differing = (screen: Uint32Array, office: Office): number => {
  const pixels = office.state().pixels();
  let count = 0;
  for (const [at, pixel] of pixels.entries()) if (pixel !== screen[at]) count++;
  return count;
};

/** Waits, with time going on at the desk, until the viewer shows exactly what the desk holds. */
async function settled(office: Office, screen: Screen): Promise<void> {
  for (;;) {
    office.clock.advance(40);
    await pause(150);
    if (differing(await screen.pixels(), office) === 0) return;
  }
}

async function until(office: Office, condition: () => boolean): Promise<void> {
  while (!condition()) {
    office.clock.advance(40);
    await pause(30);
  }
}

describe('vncviewer', () => {
  it.each([
    ['Tight', lossless],
    ['ZRLE', ['-PreferredEncoding=ZRLE']],
    ['Raw', ['-PreferredEncoding=Raw']],
  ])('shows every pixel of the desk as it is, by %s', async (_, options) => {
    const { office, screen } = await watched(options);
    await settled(office, screen);
    const shown = await screen.pixels();
    expect(differing(shown, office)).toBe(0);
    expect(new Set(shown).size).toBeGreaterThan(1000);
    office.clock.advance(15_000);
    await settled(office, screen);
    expect(office.state().chat.lines).toHaveLength(5);
  });

  it('types into the document, in ASCII and in Japanese', async () => {
    const { office, screen } = await watched(lossless);
    await settled(office, screen);
    await screen.xdotool('mousemove', '300', '400', 'type', '--delay', '30', 'Memo 2 (draft)');
    await until(office, () => office.state().document.text.includes('Memo 2 (draft)'));
    await screen.xdotool('key', 'Alt+grave');
    await until(office, () => office.state().imeOn);
    await screen.xdotool('type', '--delay', '30', 'konnnichiha');
    await until(office, () => office.state().document.composing === 'こんにちは');
    await screen.xdotool('key', 'Return');
    await until(office, () => office.state().document.text.includes('Memo 2 (draft)こんにちは'));
    await settled(office, screen);
    expect(office.state().document.composing).toBe('');
  });

  it('drags a window by its title bar', async () => {
    const { office, screen } = await watched(lossless);
    await settled(office, screen);
    const before = office.state().windows.at(-1)!;
    const at = (dx: number, dy: number): string[] => [
      'mousemove',
      String(before.x + 200 + dx),
      String(before.y + 15 + dy),
    ];
    await screen.xdotool(...at(0, 0), 'mousedown', '1');
    for (let step = 1; step <= 5; step++) {
      await screen.xdotool(...at(step * 30, step * 8));
      await until(office, () => office.state().windows.at(-1)!.x === before.x + step * 30);
    }
    await screen.xdotool('mouseup', '1');
    await settled(office, screen);
    expect(office.state().windows.at(-1)).toMatchObject({ app: before.app, x: before.x + 150, y: before.y + 40 });
  });

  it('keeps text exact while the wallpaper comes as JPEG', async () => {
    const { office, screen } = await watched(['-PreferredEncoding=Tight', '-QualityLevel=6']);
    await until(office, () => office.state().windows.length > 0 && office.stats().updates > 0);
    let shown = await screen.pixels();
    const windowsExact = (): boolean => {
      const pixels = office.state().pixels();
      return office.state().windows.every(({ x, y, width, height }) => {
        for (let row = y; row < Math.min(y + height, size.height - 48); row++) {
          for (let column = x; column < Math.min(x + width, size.width); column++) {
            if (pixels[row * size.width + column] !== shown[row * size.width + column]) return false;
          }
        }
        return true;
      });
    };
    while (!windowsExact()) {
      await pause(150);
      shown = await screen.pixels();
    }
    const pixels = office.state().pixels();
    let worst = 0;
    for (let at = 0; at < pixels.length; at++) {
      for (const shift of [0, 8, 16]) {
        worst = Math.max(worst, Math.abs(((pixels[at]! >> shift) & 255) - ((shown[at]! >> shift) & 255)));
      }
    }
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(64);
  });

  it('signs in with a password', async () => {
    const { office, screen } = await watched(lossless, { password: 'shukubo8' }, { VNC_PASSWORD: 'shukubo8' });
    await settled(office, screen);
    expect(office.stats().viewers).toBe(1);
  });
});
