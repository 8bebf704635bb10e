import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { codecFactory } from '#renderer/screen/codec/codec.ts';
import { Random, sessions } from './hostile-streams.ts';
import { inOwnProcess } from './own-process.ts';
import { type FuzzReport, judge, playStream } from './screen-fuzz.ts';

const cases = Number(process.env.HANARE_FUZZ_CASES ?? 20_000);
const seed = Number(process.env.HANARE_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const corpus = join(import.meta.dirname, '../../fixtures/rfb-corpus');
const newCodec = codecFactory(await buildWasm());

test('what real desks say is accepted whole, so that the mutations start from something', async () => {
  for (const bytes of await sessions()) {
    const outcome = await playStream(newCodec(), bytes, new Random(1));
    expect(judge(outcome)).toBeUndefined();
    const failure = outcome.end?.failure;
    // Two of them are refusals, and the decoder that stands in here fails now and then.
    expect(['open', 'deskPasswordWrong', 'deskTooManyTries', 'JPEG data']).toContain(
      failure?.details.problem ?? failure?.reason ?? 'open',
    );
  }
});

test(
  `${cases} malformed streams from a hostile desk end typed, in bounded memory`,
  async () => {
    console.log(`screen fuzz: seed ${seed} (HANARE_FUZZ_SEED repeats it)`);
    type Report = Omit<FuzzReport, 'problems'> & { problems: string[] };
    const report = await inOwnProcess<Report>('screen-fuzz-process.ts', cases, seed);
    console.log(
      `screen fuzz: ${JSON.stringify(report.ends)}, ${report.problems.length} kinds of problem,`,
      `memory +${Math.round(report.grown / 1024 / 1024)} MB, slowest ${Math.round(report.slowestMs)} ms`,
    );
    expect(report.broken).toEqual([]);
    expect(report.grown).toBeLessThan(50 * 1024 * 1024);
    // The streams must reach the decoders, or nothing has been tried.
    if (cases >= 5000) expect(report.problems.length).toBeGreaterThan(30);
  },
  1_000 * 60 * 60,
);

describe('streams that once did harm, or would', () => {
  test.each(readdirSync(corpus).filter((name) => name.endsWith('.bin')))('%s', async (name) => {
    for (const piece of [1, 2, 3]) {
      const outcome = await playStream(newCodec(), readFileSync(join(corpus, name)), new Random(piece));
      expect(judge(outcome)).toBeUndefined();
      // The name says how it has to end: `<problem>--<what it is>.bin`.
      expect(String(outcome.end?.failure.details.problem ?? 'open').replaceAll(/\W+/g, '-')).toBe(name.split('--')[0]);
    }
  });
});
