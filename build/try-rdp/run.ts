import { lookup } from 'node:dns/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { UsageError } from '#build/demo/usage-error.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { MissingSoftware } from '#build/setup/debian.ts';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { readLogin } from '#main/desk/rdp/user-name.ts';
import { describeCircumstances } from './circumstances.ts';
import type { Findings } from './findings.ts';
import type { Guide } from './guide.ts';
import type { TryRdpOptions } from './options.ts';
import { probe } from './probe/index.ts';
import { StepFailure } from './problem.ts';
import { fileStamp, makeReport, type TryRdpReport } from './report.ts';
import { openApp } from './session/app.ts';
import { sessionSteps, trySession } from './session/index.ts';
import { createSteps, type SkipReason } from './steps.ts';
import { reportText } from './text.ts';
import type { Say } from './words.ts';

export type Run = Readonly<{
  options: TryRdpOptions;
  user: string;
  password: string;
  /** Where the report goes. */
  folder: string;
  say: Say;
  /** Null where nobody sees the window. */
  guide: Guide | null;
  /** Ends it early; what has been found is written all the same. */
  stop: AbortSignal;
}>;

/** Tries one host from its first answer to the end of a session. @returns the report, and the files it was written to */
export async function tryRdp(run: Run): Promise<{ report: TryRdpReport; files: readonly string[] }> {
  const { options, user, password, say, stop, folder } = run;
  const { language, probeOnly, desk } = options;
  const begun = performance.now();
  const at = new Date();
  const credentials = readCredentials(user, password);
  const findings: Findings = {};
  const steps = createSteps({ say, stop, now: () => performance.now() });
  const cleaners: (() => Promise<unknown>)[] = [];
  let app: LaunchedApp | null = null;
  let opening: Promise<unknown> = Promise.resolve();
  try {
    const target = { host: desk.host, port: desk.port };
    const { wrongPassword } = options;
    const now = () => Date.now();
    const goOn = await probe(steps, findings, { target, credentials, wrongPassword, now });
    const reached = findings.negotiation !== undefined;
    const onlyProbe = probeOnly ? 'probeOnly' : null;
    const skip: SkipReason | null = reached ? (onlyProbe ?? (goOn ? null : 'refusedBefore')) : 'unreachable';
    await steps.run('app', { budgetMs: 600_000, skip }, async () => {
      opening = openApp(options, cleaners)
        .then((opened) => (app = opened))
        .catch((error: unknown) => {
          if (!stop.aborted) say.line(`  ${error instanceof MissingSoftware ? error.message : String(error)}`);
          throw error instanceof HanareError ? error : new StepFailure('notBuilt');
        });
      await opening;
    });
    const opened = app as LaunchedApp | null;
    const { guide } = run;
    if (opened) await trySession(steps, findings, { page: opened.page, language, user, password, guide });
    else for (const step of sessionSteps) await steps.run(step, { budgetMs: 0, skip: skip ?? 'noApp' }, () => {});
    const circumstances = await describeCircumstances(options, opened);
    const seconds = Math.round((performance.now() - begun) / 1_000);
    const secrets = await secretsOf(run);
    const report = makeReport({ ...circumstances, at, seconds, steps: steps.records(), findings }, secrets);
    return { report, files: await writeReport(report, { folder, at, language }) };
  } finally {
    // What was being opened when the time was up puts its cleaners in place first.
    await opening.catch(() => undefined);
    for (const clean of cleaners.reverse()) await clean().catch(() => undefined);
  }
}

/** @throws UsageError for a name that nobody can have */
function readCredentials(user: string, password: string): ReturnType<typeof readLogin> {
  try {
    return readLogin({ user, password });
  } catch {
    throw new UsageError('that is no user name and password: USER, DOMAIN\\USER or USER@DOMAIN');
  }
}

/** What must not be in the report, wherever it may have come from. */
async function secretsOf({ options, user, password }: Run): Promise<readonly string[]> {
  const { host } = options.desk;
  const found = await lookup(host, { all: true }).catch(() => []);
  const here = [os.hostname(), os.userInfo().username, os.homedir(), os.tmpdir()];
  return [password, user, ...user.split(/[\\@]/), host, ...found.map(({ address }) => address), ...here];
}

async function writeReport(
  report: TryRdpReport,
  { folder, at, language }: { folder: string; at: Date; language: TryRdpOptions['language'] },
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const base = join(folder, `hanare-rdp-report-${fileStamp(at)}`);
  await writeFile(`${base}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${base}.txt`, reportText(report, language));
  return [`${base}.json`, `${base}.txt`];
}
