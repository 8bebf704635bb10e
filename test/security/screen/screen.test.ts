import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { codecFactory } from '#renderer/screen/codec/codec.ts';
import { Random, sessions } from './hostile-streams.ts';
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
    const script = join(import.meta.dirname, 'screen-fuzz-process.ts');
    // The figure is to be what lasts (old objects, buffers, WebAssembly memories), so the engine's nursery is held small
    // and freed blocks go back to the system: left alone, both keep some 50 MB of the harness's own garbage, once.
    const flags = ['--expose-gc', '--max-semi-space-size=1', '--disable-warning=ExperimentalWarning'];
    const env = {
      ...process.env,
      MALLOC_ARENA_MAX: '1',
      MALLOC_TRIM_THRESHOLD_: '131072',
      MALLOC_MMAP_THRESHOLD_: '65536',
    };
    const args = [...flags, script, String(cases), String(seed)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 64 * 1024 * 1024 });
    const report = JSON.parse(stdout) as Omit<FuzzReport, 'problems'> & { problems: string[] };
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
