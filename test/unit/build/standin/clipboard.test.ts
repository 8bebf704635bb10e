import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clipboard } from '#build/standin/clipboard.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());
const look = async () => [
  await clipboard.has('text/plain'),
  (await clipboard.read()).length,
  await clipboard.readText(),
];

describe('the stand-in’s clipboard', () => {
  it('is its own', async () => {
    vi.stubEnv('HANARE_STANDIN_CLIPBOARD_FILE', '');
    expect(await look()).toEqual([false, 0, '']);
    await clipboard.writeText('a');
    expect(await look()).toEqual([true, 1, 'a']);
    clipboard.clear();
    expect(await look()).toEqual([false, 0, '']);
  });

  it('is a file, when one is named', async () => {
    const file = join(await temporaryFolder(), 'clipboard');
    vi.stubEnv('HANARE_STANDIN_CLIPBOARD_FILE', file);
    await writeFile(file, 'of another program');
    expect(await look()).toEqual([true, 1, 'of another program']);
    clipboard.clear();
    expect(await readFile(file, 'utf8')).toBe('');
  });
});
