import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findBrowser } from '#build/setup/browser.ts';
import { startChild } from '../children.ts';
import { screenSize } from '../displays.ts';

/** The flags of the stand-in, here in a real window on the given display. Without a window manager Chromium may think it covered. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--no-default-browser-check', '--password-store=basic'],
  ...[
    '--host-resolver-rules=MAP localhost 127.0.0.1',
    '--window-position=0,0',
    '--test-type',
    '--site-per-process',
    '--disable-backgrounding-occluded-windows',
    '--use-mock-keychain',
    '--disable-extensions',
    '--disable-default-apps',
    '--disable-search-engine-choice-screen',
  ],
];

export type BrowserWindow = Readonly<{ pid: number; page: Page; close(): Promise<void> }>;

const attempts = 3;

/** @param extra more flags. @throws when the browser does not start within 20 s, or not in full-screen */
export async function openBrowserWindow(
  display: string,
  url: string,
  extra: readonly string[] = [],
): Promise<BrowserWindow> {
  for (let attempt = 1; ; attempt++) {
    const window = await openOnce(display, url, extra);
    if (await fillsDisplay(window.page)) return window;
    await window.close();
    // Without a window manager Chromium now and then forgets that it is to be full-screen.
    if (attempt === attempts) throw new Error('Chromium does not go full-screen on this display');
  }
}

const fillsDisplay = (page: Page): Promise<boolean> =>
  page
    .waitForFunction(
      ({ width, height }) => {
        const { innerWidth, innerHeight } = globalThis as unknown as { innerWidth: number; innerHeight: number };
        return innerWidth >= width && innerHeight >= height;
      },
      screenSize,
      { timeout: 2000 },
    )
    .then(
      () => true,
      () => false,
    );

async function openOnce(display: string, url: string, extra: readonly string[]): Promise<BrowserWindow> {
  const command = findBrowser();
  if (!command) throw new Error('no Chromium on PATH; HANARE_CHROMIUM names one');
  const profile = mkdtempSync(join(tmpdir(), 'hanare-bench-'));
  const size = `--window-size=${screenSize.width},${screenSize.height}`;
  const child = startChild(
    command,
    [...flags, size, `--user-data-dir=${profile}`, '--remote-debugging-port=0', ...extra, `--app=${url}`],
    { env: { DISPLAY: display } },
  );
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close().catch(() => {});
    await child.stop();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const [, endpoint] = await child.line(/DevTools listening on (ws:\S+)/, 20_000);
    browser = await chromium.connectOverCDP(endpoint!);
    const context = browser.contexts()[0]!;
    const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: 10_000 }));
    await page.waitForURL((at) => at.href.startsWith(url), { timeout: 10_000 });
    return { pid: child.pid, page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
