import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isClean } from '#contract/evidence/residue.ts';
import { createLogger } from '#contract/log/logger.ts';
import { type ResidueOptions, scanResidue } from '#main/guard/residue/residue.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const marker = '5a0c2d9e-77aa-4f10-b6b1-session';
const hour = 3_600_000;

/** A laptop with the folders the scan looks into. The session began an hour ago, unless told otherwise. */
async function laptop(more: Partial<ResidueOptions> = {}) {
  const folder = await temporaryFolder();
  const [userData, temp, crash] = [join(folder, 'data'), join(folder, 'tmp'), join(folder, 'data/Crashpad')];
  for (const path of [userData, temp]) await mkdir(path);
  const lines: string[] = [];
  const cleared: true[] = [];
  const log = createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'residue' });
  const clipboard = { before: 'mark', now: async () => 'mark', clear: async () => void cleared.push(true) };
  const options = {
    ...{
      sid: 's1',
      since: Date.now() - hour,
      userData,
      temp: [temp],
      crash: [crash],
      clipboard,
      markers: [marker],
      log,
    },
    ...more,
  };
  return {
    ...{ folder, userData, temp, crash, lines, cleared },
    put: async (path: string, bytes: string | Buffer = 'x') => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    },
    scan: (again: Partial<ResidueOptions> = {}) => scanResidue({ ...options, ...again }),
    names: () => readdir(folder, { recursive: true }),
  };
}

describe('the data folder', () => {
  it('is clean with all that the app keeps, and all of it was read', async () => {
    const { put, scan } = await laptop();
    const kept = [
      'vault.json',
      'preferences.json',
      'site.json',
      'receipts.json',
      'logs/hanare.log',
      'logs/hanare.log.1',
    ];
    for (const name of [...kept, 'Local State', 'Network/Cookies-journal', 'GPUCache/data_0'])
      await put(`data/${name}`);
    const report = await scan();
    expect(report).toEqual({ sid: 's1', files: 9, bytes: 9, found: [], unread: [] });
    expect(isClean(report)).toBe(true);
  });

  it.each(['Downloads/minutes.docx', 'Cache/Cache_Data/f_000001', 'IndexedDB/hanare_ui_0/000003.log', 'logs/desk.png'])(
    'is freed of a file that is new and not the app’s: %s',
    async (name) => {
      const { put, scan, names } = await laptop();
      await put(`data/${name}`, 'what a desk has shown');
      const report = await scan();
      expect(report.found).toEqual([{ place: 'profile', what: name.split('/').at(-1), removed: true }]);
      expect(isClean(report)).toBe(false);
      expect(await names()).not.toContain(`data/${name}`);
      expect((await scan()).found).toEqual([]);
    },
  );

  it('keeps a file that was there before the session', async () => {
    const { put, scan, names } = await laptop({ since: Date.now() + hour });
    await put('data/readme.txt');
    expect((await scan()).found).toEqual([]);
    expect(await names()).toContain('data/readme.txt');
  });

  it.each([
    ['in its middle', Buffer.concat([randomBytes(5000), Buffer.from(marker), randomBytes(5000)])],
    ['as UTF-16', Buffer.from(`{"a":"${marker}"}`, 'utf16le')],
    ['in base64', Buffer.from(Buffer.from(`{"sid":"${marker}"}`).toString('base64url'))],
    ['across the pieces it is read in', Buffer.concat([Buffer.alloc((1 << 20) - 10), Buffer.from(marker)])],
    ['across later pieces', Buffer.concat([Buffer.alloc(3 * (1 << 20) - 7), Buffer.from(marker), Buffer.alloc(9)])],
  ])('is freed of a file, known and old though it is, that holds a marker %s', async (_, bytes) => {
    const { put, scan, names } = await laptop({ since: Date.now() + hour });
    await put('data/Local State', bytes);
    expect((await scan()).found).toEqual([{ place: 'profile', what: 'Local State', removed: true }]);
    expect(await names()).not.toContain('data/Local State');
  });

  it('is freed of a file whose name holds a marker, and the report does not repeat it', async () => {
    const { put, scan, names } = await laptop();
    await put(`data/${marker}.tmp`);
    const report = await scan();
    expect(report.found).toEqual([{ place: 'profile', what: 'file named after the session', removed: true }]);
    expect(JSON.stringify([report, await names()])).not.toContain(marker);
  });

  it('is left through no link: the link goes, what it leads to stays', async () => {
    const { put, scan, names, userData, folder } = await laptop();
    await put('elsewhere/private.txt', marker);
    await symlink(join(folder, 'elsewhere'), join(userData, 'folder-link'));
    await symlink(join(folder, 'elsewhere/private.txt'), join(userData, 'file-link'));
    const report = await scan();
    expect(report.found.map(({ what }) => what).sort()).toEqual(['file-link', 'folder-link']);
    expect(await readFile(join(folder, 'elsewhere/private.txt'), 'utf8')).toBe(marker);
    expect(await names()).not.toContain('data/file-link');
  });

  it('gives short, harmless names', async () => {
    const { put, scan } = await laptop();
    await put(`data/${'n'.repeat(200)}`);
    await put('data/line\nbreak');
    const names = (await scan()).found.map(({ what }) => what);
    expect(names.sort((a, b) => a.length - b.length)).toEqual(['line?break', `${'n'.repeat(79)}…`]);
  });

  it('is freed of more than the report has room for', async () => {
    const { put, scan, names } = await laptop();
    for (let index = 0; index < 60; index += 1) await put(`data/left-${index}`);
    expect((await scan()).found).toHaveLength(50);
    expect((await names()).filter((name) => name.includes('left-'))).toEqual([]);
  });

  it('counts as not looked at when it is larger than may be read, newest first', async () => {
    const { put, scan } = await laptop({ limits: { bytes: 1000 } });
    await put('data/vault.json', Buffer.alloc(4000));
    const report = await scan();
    expect(report).toMatchObject({ bytes: 1000, unread: ['profile'], found: [] });
    expect(isClean(report)).toBe(false);
  });

  it('counts as not looked at when the time is up', async () => {
    const { put, scan } = await laptop({ limits: { ms: 0 } });
    await put('data/vault.json');
    expect((await scan()).unread).toEqual(['profile']);
  });

  it('counts as not looked at when it cannot be listed', async () => {
    const { put, scan, folder } = await laptop();
    await put('not-a-folder');
    expect((await scan({ userData: join(folder, 'not-a-folder') })).unread).toEqual(['profile']);
  });

  it('may be missing', async () => {
    const { scan } = await laptop();
    expect((await scan({ userData: '/nowhere/at/all' })).unread).toEqual([]);
  });
});

