import { expect, test } from 'vitest';
import { renderProfile } from '#test/bench/profile/report.ts';

const spent = Array.from({ length: 30 }, (_, index) => ({ name: `f${index}`, place: 'a.js:1', share: 0.02 }));

test('a profile adds threads up to processes, and names the fifteen functions that took most', () => {
  const text = renderProfile('drag direct', {
    threads: [
      { process: 'renderer', thread: 'DedicatedWorker', share: 0.2 },
      { process: 'gpu-process', thread: 'Viz', share: 0.1 },
      { process: 'renderer', thread: 'Pool', share: 0.05 },
      { process: 'browser', thread: 'chromium', share: 0.0001 },
    ],
    scripts: [{ where: 'worker a.js', spent: [{ name: '(idle)', place: '', share: 0.4 }, ...spent] }],
  });
  expect(text).toContain('  25.0 %  renderer\n    10.0 %  gpu-process\n');
  expect(text).toContain('renderer: Pool');
  expect(text).not.toContain('browser: chromium');
  expect(text).toContain('worker a.js, of its time; idle 40.0 %');
  expect(text).toContain('f14  a.js:1');
  expect(text).not.toContain('f15');
});
