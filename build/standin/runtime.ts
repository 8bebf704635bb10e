import { renameSync, writeFileSync } from 'node:fs';
import { type Chromium, startChromium } from './chromium.ts';
import { createLines, portText } from './message-port.ts';
import { createOrigins, type Origins } from './origins.ts';
import { type StandInServer, startServer } from './server.ts';
import { type Session, schemes } from './session.ts';

/** What one run of the stand-in has once: the server, Chromium, and the session that all windows share. */
export type Runtime = { server: StandInServer; origins: Origins; chromium: Chromium; served: readonly string[] };

export const lines = createLines();
export const switches: string[] = [];
const isHeadless = (): boolean =>
  process.env.HANARE_STANDIN_HEADLESS === '1' ||
  switches.some((item) => item === '--headless' || item.startsWith('--headless=')) ||
  (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY);

let running: Promise<Runtime> | undefined;
let chromium: Chromium | undefined;
let sessionInUse: Session | undefined;
let stopping = false;
let onLost: (why: string) => void = () => {};

/** @param handler called when Chromium ends although nobody asked it to. */
export function whenChromiumIsLost(handler: (why: string) => void): void {
  onLost = handler;
}

export function shareSession(session: Session): void {
  if (sessionInUse && sessionInUse !== session)
    throw new Error('the Electron stand-in gives all windows one session; a second one was asked for');
  sessionInUse = session;
}

export function startRuntime(window: {
  width: number;
  height: number;
  color: string;
  title: string;
}): Promise<Runtime> {
  running ??= start(window);
  return running;
}

async function start(window: { width: number; height: number; color: string; title: string }): Promise<Runtime> {
  const server = await startServer(lines, (request) => sessionInUse!.answer(request));
  const origins = createOrigins(schemes, server.port);
  server.setOrigins(origins);
  portText.toPage = origins.toPage;
  portText.toApp = origins.toApp;
  const blank = new URLSearchParams({ color: window.color, title: window.title });
  const control = process.env.HANARE_STANDIN_CONTROL_FILE;
  chromium = startChromium({
    url: `http://127.0.0.1:${server.port}${server.base}/blank?${blank}`,
    width: window.width,
    height: window.height,
    headless: isHeadless(),
    endpoint: control !== undefined,
    switches: [...switches.filter((item) => !/^--headless(=|$)/.test(item)), ...extraSwitches()],
  });
  const started = chromium;
  void started.exited.then(({ code, signal }) => {
    if (!stopping) onLost(signal ?? `exit code ${code}`);
  });
  return { server, origins, chromium: started, served: schemes };
}

/** A JSON list in HANARE_STANDIN_CHROMIUM_ARGS: for whoever starts the app, not for the app. */
function extraSwitches(): string[] {
  return JSON.parse(process.env.HANARE_STANDIN_CHROMIUM_ARGS ?? '[]') as string[];
}

/** Tells the program that started this one, if it asked, where Chromium can be driven. */
export async function announceControl(runtime: Runtime, targetId: string): Promise<void> {
  const file = process.env.HANARE_STANDIN_CONTROL_FILE;
  if (!file) return;
  const endpoint = await runtime.chromium.endpoint();
  writeFileSync(`${file}.new`, JSON.stringify({ endpoint, targetId }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Whoever drives the browser attaches to the empty page and says so with a line on stdin; the app's page loads after that.
 * Attaching while Chromium moves a frame to a process of its own can leave that frame's request paused for good.
 */
export const driverAttached: Promise<unknown> =
  process.env.HANARE_STANDIN_CONTROL_FILE === undefined
    ? Promise.resolve()
    : new Promise((resolve) => process.stdin.once('data', resolve));

export async function stopRuntime(): Promise<void> {
  stopping = true;
  const runtime = await running?.catch(() => undefined);
  await chromium?.close();
  runtime?.server.close();
}

export function stopRuntimeSync(): void {
  stopping = true;
  chromium?.closeSync();
}
