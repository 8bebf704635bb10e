import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number, extra: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.{ts,tsx}`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    ...extra,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 15_000),
      // Real servers and one display each: in turn, so that two cores are not oversubscribed.
      project('integration', 60_000, { fileParallelism: false }),
      project('security', 240_000, { fileParallelism: false }),
      project('e2e', 120_000, { fileParallelism: false }),
    ],
  },
});
