import { buildWasm } from '#build/bundle/wasm.ts';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import type { VideoPicture, VideoPorts } from '#renderer/screen/rdp/avc/h264.ts';
import { RdpClient } from '#renderer/screen/rdp/client.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { Random } from './hostile-streams.ts';
import { hostileSession } from './rdp-streams.ts';

export type RdpFuzzReport = Readonly<{
  sessions: number;
  pdus: number;
  seed: number;
  ends: Readonly<Record<string, number>>;
  problems: readonly string[];
  frames: number;
  sounds: number;
  grown: number;
  slowestMs: number;
  broken: readonly string[];
}>;

const typed: ReadonlySet<ErrorName> = new Set([
  ...(['screenProtocolError', 'deskClosed', 'deskRefused', 'deskLicence', 'deskTakenOver', 'deskTimeLimit'] as const),
  ...(['deskRedirects', 'deskLogonNotAllowed'] as const),
]);
const newCodec = rdpCodecFactory(await buildWasm('rdp'));
const budget = 24 * 1024 * 1024;

/** A decoder that gives a grey picture, another format, or none. */
const video =
  (random: Random): VideoPorts =>
  (output, error) => ({
    configure: () => {},
    close: () => {},
    decode: () => {
      if (random.below(4) === 0) queueMicrotask(() => error(new Error('no picture')));
      else queueMicrotask(() => output(grey));
    },
  });
const grey: VideoPicture = {
  ...{ format: 'I420', codedWidth: 64, codedHeight: 48, visibleRect: { x: 0, y: 0 } },
  copyTo: async (to, { layout }) => {
    for (const { offset, stride } of layout) to.fill(0x80, offset, offset + stride * 16);
  },
  close: () => {},
};

type Outcome = Readonly<{
  end: ScreenEnd | undefined;
  frames: number;
  sounds: number;
  problem: string | undefined;
  pdus: number;
}>;

/** Plays one hostile session, cut at random, against a fresh client with a person who uses it meanwhile. */
async function playSession(random: Random): Promise<Outcome> {
  const { bytes, pdus, audio } = hostileSession(random);
  let end: ScreenEnd | undefined;
  let frames = 0;
  let sounds = 0;
  let consumed = 0;
  let problem: string | undefined;
  const codec = newCodec(budget);
  const client = new RdpClient(
    codec,
    {
      ...{ selectedProtocol: 2, graphicsPipeline: true, audio, size: { width: 640, height: 480 } },
      video: random.below(2) === 0 ? video(random) : null,
    },
    {
      send: () => {},
      consumed: (count) => {
        consumed += count;
      },
      challenge: () => {
        problem = 'a challenge';
      },
      clientInfo: () => {},
      opened: (_, width, height) => client.requestSize(width + 20, height, 100),
      resized: () => {},
      frame: (damage) => {
        frames += 1;
        const { picture } = client;
        for (const { x, y, w, h } of damage.take()) {
          if (picture === undefined || x + w > picture.width || y + h > picture.height)
            problem = 'damage outside the picture';
        }
      },
      cursor: ({ width, height, hotX, hotY, rgba }) => {
        if (rgba.length !== width * height * 4 || hotX >= width || hotY >= height)
          problem = 'a pointer of another size';
      },
      sound: ({ samplesPerSecond, channels }) => {
        sounds += 1;
        const [first] = channels;
        if (!audio) problem = 'sound that was not asked for';
        if (samplesPerSecond < 8000 || samplesPerSecond > 48_000 || channels.length > 2)
          problem = 'sound of another kind';
        if (first === undefined || first.length === 0 || channels.some((one) => one.length !== first.length)) {
          problem = 'sound of uneven channels';
        }
      },
      locks: () => {},
      ended: (why) => {
        end = why;
      },
    },
  );
  const most = random.pick([1, 7, 100, 5000, 1 << 20]);
  for (let at = 0; at < bytes.length && end === undefined; ) {
    const size = 1 + random.below(most);
    client.push(bytes.subarray(at, at + size));
    at += size;
    if (random.below(20) === 0) {
      client.key(random.below(2) === 0, 0x61, random.below(256));
      client.pointer(random.below(3000), random.below(3000), random.below(512));
      client.setVisible(random.below(2) === 0);
    }
    if (at < 64 || random.below(10) === 0) await Promise.resolve();
  }
  for (let i = 0; i < 60; i++) await Promise.resolve();
  client.close();
  if (consumed > bytes.length) problem = 'more credit than bytes';
  if (codec.memory.used > budget) problem = 'memory past its budget';
  if (end !== undefined && !typed.has(end.failure.reason)) problem = `ended with ${end.failure.reason}`;
  if (end?.failure.details.problem === 'decoder fault')
    problem = `a fault of ours: ${String((end.cause as Error)?.stack ?? end.cause)}`;
  return { end, frames, sounds, problem, pdus };
}

/** Hostile sessions until they have said so many PDUs. */
export async function fuzzRdp(most: number, seed: number): Promise<RdpFuzzReport> {
  const ends: Record<string, number> = {};
  const problems = new Set<string>();
  const broken: string[] = [];
  let [pdus, frames, sounds, sessions, slowestMs, before] = [0, 0, 0, 0, 0, 0];
  const warmUp = most / 10;
  while (pdus < most) {
    if (before === 0 && pdus >= warmUp) before = await residentAfterCollection();
    const start = performance.now();
    const outcome = await playSession(new Random(seed + sessions * 7919));
    slowestMs = Math.max(slowestMs, performance.now() - start);
    const name = outcome.end?.failure.reason ?? 'open';
    ends[name] = (ends[name] ?? 0) + 1;
    const said = outcome.end?.failure.details.problem;
    if (said !== undefined) problems.add(String(said).replace(/-?\d+/g, 'N'));
    if (outcome.problem !== undefined) broken.push(`session ${sessions} of seed ${seed}: ${outcome.problem}`);
    pdus += outcome.pdus;
    frames += outcome.frames;
    sounds += outcome.sounds;
    sessions += 1;
    // The event loop gets a turn now and then, and WebAssembly memories are given back.
    if (sessions % 50 === 0) await residentAfterCollection();
  }
  const grown = (await residentAfterCollection()) - before;
  return { sessions, pdus, seed, ends, problems: [...problems], frames, sounds, grown, slowestMs, broken };
}

async function residentAfterCollection(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage.rss();
}
