import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, _electron as electron, type Page } from 'playwright-core';
import { type AppProcess, followProcess } from './app-process.ts';
import { electronBinary } from './electron-binary.ts';

export type LaunchOptions = {
  userData: string;
  /** No window on the screen; the stand-in only (Electron needs a display, a virtual one will do). */
  headless?: boolean;
  /** The page's size in CSS pixels; by default what the app asks for. */
  size?: { width: number; height: number };
  /** Arguments of the app itself. */
  args?: string[];
  env?: Record<string, string>;
  chromiumArgs?: string[];
  /** The built main bundle; by default out/main/index.js. */
  mainEntry?: string;
  /** Milliseconds until the window must have loaded. */
  timeout?: number;
};

export type LaunchedApp = {
  readonly host: 'electron' | 'stand-in';
  readonly page: Page;
  /** Of the stand-in's Chromium: a WebSocket that speaks the DevTools protocol; null in Electron. */
  readonly endpoint: string | null;
  /**
   * The window's page over a new connection: Playwright takes a page for crashed, and speaks to it no more, once the
   * process of one of its frames has died, even where the window lives on.
   */
  freshPage(): Promise<Page>;
  readonly pid: number;
  /** Lines the app wrote to its standard output and error. */
  log(): readonly string[];
  /** Exit code; 128 + n after signal n. In the stand-in's case Chromium and its profile are gone by then too. */
  readonly exited: Promise<number>;
  /** Quits the app as a user would, with force when it does not end within ten seconds. */
  close(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const register = new URL('../standin/register.ts', import.meta.url).href;

/** How the built app is started where nobody looks at its window: in Electron or in the stand-in. */
export function commandLine(options: Pick<LaunchOptions, 'userData' | 'args'>): { command: string; args: string[] } {
  const entry = join(root, 'out/main/index.js');
  const executable = electronBinary();
  const ours = [`--user-data-dir=${options.userData}`, ...(options.args ?? [])];
  return executable
    ? { command: executable, args: [folderOf(entry), ...ours] }
    : { command: process.execPath, args: [...standInArgs(entry), ...ours] };
}

function standInArgs(entry: string): string[] {
  return ['--disable-warning=ExperimentalWarning', '--import', register, entry];
}

/**
 * Starts the built app in a process of its own, in Electron where its binary is there and in the stand-in elsewhere, and
 * connects Playwright to its page.
 */
export async function launchApp(options: LaunchOptions): Promise<LaunchedApp> {
  const entry = options.mainEntry ?? join(root, 'out/main/index.js');
  if (!existsSync(entry)) throw new Error(`there is no built app at ${entry}: run npm run build`);
  const executable = electronBinary();
  return executable ? launchElectron(executable, entry, options) : launchStandIn(entry, options);
}

async function launchElectron(executable: string, entry: string, options: LaunchOptions): Promise<LaunchedApp> {
  const { userData, size, args = [], chromiumArgs = [], timeout = 30_000 } = options;
  const started = await electron.launch({
    executablePath: executable,
    // Given a folder, Electron reads name and version from its package.json, as it does in the packaged app.
    args: [...chromiumArgs, folderOf(entry), `--user-data-dir=${userData}`, ...args],
    env: { ...definedEnv(), ...options.env },
    timeout,
  });
  const app = followProcess(started.process());
  const page = await started.firstWindow({ timeout });
  if (size) {
    await started.evaluate(
      ({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
      size,
    );
  }
  return describe('electron', null, page, started.process().pid ?? 0, app, async () => page);
}

function folderOf(entry: string): string {
  for (let folder = dirname(entry); dirname(folder) !== folder; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && join(folder, JSON.parse(readFileSync(file, 'utf8')).main ?? '') === entry) return folder;
  }
  return entry;
}

async function launchStandIn(entry: string, options: LaunchOptions): Promise<LaunchedApp> {
  const { userData, headless, size, args = [], chromiumArgs = [], timeout = 30_000 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hanare-control-'));
  const control = join(folder, 'control.json');
  const child = spawn(process.execPath, [...standInArgs(entry), `--user-data-dir=${userData}`, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HANARE_STANDIN_CONTROL_FILE: control,
      ...(headless && { HANARE_STANDIN_HEADLESS: '1' }),
      ...(chromiumArgs.length > 0 && { HANARE_STANDIN_CHROMIUM_ARGS: JSON.stringify(chromiumArgs) }),
      ...options.env,
    },
  });
  const app = followProcess(child);
  try {
    const { endpoint, targetId } = await readControl(control, app, timeout);
    const lookAgain = async () => findPage(await chromium.connectOverCDP(endpoint, { timeout }), targetId);
    const page = await lookAgain();
    if (size) await fitPage(page, size);
    child.stdin.write('attached\n');
    await loaded(page, timeout);
    return describe('stand-in', endpoint, page, child.pid ?? 0, app, lookAgain);
  } catch (error) {
    await app.end(1000);
    throw new Error(`the app did not open its window:\n${app.lines.slice(-40).join('\n')}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readControl(file: string, app: AppProcess, timeout: number) {
  let code: number | undefined;
  void app.exited.then((ended) => {
    code = ended;
  });
  for (const end = performance.now() + timeout; performance.now() < end; await sleep(20)) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { endpoint: string; targetId: string };
    if (code !== undefined) throw new Error(`it ended with code ${code}`);
  }
  throw new Error(`no window after ${timeout} ms`);
}

/** The page is still the stand-in's empty one, of a raw address; the app's has a host name of its own. */
async function loaded(page: Page, timeout: number): Promise<void> {
  await page.waitForURL((url) => url.hostname.endsWith('.localhost'), { timeout, waitUntil: 'load' });
}

async function findPage(browser: Browser, targetId: string): Promise<Page> {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await session.detach();
    if (targetInfo.targetId === targetId) return page;
  }
  throw new Error('the window is already gone');
}

/** Sets the window so that its page has the size: what Chromium draws round the page comes on top. */
async function fitPage(page: Page, size: { width: number; height: number }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { windowId } = await session.send('Browser.getWindowForTarget');
  const frame = await page.evaluate('[outerWidth - innerWidth, outerHeight - innerHeight]');
  const [width, height] = frame as [number, number];
  await session.send('Browser.setWindowBounds', {
    windowId,
    bounds: { width: size.width + width, height: size.height + height },
  });
  // Asked again and again from here, because the page's policy may forbid what waitForFunction evaluates.
  for (let tries = 0; tries < 100; tries++) {
    const [nowWide, nowHigh] = (await page.evaluate('[innerWidth, innerHeight]')) as [number, number];
    if (nowWide === size.width && nowHigh === size.height) break;
    await sleep(20);
  }
  await session.detach();
}

function describe(
  host: 'electron' | 'stand-in',
  endpoint: string | null,
  page: Page,
  pid: number,
  app: AppProcess,
  freshPage: () => Promise<Page>,
): LaunchedApp {
  return {
    host,
    endpoint,
    page,
    freshPage,
    pid,
    log: () => app.lines,
    exited: app.exited,
    close: () => app.end(10_000),
    kill: app.kill,
  };
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
