import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBrowser } from '#build/setup/browser.ts';
import { type Cdp, connectCdp } from '#build/standin/cdp.ts';
import { startChild } from '#test/fakes/children.ts';
import { screenSize } from '../displays.ts';
import { profileChromium, type StopProfile } from '../profile/profilers.ts';

/** The flags every Chromium of this repository starts with, here in a real window on the given display. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--no-default-browser-check', '--password-store=basic'],
  ...['--host-resolver-rules=MAP localhost 127.0.0.1', '--window-position=0,0', '--kiosk'],
  `--window-size=${screenSize.width},${screenSize.height}`,
];

export type BrowserWindow = Readonly<{
  pid: number;
  /** Evaluates an expression in the page and waits for its promise. */
  evaluate(expression: string): Promise<unknown>;
  startProfile(): Promise<StopProfile>;
  close(): Promise<void>;
}>;

const attempts = 3;

/**
 * Not by Playwright: it listens to the network, so Chromium would send it every byte of the desk once more, which took
 * half a core from what is measured.
 * @param extra more flags. @throws when the browser does not start, or not in full-screen
 */
export async function openBrowserWindow(
  display: string,
  url: string,
  extra: readonly string[] = [],
): Promise<BrowserWindow> {
  for (let attempt = 1; ; attempt++) {
    const window = await openOnce(display, url, extra);
    if (await fillsDisplay(window)) return window;
    await window.close();
    // Without a window manager Chromium now and then forgets that it is to be full-screen.
    if (attempt === attempts) throw new Error('Chromium does not go full-screen on this display');
  }
}

async function fillsDisplay(window: BrowserWindow): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    const [width, height] = (await window.evaluate('[innerWidth, innerHeight]')) as [number, number];
    if (width >= screenSize.width && height >= screenSize.height) return true;
    await sleep(50);
  }
  return false;
}

async function openOnce(display: string, url: string, extra: readonly string[]): Promise<BrowserWindow> {
  const command = findBrowser();
  if (!command) throw new Error('no Chromium on PATH; HANARE_CHROMIUM names one');
  const profile = mkdtempSync(join(tmpdir(), 'hanare-bench-'));
  const child = startChild(
    command,
    [...flags, `--user-data-dir=${profile}`, '--remote-debugging-pipe', ...extra, `--app=${url}`],
    { env: { DISPLAY: display }, morePipes: 2 },
  );
  const cdp = connectCdp(child.pipe(3), child.pipe(4));
  const close = async () => {
    await child.stop();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const page = cdp.session(await attach(cdp.browser, url));
    await loaded(page, url);
    return {
      pid: child.pid,
      evaluate: (expression) => evaluate(page, expression),
      startProfile: () => profileChromium(cdp),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @returns the DevTools session of the page, once it is there and loaded. */
async function attach(browser: Cdp, url: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { targetInfos } = await browser.send('Target.getTargets');
    const target = targetInfos.find((info) => info.type === 'page' && info.url.startsWith(url));
    if (target) {
      const { sessionId } = await browser.send('Target.attachToTarget', { targetId: target.targetId, flatten: true });
      return sessionId;
    }
    await sleep(50);
  }
  throw new Error('Chromium opened no page');
}

/** The target has its address before its document: until then there is another one to evaluate in. */
async function loaded(page: Cdp, url: string): Promise<void> {
  const expression = `location.href.startsWith(${JSON.stringify(url)}) && document.readyState === 'complete'`;
  for (let tries = 0; tries < 200; tries++) {
    if (await evaluate(page, expression).catch(() => false)) return;
    await sleep(50);
  }
  throw new Error('the page does not load');
}

async function evaluate(page: Cdp, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await page.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
