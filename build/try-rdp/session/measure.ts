import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { ScreenFigures } from '#contract/ipc/state.ts';
import { connectedState } from './connect.ts';

/** What the desk sent and the screen showed while something moved. */
export type Measured = Readonly<{
  seconds: number;
  frames: number;
  fps: number;
  /** Of the best second. */
  bestFps: number;
  megabitsPerSecond: number;
  /** Pieces decoded in this time, by codec. */
  codecs: Readonly<Record<string, number>>;
}>;

export type ScreenFacts = Readonly<{
  width: number;
  height: number;
  frames: number;
  bytes: number;
  /** From the desk's first byte to the first picture. */
  firstPictureMs: number;
  /** Mean of all frames. */
  decodeMs: number;
  presentMs: number;
  /** MS-RDPBCGR 2.2.1.4.2, in hex. */
  rdpVersion: string | null;
  dynamicChannels: number | null;
  /** MS-RDPEGFX 2.2.3, in hex; null where the desk draws without the graphics pipeline. */
  pipeline: string | null;
  codecs: Readonly<Record<string, number>>;
  displayControl: boolean;
}>;

const hex = (value: number | null | undefined): string | null =>
  value === null || value === undefined ? null : `0x${value.toString(16).padStart(8, '0')}`;

export function describeScreen(figures: ScreenFigures): ScreenFacts {
  const { width, height, frames, bytes, firstPictureMs, decodeMs, presentMs, rdp } = figures;
  return {
    ...{ width, height, frames, bytes, firstPictureMs, decodeMs, presentMs },
    rdpVersion: hex(rdp?.version),
    dynamicChannels: rdp?.channels ?? null,
    pipeline: hex(rdp?.pipeline),
    codecs: { ...rdp?.codecs },
    displayControl: rdp?.resize ?? false,
  };
}

type Sample = Readonly<{ at: number; figures: ScreenFigures }>;

/** @param samples each taken when the screen had counted anew, which it does once a second; of fewer than two there is nothing to tell */
export function compare(samples: readonly Sample[]): Measured {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at <= first.at)
    return { seconds: 0, frames: 0, fps: 0, bestFps: 0, megabitsPerSecond: 0, codecs: {} };
  const seconds = (last.at - first.at) / 1_000;
  const frames = last.figures.frames - first.figures.frames;
  const before: Readonly<Record<string, number>> = { ...first.figures.rdp?.codecs };
  const codecs = Object.entries({ ...last.figures.rdp?.codecs })
    .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return {
    seconds: tenths(seconds),
    frames,
    fps: tenths(frames / seconds),
    bestFps: tenths(Math.max(...samples.slice(1).map(({ figures }) => figures.fps))),
    megabitsPerSecond: tenths(((last.figures.bytes - first.figures.bytes) * 8) / seconds / 1e6),
    codecs: Object.fromEntries(codecs),
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** Looks on for so long. @throws HanareError when the session ended */
export async function measure(page: Page, seconds: number, signal: AbortSignal): Promise<Measured> {
  const samples: Sample[] = [];
  let last = (await connectedState(page)).figures;
  for (const end = performance.now() + (seconds + 1) * 1_000; performance.now() < end; await sleep(50)) {
    signal.throwIfAborted();
    const { figures } = await connectedState(page);
    if (!figures || (figures.bytes === last?.bytes && figures.frames === last.frames && figures.fps === last.fps))
      continue;
    samples.push({ at: performance.now(), figures });
    last = figures;
  }
  return compare(samples);
}
