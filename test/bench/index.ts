import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureBrowser } from '#build/setup/browser.ts';
import { ensureDebian, MissingSoftware } from '#build/setup/debian.ts';
import { keyringPackages } from '#build/setup/keyring.ts';
import { presentationSwitches } from '#main/shell/presentation.ts';
import { stopAllChildren } from '#test/fakes/children.ts';
import { ensureRdpPackages } from '#test/fakes/rdp/set-up.ts';
import { parseBenchArguments, UsageError, usage, type ViewerName } from './arguments.ts';
import { runBench } from './bench.ts';
import { describeMachine } from './machine.ts';
import { buildNativeTools } from './native-tools.ts';
import { renderReport } from './table.ts';
import { app } from './viewers/app.ts';
import { createDirectViewer } from './viewers/direct.ts';
import type { Viewer } from './viewers/viewer.ts';
import { vncviewer } from './viewers/vncviewer.ts';
import { xfreerdp } from './viewers/xfreerdp.ts';

/** `npm run bench`: see usage. Exit codes: 0 measured (no figure is judged), 1 a run failed, 2 usage or missing software, 130 interrupted. */
const packages = [
  ...['gcc', 'libc6-dev', 'libx11-dev', 'libxext-dev', 'libxtst-dev', 'xvfb', 'xfonts-base'],
  ...['tigervnc-standalone-server', 'tigervnc-viewer', 'x11-utils', ...keyringPackages],
];
const viewers: Readonly<Record<ViewerName, Viewer>> = {
  vncviewer,
  xfreerdp,
  direct: createDirectViewer(presentationSwitches.map((name) => `--${name}`)),
  app,
};

async function main(): Promise<number> {
  const options = parseBenchArguments(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  ensureDebian(packages, 'measure beside a native viewer');
  if (options.desk !== 'vnc') ensureRdpPackages();
  ensureBrowser();
  const tools = await buildNativeTools();
  const chosen = options.viewers.map((name) => viewers[name]);
  for (const viewer of chosen) await viewer.prepare(options.profile);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Comes twice, from the terminal and from the script that started this one: the second must not end it untidily.
    process.on(signal, () => {
      stop.abort();
      stopAllChildren();
    });
  }
  const say = (line: string) => console.error(line);
  // Main and the gateway open their inspectors when they are asked to, each at a free port instead of one and the same.
  if (options.profile) process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --inspect-port=0`;
  const { workloads, desk, seconds, profile } = options;
  const result = await runBench(chosen, workloads, desk, seconds, profile, tools, say, stop.signal);
  if (stop.signal.aborted) return 130;
  const machine = describeMachine();
  console.log(renderReport(machine, result.runs));
  for (const { workload, viewer, error } of result.failed) console.log(`failed: ${workload} ${viewer}: ${error}`);
  if (options.json) {
    const file = resolve(process.env.INIT_CWD ?? '.', options.json);
    writeFileSync(file, `${JSON.stringify({ machine, ...result }, null, 2)}\n`);
  }
  return result.failed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof MissingSoftware)) throw error;
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error.message);
  process.exitCode = 2;
}
