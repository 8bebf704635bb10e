import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type LaunchedApp, type LaunchOptions, launchApp } from '#build/host/launch.ts';

const mainEntry = fileURLToPath(new URL('../../fixtures/standin-app/main/index.js', import.meta.url));

export type Example = LaunchedApp & {
  readonly userData: string;
  /** Runs an expression in the page's own world. */
  run<T = unknown>(expression: string): Promise<T>;
  /** The first line of the app's output that begins with `[main] what`, parsed; waits for it. */
  told(what: string, from?: number): Promise<unknown[]>;
  end(): Promise<void>;
};

export async function startExample(options: Partial<LaunchOptions> = {}): Promise<Example> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'hanare-example-'));
  const app = await launchApp({ headless: true, mainEntry, ...options, userData });
  return {
    ...app,
    userData,
    run: (expression) => app.page.evaluate(expression) as Promise<never>,
    told: async (what, from = 0) => {
      const prefix = `[main] ${what} `;
      const line = await until(
        () =>
          app
            .log()
            .slice(from)
            .find((text) => text.startsWith(prefix)),
        what,
      );
      return JSON.parse(line.slice(prefix.length)) as unknown[];
    },
    async end() {
      await app.close();
      rmSync(userData, { recursive: true, force: true });
    },
  };
}

/** Asks until there is an answer; the test's own time limit ends a wait in vain. */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  for (let tries = 0; tries < 1000; tries++) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
  throw new Error(`in vain: ${what}`);
}

const commandLines = (): { pid: number; words: string[] }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid: Number(pid), words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') }];
      } catch {
        return [];
      }
    });

/** The folder that holds the profile of the Chromium which the app with this process id started. */
export function profileFolder(pid: number): string {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const words = commandLines()
    .filter((line) => children.includes(line.pid))
    .flatMap((line) => line.words);
  const profile = words.find((word) => word.startsWith('--user-data-dir='));
  if (!profile) throw new Error(`no Chromium under ${pid}`);
  return profile.slice('--user-data-dir='.length).replace(/\/p$/, '');
}

/** Chromium's processes that name a profile's folder. */
export function processesNaming(folder: string): number[] {
  return commandLines()
    .filter(({ words }) => words[0]?.includes('chromium') && words.some((word) => word.includes(folder)))
    .map(({ pid }) => pid);
}

/** What is left of a run: processes that name its folder, and the folder itself. */
export function remains(folder: string): { processes: number; folder: boolean } {
  const processes = commandLines().filter((line) => line.words.some((word) => word.includes(folder))).length;
  return { processes, folder: existsSync(folder) };
}
