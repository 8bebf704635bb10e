import { buildWasm } from '#build/bundle/wasm.ts';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { type Codec, codecFactory } from '#renderer/screen/codec/codec.ts';
import type { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { RfbClient } from '#renderer/screen/rfb/client.ts';
import { hostileStream, type Random, sessions } from './hostile-streams.ts';

export type Outcome = Readonly<{ end: ScreenEnd | undefined; consumed: number; given: number }>;
export type FuzzReport = Readonly<{
  cases: number;
  seed: number;
  /** How the sessions ended; `open` are those that only lack more bytes. */
  ends: Readonly<Record<string, number>>;
  problems: ReadonlySet<string>;
  /** Resident memory at the end over that after a warm-up, bytes. */
  grown: number;
  slowestMs: number;
  /** Cases that broke a rule: an untyped end, a fault of ours, bytes kept without end. */
  broken: readonly string[];
}>;

const typed: ReadonlySet<ErrorName> = new Set([
  'screenProtocolError',
  'deskPasswordWrong',
  'deskTooManyTries',
  'deskSecurityUnsupported',
  'deskClosed',
]);
/** An instance that a hostile size has made this large is not used again. */
const largeCodec = 8 * 1024 * 1024;

const newCodec = codecFactory(await buildWasm());

/** Plays one stream, cut at random, against a fresh client. */
export async function playStream(codec: Codec, bytes: Uint8Array, random: Random): Promise<Outcome> {
  codec.reset();
  let end: ScreenEnd | undefined;
  let consumed = 0;
  let decoding = 0;
  const client: RfbClient = new RfbClient(
    codec,
    { quality: 6, compression: 2 },
    {
      send: () => {},
      consumed: (count) => {
        consumed += count;
      },
      challenge: () => queueMicrotask(() => client.answer(new Uint8Array(16))),
      opened: () => client.requestSize(200, 100),
      resized: () => {},
      frame: (damage) => {
        for (const { x, y, w, h } of damage.take()) {
          if (x + w > codec.width || y + h > codec.height) throw new Error('damage outside the screen');
        }
      },
      cursor: () => {},
      locks: () => {},
      ended: (why) => {
        end = why;
      },
    },
    async () => {
      decoding++;
      await Promise.resolve();
      decoding--;
      if (random.below(5) === 0) throw new Error('no picture');
    },
  );
  const settle = async () => {
    for (let i = 0; i < 6 || (decoding > 0 && i < 1000); i++) await Promise.resolve();
  };
  const most = random.pick([1, 7, 100, 5000, 1 << 20]);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(most);
    client.push(bytes.subarray(at, at + size));
    at += size;
    if (decoding > 0 || at < 64) await settle();
  }
  await settle();
  client.close();
  return { end, consumed, given: bytes.length };
}

/** @returns what is wrong with how it went, if anything. */
export function judge({ end, consumed, given }: Outcome): string | undefined {
  if (end === undefined) return consumed === given ? undefined : `open, but ${given - consumed} bytes were not taken`;
  if (!typed.has(end.failure.reason)) return `ended with ${end.failure.reason}`;
  if (end.failure.details.problem === 'decoder fault') return `a fault of ours: ${String(end.cause)}`;
  return undefined;
}

/** Malformed input from a hostile desk: `cases` streams made from `seed`. */
export async function fuzzScreen(cases: number, seed: number): Promise<FuzzReport> {
  const all = await sessions();
  const ends: Record<string, number> = {};
  const problems = new Set<string>();
  const broken: string[] = [];
  let slowestMs = 0;
  let codec = newCodec();
  let before = 0;
  const warmUp = Math.min(500, cases >> 1);
  for (let index = 0; index < cases; index++) {
    if (index === warmUp) {
      // How large the last one has become is chance; what is compared is what lasts.
      codec = newCodec();
      before = await residentAfterCollection();
    }
    const { bytes, random } = hostileStream(all, seed, index);
    const start = performance.now();
    const outcome = await playStream(codec, bytes, random);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    const name = outcome.end?.failure.reason ?? 'open';
    ends[name] = (ends[name] ?? 0) + 1;
    const problem = outcome.end?.failure.details.problem;
    if (problem !== undefined) problems.add(String(problem).replace(/-?\d+(x\d+)?/, 'N'));
    const wrong = judge(outcome);
    if (wrong !== undefined) broken.push(`case ${index} of seed ${seed}: ${wrong}`);
    if (codec.bytes.length > largeCodec) codec = newCodec();
    // The event loop gets a turn now and then, as it would between messages.
    if (index % 200 === 0) await new Promise(setImmediate);
  }
  codec = newCodec();
  return { cases, seed, ends, problems, grown: (await residentAfterCollection()) - before, slowestMs, broken };
}

/** WebAssembly memories are given back by finalizers, and pages by threads of the engine's: some turns later. */
async function residentAfterCollection(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let turns = 0; turns < 20; turns++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
    least = Math.min(least, process.memoryUsage.rss());
  }
  return least;
}
