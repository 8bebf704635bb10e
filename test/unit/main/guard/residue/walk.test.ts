import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMarkers } from '#main/guard/residue/markers.ts';
import { type Found, readFor, removeBelow, walk } from '#main/guard/residue/walk.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const found = (path: string, more: Partial<Found> = {}): Found => ({
  ...{ path, name: 'x', size: 1, changed: 0, mine: true, isFile: true },
  ...more,
});
const none = createMarkers([]);
const budget = () => ({ bytes: 1000, until: performance.now() + 60_000 });

describe('a walk', () => {
  it('gives files and links below a folder, newest first, and goes through no link', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'a/b'), { recursive: true });
    for (const name of ['a/old', 'a/b/newer']) {
      await writeFile(join(folder, name), 'x');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await symlink('/', join(folder, 'root'));
    const { found, complete } = await walk(folder);
    expect(found.map(({ name, isFile }) => [name, isFile])).toEqual([
      ['root', false],
      ['a/b/newer', true],
      ['a/old', true],
    ]);
    expect(complete).toBe(true);
  });
});

describe('removing', () => {
  it('reaches nothing through a link that has taken a folder’s place', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'private'));
    await mkdir(join(folder, 'top'));
    await writeFile(join(folder, 'private/file'), 'mine');
    await symlink(join(folder, 'private'), join(folder, 'top/inner'));
    expect(await removeBelow(join(folder, 'top'), found(join(folder, 'top/inner/file')))).toBe(false);
    expect(await readFile(join(folder, 'private/file'), 'utf8')).toBe('mine');
  });

  it('leaves what is another account’s', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), 'theirs');
    expect(await removeBelow(folder, found(join(folder, 'file'), { mine: false }))).toBe(false);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('theirs');
  });

  it('is done when the file is gone already', async () => {
    const folder = await temporaryFolder();
    expect(await removeBelow(folder, found(join(folder, 'file')))).toBe(true);
  });
});

describe('reading', () => {
  it('follows no link that has taken the file’s place', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), 'x');
    await symlink(join(folder, 'file'), join(folder, 'link'));
    expect(await readFor(found(join(folder, 'file')), none, budget())).toBe('clean');
    expect(await readFor(found(join(folder, 'link')), none, budget())).toBe('unreadable');
  });

  it('has nothing to read when the file is gone', async () => {
    expect(await readFor(found(join(await temporaryFolder(), 'file')), none, budget())).toBe('gone');
  });
});
