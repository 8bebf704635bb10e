import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from '#test/fakes/children.ts';
import { type DeskName, startDesk } from './desks.ts';
import { startViewerDisplay } from './displays.ts';
import type { NativeTools } from './native-tools.ts';
import { foreignShare, type ProcessorSample, sampleProcessorTime, usedMs } from './processor-time.ts';
import type { RunProfile } from './profile/report.ts';
import { sampleThreads, type ThreadSample, threadShares } from './profile/threads.ts';
import { parseServerLog, type ServerTotals } from './server-log.ts';
import { frameFigures, percentile, type Shown } from './statistics.ts';
import type { Viewer } from './viewers/viewer.ts';
import { painterFps, type Workload, type WorkloadName } from './workloads.ts';

/** A run beside more foreign load than this share of one core says nothing about the viewer. */
export const foreignLimit = 0.25;

export type Run = Readonly<{
  desk: DeskName;
  workload: WorkloadName;
  viewer: string;
  /** Frames of the desk seen on the viewer's display, a second; 0 where keys are measured. */
  fps: number;
  /** Frame painted to frame seen, or key sent to its pixels seen; ms. */
  p50: number;
  p95: number;
  /** Of a key's way, the part until the desk's program has it, ms; null where frames are measured. */
  keyToDeskP50: number | null;
  shown: number;
  painted: number;
  /** From the start of connecting to the desk's first whole barcode, ms. */
  firstPictureMs: number;
  /** Processor time while measured, in ms per frame shown (or per key), and as a share of one core. */
  viewerMsPerFrame: number;
  viewerShare: number;
  serverMsPerFrame: number;
  /** Of the whole connection, from the server's own log. */
  server: ServerTotals | null;
  foreignShare: number;
  stolenShare: number;
  discarded: boolean;
  /** Of RDP: what the desk says that it sends, or the viewer that it decodes; null where neither says. */
  codec: string | null;
  profile?: RunProfile;
}>;

const keyGapMs = 120;
const settleMs = 1500;

const linesOf = (text: string, pattern: RegExp): number[][] =>
  [...text.matchAll(pattern)].map((match) => match.slice(1).map(Number));

const readPainted = (log: string): Map<number, number> =>
  new Map(linesOf(log, /^P (\d+) (\d+)$/gm).map(([frame, us]) => [frame!, us!]));

const waysToDesk = (keys: readonly { sent: number; shown: number }[], received: readonly number[]): number[] =>
  keys.flatMap(({ sent, shown }) => {
    const at = received.find((us) => us >= sent && us <= shown);
    return at === undefined ? [] : [(at - sent) / 1000];
  });

async function serverTotals(log: () => string): Promise<ServerTotals | null> {
  // The server writes its totals when it notices that the viewer has gone.
  for (let tries = 0; tries < 20; tries++) {
    const totals = parseServerLog(log());
    if (totals) return totals;
    await sleep(100);
  }
  return null;
}

/** One viewer on one workload for some seconds, on displays and a desk of its own. */
export async function measure(
  viewer: Viewer,
  workload: Workload,
  deskName: DeskName,
  seconds: number,
  tools: NativeTools,
  profile = false,
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'hanare-bench-'));
  const cleanUps: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const desk = await startDesk(deskName, workload.frameRate);
    cleanUps.push(desk.stop);
    const screen = await startViewerDisplay();
    cleanUps.push(screen.stop);
    const paintLog = join(folder, 'painted');
    const paint = async () => {
      const args = [workload.painter, String(painterFps), tools.text, paintLog];
      const child = startChild(tools.painter, args, { env: await desk.screen() });
      cleanUps.push(() => child.stop());
      await child.line(/^ready$/, 20_000);
      return child;
    };
    // A session manager makes the screen when somebody signs in.
    const early = desk.access?.sized ? undefined : await paint();

    const task =
      workload.measures === 'frames'
        ? ['watch', String(seconds), String(settleMs)]
        : ['keys', String(Math.ceil((seconds * 1000) / (keyGapMs + 20))), String(keyGapMs)];
    const samples: ProcessorSample[] = [];
    const threads: ThreadSample[] = [];
    let roots = (): readonly number[] => [];
    const probe: Child = startChild(tools.probe, [screen.framebuffer, ...task], {
      env: { DISPLAY: screen.display },
      onLine: (line) => {
        if (!/^(begin|end) /.test(line)) return;
        samples.push(sampleProcessorTime());
        if (profile) threads.push(sampleThreads(roots()));
      },
    });
    cleanUps.push(() => probe.stop());
    const session = await viewer.start({
      display: screen.display,
      port: desk.port,
      access: desk.access,
      quality: workload.quality,
      compression: 2,
    });
    roots = session.pids;
    let stopped: Promise<void> | undefined;
    const stopViewer = () => {
      stopped ??= session.stop();
      return stopped;
    };
    cleanUps.push(stopViewer);
    const painter = early ?? (await paint());
    await probe.line(/^begin /, 60_000);
    const stopProfile = profile ? await session.startProfile?.() : undefined;
    await probe.line(/^end /, 60_000 + seconds * 1000);
    const scripts = (await stopProfile?.()) ?? [];
    const codec = desk.codec() ?? (await session.codec?.().catch(() => undefined)) ?? null;
    await painter.stop();
    await stopViewer();

    const [before, after] = samples;
    if (!before || !after) throw new Error('the probe did not say when it began and ended');
    const seen = probe.output();
    const frames = linesOf(seen, /^S (\d+) (\d+)$/gm).map(([frame, us]): Shown => ({ frame: frame!, us: us! }));
    const keys = linesOf(seen, /^K (\d+) (\d+)$/gm).map(([sent, shown]) => ({ sent: sent!, shown: shown! }));
    const keyMs = keys.map(({ sent, shown }) => (shown - sent) / 1000);
    const log = readFileSync(paintLog, 'utf8');
    const received = linesOf(log, /^K \d+ (\d+)$/gm).map(([us]) => us!);
    const [from, to] = linesOf(seen, /^(?:begin|end) (\d+)/gm).map(([us]) => us!) as [number, number];
    const [[firstUs]] = linesOf(seen, /^first (\d+)/gm) as [[number]];
    const figures =
      workload.measures === 'frames'
        ? frameFigures(readPainted(log), frames, from, to)
        : {
            fps: 0,
            p50: percentile(keyMs, 0.5),
            p95: percentile(keyMs, 0.95),
            shown: keys.length,
            painted: Number(task[1]),
          };
    const viewerMs = usedMs(before, after, session.pids());
    const elapsedMs = (after.us - before.us) / 1000;
    const foreign = foreignShare(before, after, process.pid);
    return {
      desk: deskName,
      workload: workload.name,
      viewer: viewer.name,
      ...figures,
      keyToDeskP50: workload.measures === 'keys' ? percentile(waysToDesk(keys, received), 0.5) : null,
      firstPictureMs: (firstUs - session.connectBeganUs) / 1000,
      viewerMsPerFrame: viewerMs / figures.shown,
      viewerShare: viewerMs / elapsedMs,
      serverMsPerFrame: usedMs(before, after, desk.pids) / figures.shown,
      server: desk.access === null ? await serverTotals(desk.log) : null,
      foreignShare: foreign,
      stolenShare: ((after.stolen - before.stolen) * 10) / elapsedMs,
      discarded: foreign > foreignLimit,
      codec,
      ...(threads[0] && threads[1] ? { profile: { threads: threadShares(threads[0], threads[1]), scripts } } : {}),
    };
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}
