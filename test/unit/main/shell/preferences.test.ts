import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Preferences } from '#contract/ipc/state.ts';
import { createPreferences } from '#main/shell/preferences.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const path = async () => join(await temporaryFolder(), 'preferences.json');
const chosen: Preferences = { language: 'en', theme: 'dark' };

describe('preferences that were never set', () => {
  it.each([
    ['ja', 'ja'],
    ['ja-JP', 'ja'],
    ['en', 'en'],
    ['en-US', 'en'],
    ['fr', 'ja'],
    ['', 'ja'],
  ])('follow the system when it speaks %j', async (system, language) => {
    expect(await createPreferences(await path(), system).get()).toEqual({ language, theme: 'system' });
  });

  it('are not written by being read', async () => {
    const file = await path();
    await createPreferences(file, 'ja').get();
    expect(await readdir(dirname(file))).toEqual([]);
  });
});

describe('preferences that were set', () => {
  it('are there when they are read, here and after a start', async () => {
    const file = await path();
    const preferences = createPreferences(file, 'ja');
    expect(await preferences.set(chosen)).toEqual(chosen);
    expect(await preferences.get()).toEqual(chosen);
    expect(await createPreferences(file, 'ja').get()).toEqual(chosen);
  });

  it('can be read by their owner only, and leave nothing beside them', async () => {
    const file = await path();
    await createPreferences(file, 'ja').set(chosen);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(file))).toEqual(['preferences.json']);
  });

  it('are the last ones, whole, when many are set at once', async () => {
    const file = await path();
    const preferences = createPreferences(file, 'ja');
    const list = Array.from(
      { length: 20 },
      (_, index): Preferences => ({ language: index % 2 ? 'ja' : 'en', theme: 'dark' }),
    );
    expect(await Promise.all(list.map(preferences.set))).toEqual(list);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(list.at(-1));
  });

  it('are the old ones or the new ones, never half, when they are read while being set', async () => {
    const preferences = createPreferences(await path(), 'ja');
    await preferences.set({ language: 'ja', theme: 'light' });
    const setting = preferences.set(chosen);
    const seen = await Promise.all(Array.from({ length: 20 }, preferences.get));
    await setting;
    for (const one of seen) expect([{ language: 'ja', theme: 'light' }, chosen]).toContainEqual(one);
  });

  it('are set when a half-written file of a crash is still there', async () => {
    const file = await path();
    await writeFile(`${file}.new`, '{"language":"j'.repeat(100));
    await createPreferences(file, 'ja').set(chosen);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(chosen);
  });
});

describe('a file that is of no use', () => {
  it.each([
    ['empty', ''],
    ['no JSON', '{"language":'],
    ['of another form', '{"language":"ja","theme":"pink"}'],
    ['incomplete', '{"language":"en"}'],
    ['of a later version', '{"language":"en","theme":"dark","size":2}'],
    ['null', 'null'],
  ])('means the defaults when it is %s', async (_, content) => {
    const file = await path();
    await writeFile(file, content);
    expect(await createPreferences(file, 'en-US').get()).toEqual({ language: 'en', theme: 'system' });
  });

  it('is replaced when preferences are set', async () => {
    const file = await path();
    await writeFile(file, 'damaged');
    const preferences = createPreferences(file, 'ja');
    await preferences.set(chosen);
    expect(await preferences.get()).toEqual(chosen);
  });
});

describe('a place that cannot be written', () => {
  it('makes setting fail, keeps what was, and does not spoil later tries', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'later', 'preferences.json');
    const preferences = createPreferences(file, 'ja');
    await expect(preferences.set(chosen)).rejects.toThrow();
    expect(await preferences.get()).toEqual({ language: 'ja', theme: 'system' });
    await mkdir(dirname(file));
    expect(await preferences.set(chosen)).toEqual(chosen);
    expect(await preferences.get()).toEqual(chosen);
  });
});
