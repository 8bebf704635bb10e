import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PowerMonitor } from '#build/standin/power-monitor.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the stand-in’s idle time', () => {
  it('is none when no file says otherwise', () => {
    vi.stubEnv('HANARE_STANDIN_IDLE_FILE', '');
    expect(new PowerMonitor().getSystemIdleTime()).toBe(0);
  });

  it('is what the file holds now', async () => {
    const file = join(await temporaryFolder(), 'idle');
    vi.stubEnv('HANARE_STANDIN_IDLE_FILE', file);
    const monitor = new PowerMonitor();
    await writeFile(file, '119\n');
    expect(monitor.getSystemIdleTime()).toBe(119);
    await writeFile(file, '0');
    expect(monitor.getSystemIdleTime()).toBe(0);
  });

  it.each(['soon', '-1', '1.5'])('is refused when the file holds %j', async (text) => {
    const file = join(await temporaryFolder(), 'idle');
    vi.stubEnv('HANARE_STANDIN_IDLE_FILE', file);
    await writeFile(file, text);
    expect(() => new PowerMonitor().getSystemIdleTime()).toThrow('no whole seconds');
  });
});
