import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { buildApp } from '#build/bundle/index.ts';
import { type LaunchedApp, launchApp } from '#build/host/launch.ts';
import { ensureHost } from '#build/setup/host.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import { showCode } from '#contract/identity/code.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { startDemoDesk } from './desk/index.ts';
import { demoNames, furnish } from './furnish.ts';
import { prepareLaptop, randomPin } from './laptop.ts';
import { startOffice } from './office.ts';
import type { DemoOptions } from './options.ts';
import { makeReport } from './report.ts';
import { UsageError } from './usage-error.ts';
import { answerDeskInWindow, type EnrolTimes, enrolInWindow, readState } from './window.ts';

const connectLimitMs = 40_000;

/**
 * The whole path on one machine: office, laptop, sign-in, the desk's screen.
 * @param password of the desk; null leaves it to the person at the window. @param stop ends it early.
 * @returns the exit code: 0 when the screen was shown and stayed, otherwise 1.
 */
export async function runDemo(options: DemoOptions, password: string | null, stop: AbortSignal): Promise<number> {
  if (options.headless && options.desk?.protocol === 'rdp' && (password === null || options.desk.user === null))
    throw new UsageError('without a window, an RDP desk wants rdp://USER@… and its password in HANARE_DESK_PASSWORD');
  const cleaners: (() => Promise<unknown>)[] = [];
  const started = performance.now();
  const errors: string[] = [];
  const say = (text: string) => console.log(`hanare: ${text}`);
  try {
    await ensureHost();
    say('building the app …');
    await buildApp();
    const folder = await mkdtemp(join(tmpdir(), 'hanare-demo-'));
    cleaners.push(() => rm(folder, { recursive: true, force: true }));
    const words = demoNames[options.language];

    say('starting an office on this machine …');
    let address = options.desk;
    if (!address) {
      const desk = await startDemoDesk({ language: options.language });
      cleaners.push(() => desk.close());
      address = { protocol: 'vnc', host: '127.0.0.1', port: desk.port };
    }
    const office = await startOffice({ folder, site: words.site });
    cleaners.push(() => office.stop());
    await furnish(office, words, address);
    const device = await office.enrolDevice({ user: 'hanako', label: words.label });
    say(`IT has made a laptop "${words.label}"; its enrolment code is ${showCode(device.code)}`);

    const { language, headless, size } = options;
    const laptop = await prepareLaptop({ folder, office, language, headless });
    cleaners.push(laptop.stop);
    say(laptop.keyring === 'own' ? 'opening the app, with a keyring of its own …' : 'opening the app …');
    const app = await launchApp({ userData: laptop.userData, headless, size, env: laptop.env });
    cleaners.push(() => app.close());
    await app.page.waitForFunction(() => 'hanare' in globalThis);
    const enrolment = await untilStopped(stop, app, () => enrol(app, options, { ...device, ...laptop.site }, say));
    say(`connecting (app runs in: ${app.host}) …`);
    await untilStopped(stop, app, () => app.page.getByRole('button', { name: /^(接続する|Connect)$/ }).click());
    const user = address.protocol === 'rdp' ? address.user : null;
    // Where the page goes first, that is told by what follows the session.
    void answerDeskInWindow(app.page, { language, user, password }).catch(() => undefined);
    const state = await followSession(app.page, options, stop, app.exited, say);
    if (state.phase === 'ended' && state.failure) {
      const { code, title } = catalogue[state.failure.reason];
      errors.push(`${code} ${state.failure.reason}: ${title[options.language]}`);
    } else if (state.phase !== 'connected') errors.push(`the session stopped at ${state.phase}`);
    const pageGone = app.page.isClosed();
    if (options.screenshot && !pageGone && !stop.aborted) {
      await app.page.screenshot({ path: options.screenshot });
      say(`picture saved: ${options.screenshot}`);
    }
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const desk = `${address.protocol}://${address.host}:${address.port}`;
    const report = makeReport(state, { host: app.host, headless, desk, enrolment, errors, seconds });
    if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    say(
      `first picture after ${report.firstPictureMs} ms, ${report.framesShown} frames shown, round trip ${report.roundTripMs} ms`,
    );
    for (const error of errors) say(error);
    return errors.length === 0 ? 0 : 1;
  } catch (error) {
    // Ctrl+C reaches everything that was started too: what then fails under our hands is no news.
    if (!stop.aborted && !(error instanceof Stopped)) throw error;
    say('stopped before the screen was shown');
    return 1;
  } finally {
    for (const clean of cleaners.reverse()) await clean().catch((error: unknown) => console.error('hanare:', error));
  }
}

/** Slow enough to be followed where somebody watches. */
async function enrol(
  app: LaunchedApp,
  { language, headless }: DemoOptions,
  { code, fingerprint }: { code: string; fingerprint: string },
  say: (text: string) => void,
): Promise<EnrolTimes> {
  const pin = randomPin();
  say('enrolling the laptop …');
  const times = await enrolInWindow(app.page, {
    ...{ language, code, fingerprint, pin },
    keyDelay: headless ? 0 : 60,
    at: async () => {
      if (!headless) await sleep(1_200);
    },
  });
  say(`the laptop is enrolled; its PIN for this run is ${pin}`);
  return times;
}

/** The person has ended the demo before there was anything to see. */
class Stopped extends Error {}

/** @throws Stopped when Ctrl+C is pressed or the window closed meanwhile */
async function untilStopped<T>(stop: AbortSignal, app: LaunchedApp, work: () => Promise<T>): Promise<T> {
  const ended = Promise.race([stop.aborted || once(stop, 'abort'), app.exited]).then(() => {
    throw new Stopped();
  });
  const doing = work();
  doing.catch(() => undefined);
  try {
    return await Promise.race([doing, ended]);
  } catch (error) {
    // What the driver says about a window that was closed under its hands is no news.
    await Promise.race([ended, sleep(500)]);
    throw app.page.isClosed() ? new Stopped() : error;
  }
}

/** @returns the last state in which the session was connected, or the one in which it ended against the plan. */
async function followSession(
  page: Page,
  options: DemoOptions,
  stop: AbortSignal,
  exited: Promise<number>,
  say: (text: string) => void,
): Promise<SessionState> {
  let gone = false;
  void exited.then(() => (gone = true));
  let last: SessionState = { phase: 'idle' };
  let connectedAt: number | null = null;
  const begun = performance.now();
  while (!stop.aborted && !gone && !page.isClosed()) {
    const state = await readState(page);
    if (!state) break;
    if (state.phase === 'connected') {
      if (connectedAt === null)
        say(
          options.seconds
            ? `connected; ends after ${options.seconds} s`
            : 'connected; close the window or press Ctrl+C to end',
        );
      connectedAt ??= performance.now();
      last = state;
    } else if (connectedAt === null || (state.phase === 'ended' && state.failure && options.seconds)) {
      last = state;
      if (state.phase === 'ended' && options.seconds) return state;
    }
    if (connectedAt === null && options.headless && performance.now() - begun > connectLimitMs) return last;
    if (connectedAt !== null && options.seconds && performance.now() - connectedAt >= options.seconds * 1_000)
      return last;
    await sleep(250, undefined, { signal: stop }).catch(() => undefined);
  }
  return last;
}
