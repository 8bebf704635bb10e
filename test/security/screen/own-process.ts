import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Runs a fuzzer of this folder in a process of its own. @returns what it printed, read as JSON
 *
 * The figure of its memory is to be what lasts (old objects, buffers, WebAssembly memories), so the engine's nursery is held
 * small and freed blocks go back to the system: left alone, both keep some 50 MB of the harness's own garbage, once.
 */
export async function inOwnProcess<T>(script: string, ...args: readonly number[]): Promise<T> {
  const flags = ['--expose-gc', '--max-semi-space-size=1', '--disable-warning=ExperimentalWarning'];
  const env = {
    ...process.env,
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '131072',
    MALLOC_MMAP_THRESHOLD_: '65536',
  };
  const all = [...flags, join(import.meta.dirname, script), ...args.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, all, { env, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as T;
}