describe('temporary folders', () => {
  it.each([
    '.org.chromium.Chromium.a1B2c3',
    'org.chromium.Chromium.x',
    '.com.github.Electron.y',
    'scoped_dir12_3',
    'Hanare 1',
  ])('are freed of what holds a marker in an entry of the app’s: %s', async (name) => {
    const { put, scan } = await laptop();
    await put(`tmp/${name}/inner/page.html`, marker);
    await put(`tmp/${name}/inner/other.html`);
    const report = await scan();
    expect(report).toMatchObject({ files: 2, found: [{ place: 'temp', what: 'page.html', removed: true }] });
  });

  it('keep what others have made, whatever is in it', async () => {
    const { put, scan, names } = await laptop();
    for (const name of ['report.docx', 'org.example/x', 'Hanarete']) await put(`tmp/${name}`, marker);
    expect(await scan()).toMatchObject({ files: 0, found: [] });
    expect((await names()).filter((name) => name.startsWith('tmp/'))).toHaveLength(4);
  });

  it('may hold the data folder, which is looked at once only', async () => {
    const { put, scan, temp } = await laptop();
    await put('tmp/scoped_dir1/data/vault.json');
    expect((await scan({ userData: join(temp, 'scoped_dir1/data') })).files).toBe(1);
  });
});

describe('crash folders', () => {
  const minidump = Buffer.concat([Buffer.from('MDMP'), randomBytes(100)]);
  const elf = (type: number) => {
    const head = Buffer.alloc(64);
    head.write('\x7fELF', 'latin1');
    head.writeUInt16LE(type, 16);
    return head;
  };

  it.each([
    ['data/Crashpad/pending/3f.dmp', minidump],
    ['data/Crashpad/core', elf(4)],
    ['data/Crashpad/core.4711', elf(4)],
  ])('are freed of a new dump: %s', async (path, bytes) => {
    const { put, scan, names } = await laptop();
    await put(path, bytes);
    expect((await scan()).found).toEqual([{ place: 'crash', what: path.split('/').at(-1), removed: true }]);
    expect(await names()).not.toContain(path);
  });

  it('keep what is no dump, and what is older than the session', async () => {
    const { put, scan, folder } = await laptop();
    await put('cwd/core', elf(2));
    await put('cwd/notes.dmp', 'not one');
    await put('cwd/settings.dat');
    await put('cwd/deeper/core', elf(4));
    expect((await scan({ crash: [join(folder, 'cwd')] })).found).toEqual([]);
    await put('cwd/core.1', elf(4));
    expect((await scan({ crash: [join(folder, 'cwd')], since: Date.now() + hour })).found).toEqual([]);
  });
});

describe('the clipboard', () => {
  it('is emptied when it has changed since the session began', async () => {
    const { scan, cleared } = await laptop();
    const clipboard = { before: 'mark', now: async () => 'other', clear: async () => void cleared.push(true) };
    expect((await scan({ clipboard })).found).toEqual([{ place: 'clipboard', what: 'clipboard', removed: true }]);
    expect(cleared).toHaveLength(1);
  });

  it('is said to be full still when it cannot be emptied', async () => {
    const { scan } = await laptop();
    const clipboard = { before: 'mark', now: async () => 'other', clear: () => Promise.reject(new Error('busy')) };
    expect((await scan({ clipboard })).found).toEqual([{ place: 'clipboard', what: 'clipboard', removed: false }]);
  });

  it.each([
    ['before', { before: null, now: async () => 'mark' }],
    ['now', { before: 'mark', now: async () => null }],
    ['by an error', { before: 'mark', now: () => Promise.reject(new Error('no display')) }],
  ])('counts as not looked at when it could not be told: %s', async (_, look) => {
    const { scan, cleared } = await laptop();
    const clipboard = { ...look, clear: async () => void cleared.push(true) };
    expect(await scan({ clipboard })).toMatchObject({ unread: ['clipboard'], found: [] });
    expect(cleared).toEqual([]);
  });
});
