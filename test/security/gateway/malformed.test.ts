import { expect, it } from 'vitest';
import { throwMalformedInput } from './malformed.ts';

/* test-targets no. 1, the gateway's part. HANARE_FUZZ_CASES and HANARE_FUZZ_SEED repeat or lengthen a run. */
const cases = Number(process.env.HANARE_FUZZ_CASES ?? 20_000);
const seed = Number(process.env.HANARE_FUZZ_SEED ?? Date.now() % 1_000_000_000);

it(`survives ${cases} malformed inputs and still serves (seed ${seed})`, async () => {
  console.log(`malformed input at the gateway: ${cases} cases, HANARE_FUZZ_SEED=${seed}`);
  const report = await throwMalformedInput(cases, seed);
  console.log(`malformed input at the gateway: memory ${(report.heapGrowthBytes / 1e6).toFixed(1)} MB more`);
  expect(report.served).toBe(true);
  expect(report.left).toBe(0);
  expect(report.heapGrowthBytes).toBeLessThanOrEqual(50e6);
});
