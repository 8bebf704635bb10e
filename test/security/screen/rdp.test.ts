import { expect, test } from 'vitest';
import { inOwnProcess } from './own-process.ts';
import type { RdpFuzzReport } from './rdp-fuzz.ts';

const pdus = Number(process.env.HANARE_FUZZ_CASES ?? 20_000);
const seed = Number(process.env.HANARE_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(
  `${pdus} malformed PDUs from a hostile RDP desk end typed, in bounded memory`,
  async () => {
    console.log(`RDP fuzz: seed ${seed} (HANARE_FUZZ_SEED repeats it)`);
    const report = await inOwnProcess<RdpFuzzReport>('rdp-fuzz-process.ts', pdus, seed);
    console.log(
      `RDP fuzz: ${report.sessions} sessions, ${JSON.stringify(report.ends)}, ${report.problems.length} kinds of problem,`,
      `${report.frames} frames, ${report.sounds} sounds, memory +${Math.round(report.grown / 1024 / 1024)} MB, slowest ${Math.round(report.slowestMs)} ms`,
    );
    expect(report.broken).toEqual([]);
    expect(report.grown).toBeLessThan(50 * 1024 * 1024);
    // The messages must reach the decoders, or nothing has been tried.
    if (pdus >= 5000) {
      expect(report.problems.length).toBeGreaterThan(30);
      expect(report.frames).toBeGreaterThan(300);
      expect(report.sounds).toBeGreaterThan(50);
    }
  },
  1_000 * 60 * 60,
);
