import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeLine, readLine } from '#gateway/audit/line.ts';
import { verifyAudit } from '#gateway/audit/verify.ts';
import { newLog } from './store.ts';

const lineBreak = Buffer.from('\n');

/** mulberry32: the same mutations in every run. */
function randomFrom(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Mutation = (log: Buffer, random: (below: number) => number) => Buffer;

const onBytes =
  (change: (log: Buffer, at: number, random: (below: number) => number) => Buffer[]): Mutation =>
  (log, random) =>
    Buffer.concat(change(log, random(log.length), random));

const onLines =
  (change: (lines: string[], at: number, random: (below: number) => number) => string[]): Mutation =>
  (log, random) => {
    const lines = log.toString().split('\n').slice(0, -1);
    return Buffer.from(
      change(lines, random(lines.length), random)
        .map((line) => `${line}\n`)
        .join(''),
    );
  };

const mutations: readonly Mutation[] = [
  // A byte changed, a bit changed, bytes added, bytes removed, the end cut off.
  onBytes((log, at, random) => [log.subarray(0, at), Buffer.from([random(256)]), log.subarray(at + 1)]),
  onBytes((log, at, random) => [log.subarray(0, at), Buffer.from([log[at]! ^ (1 << random(8))]), log.subarray(at + 1)]),
  onBytes((log, at, random) => [log.subarray(0, at), Buffer.from([random(256)]), log.subarray(at)]),
  onBytes((log, at, random) => [log.subarray(0, at), lineBreak, log.subarray(at + random(2))]),
  onBytes((log, at, random) => [log.subarray(0, at), log.subarray(at + 1 + random(400))]),
  onBytes((log, at) => [log.subarray(0, at)]),
  // Lines removed, doubled, exchanged, moved, the last ones cut off.
  onLines((lines, at, random) => lines.toSpliced(at, 1 + random(3))),
  onLines((lines, at, random) => lines.toSpliced(random(lines.length + 1), 0, lines[at]!)),
  onLines((lines, at, random) => {
    const other = random(lines.length);
    return lines.with(at, lines[other]!).with(other, lines[at]!);
  }),
  onLines((lines, at, random) => lines.toSpliced(at, 1).toSpliced(random(lines.length), 0, lines[at]!)),
  onLines((lines, at) => lines.slice(0, at)),
  // A line written anew, its hash too.
  onLines((lines, at, random) => {
    const { seq, time, prev, hash, ...rest } = readLine(Buffer.from(lines[at]!))!.line;
    const other = { ...rest, device: `device-${random(1000)}` } as Parameters<typeof makeLine>[0];
    return lines.with(at, makeLine(other, seq, Date.parse(time), prev).text);
  }),
];

/** The first line that differs, from 1, by nothing but comparing bytes. */
function firstDifference(before: Buffer, after: Buffer): number {
  let at = 0;
  let line = 1;
  while (at < before.length && at < after.length && before[at] === after[at]) {
    if (before[at] === 0x0a) line += 1;
    at += 1;
  }
  return line;
}

it('finds each of 10,000 random mutations of a log, at the right line', { timeout: 120_000 }, async () => {
  const log = await newLog(200);
  const original = readFileSync(log.path);
  const head = log.store.auditHead();
  const random = randomFrom(20261122);
  const missed: unknown[] = [];
  for (let done = 0; done < 10_000; ) {
    const kind = random(mutations.length);
    const mutated = mutations[kind]!(original, random);
    if (mutated.equals(original)) continue;
    done += 1;
    writeFileSync(log.path, mutated);
    const { lines, problem } = await verifyAudit(log.path, head);
    const line = firstDifference(original, mutated);
    if (problem?.line !== line || problem.seq !== line || lines !== line - 1) missed.push({ kind, line, problem });
  }
  expect(missed).toEqual([]);
});
