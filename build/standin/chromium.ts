import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBrowser } from '#build/setup/browser.ts';
import { type CdpConnection, connectCdp } from './cdp.ts';

export type Chromium = {
  readonly cdp: CdpConnection;
  /** Code or signal with which Chromium ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The DevTools endpoint on loopback; only when it was asked for. */
  endpoint(): Promise<string>;
  /** Ends Chromium, with force when it does not go by itself, and removes its profile. */
  close(): Promise<void>;
  /** The same in an exit handler, where nothing can be waited for. */
  closeSync(): void;
};

/**
 * Waits until the pipe of its standard input closes, which happens however this process ends, SIGKILL included; then
 * ends what is left of Chromium's process group and removes the profile.
 */
const reaper = `read -r word; i=0; while [ $i -lt 50 ]; do
  kill -KILL -- "-$1" 2>/dev/null
  rm -rf -- "$2" 2>/dev/null && sleep 0.05 && [ ! -e "$2" ] && exit 0
  i=$((i+1)); sleep 0.1
done`;

const features = {
  // Electron's MessagePorts tell when their other end is gone; Chromium has that behind a switch.
  'enable-features': 'MessagePortCloseEvent',
  'disable-features': 'Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider,GlobalMediaControls',
};

/** Of two switches with one name Chromium takes the last only. */
function mergeFeatures(switches: readonly string[]): string[] {
  const merged = Object.entries(features).map(([name, ours]) => {
    const prefix = `--${name}=`;
    const theirs = switches.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
    return prefix + [ours, ...theirs].join(',');
  });
  return [...switches.filter((item) => !/^--(en|dis)able-features=/.test(item)), ...merged];
}

export function startChromium(options: {
  url: string;
  width: number;
  height: number;
  headless: boolean;
  endpoint: boolean;
  switches: readonly string[];
}): Chromium {
  const executable = findBrowser();
  if (!executable)
    throw new Error(
      'the Electron stand-in needs Chromium: install it (Debian: apt install chromium) or set HANARE_CHROMIUM',
    );
  // Named as Chromium's own are, so that an app that looks through what it may have written finds this too.
  const folder = mkdtempSync(join(tmpdir(), '.org.chromium.Chromium.'));
  const profile = join(folder, 'p');
  mkdirSync(join(folder, 't'));

  const child = spawn(
    '/bin/sh',
    [
      // Without core dumps: a picture of a page's memory is a picture of the desk.
      ...['-c', 'ulimit -c 0; exec "$0" "$@"', executable],
      ...(options.headless ? ['--headless', '--hide-scrollbars', '--screen-info={1920x1080}'] : []),
      // Chromium refuses to run as root with its sandbox; --test-type keeps the warning bar about it out of the window.
      ...(process.getuid?.() === 0 ? ['--no-sandbox', '--test-type'] : []),
      ...(options.endpoint ? ['--remote-debugging-port=0'] : []),
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
      `--app=${options.url}`,
      `--window-size=${options.width},${options.height}`,
      '--site-per-process',
      // The pages have nothing to fetch from any network: what they ask of it ends here.
      '--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-breakpad',
      '--disable-default-apps',
      '--disable-extensions',
      '--disable-client-side-phishing-detection',
      '--disable-domain-reliability',
      '--disable-search-engine-choice-screen',
      '--disable-backgrounding-occluded-windows',
      '--no-default-browser-check',
      '--no-first-run',
      '--no-service-autorun',
      '--password-store=basic',
      '--use-mock-keychain',
      ...mergeFeatures(options.switches),
    ],
    {
      // A group of its own, so that it can be ended as a whole, and so that Ctrl+C reaches this process first.
      detached: true,
      cwd: folder,
      stdio: ['ignore', 'ignore', process.env.HANARE_STANDIN_CHROMIUM_LOG ? 'inherit' : 'ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        HOME: folder,
        TMPDIR: temporaryFor(folder),
        XAUTHORITY: process.env.XAUTHORITY ?? join(homedir(), '.Xauthority'),
      },
    },
  );
  const undertaker = startReaper(child, folder);
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const cdp = connectCdp(input, output);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      console.error(`the Electron stand-in could not start ${executable}: ${error.message}`);
      resolve({ code: 1, signal: null });
    });
  });

  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has gone already.
    }
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    cdp.browser.send('Browser.close').catch(() => {});
    const ended = new AbortController();
    await Promise.race([exited, sleep(3000, undefined, { signal: ended.signal }).catch(() => {})]);
    ended.abort();
    killGroup();
    await exited;
    undertaker.stdin?.end();
    await new Promise((resolve) => (undertaker.exitCode === null ? undertaker.once('exit', resolve) : resolve(0)));
  };
  return {
    cdp,
    exited,
    endpoint: () => readEndpoint(join(profile, 'DevToolsActivePort'), exited),
    close: () => (closing ??= close()),
    closeSync() {
      killGroup();
      try {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      } catch {
        // A process that is just ending still writes: the reaper goes on.
      }
    },
  };
}

/**
 * Chromium binds a socket below its temporary folder, and a socket's path ends at 107 bytes (unix(7)): a long one goes by
 * way of the process's working folder.
 */
function temporaryFor(folder: string): string {
  const path = join(folder, 't');
  const longest = 107 - '/org.chromium.Chromium.XXXXXX/SingletonSocket'.length - 1;
  return Buffer.byteLength(path) <= longest || process.platform !== 'linux' ? path : '/proc/self/cwd/t';
}

function startReaper(child: ChildProcess, folder: string): ChildProcess {
  if (child.pid === undefined) rmSync(folder, { recursive: true, force: true });
  // It keeps standard error open, so whoever waits for this program's streams to close waits for the clearing up too.
  const undertaker = spawn('/bin/sh', ['-c', reaper, 'sh', String(child.pid ?? 0), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  undertaker.unref();
  return undertaker;
}

async function readEndpoint(file: string, exited: Promise<unknown>): Promise<string> {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  while (!gone) {
    const [port, path] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    await sleep(20);
  }
  throw new Error('Chromium ended before it opened its debugging port');
}
