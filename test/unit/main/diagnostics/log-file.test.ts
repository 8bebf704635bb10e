import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogFile } from '#main/diagnostics/log-file.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const megabyte = 1024 * 1024;
const mode = async (path: string) => (await stat(path)).mode & 0o777;
const inFolder = async () => join(await temporaryFolder(), 'logs', 'hanare.log');

describe('the log file', () => {
  it('has each line at once, in order, when lines are written', async () => {
    const path = await inFolder();
    const write = createLogFile(path);
    write('{"a":1}');
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n');
    write('{"b":"二"}');
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n{"b":"二"}\n');
  });

  it('can be read by its owner only, and so its folder', async () => {
    const path = await inFolder();
    createLogFile(path)('x');
    expect(await mode(path)).toBe(0o600);
    expect(await mode(join(path, '..'))).toBe(0o700);
  });

  it('goes on where it was when the app starts again', async () => {
    const path = await inFolder();
    createLogFile(path)('first');
    createLogFile(path)('second');
    expect(await readFile(path, 'utf8')).toBe('first\nsecond\n');
  });

  it('is not made when nothing is written', async () => {
    const path = await inFolder();
    createLogFile(path);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('starts anew, keeping the one before, when it has grown past its size', async () => {
    const path = await inFolder();
    const write = createLogFile(path);
    const line = 'x'.repeat(megabyte);
    write(line);
    write('after');
    expect((await readFile(`${path}.1`, 'utf8')).length).toBe(megabyte + 1);
    expect(await readFile(path, 'utf8')).toBe('after\n');
    expect(await mode(path)).toBe(0o600);
  });

  it('counts bytes, not characters, when lines are Japanese', async () => {
    const path = await inFolder();
    const write = createLogFile(path);
    const line = '離'.repeat(1024);
    for (let lines = 0; lines < 2_000; lines += 1) write(line);
    expect((await stat(path)).size).toBeLessThanOrEqual(megabyte + 3_073);
    expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(megabyte + 3_073);
    expect((await readdir(join(path, '..'))).sort()).toEqual(['hanare.log', 'hanare.log.1']);
  });

  it('counts what was there before when the app starts again', async () => {
    const path = await inFolder();
    await mkdir(join(path, '..'));
    await writeFile(path, 'x'.repeat(megabyte + 1));
    createLogFile(path)('new');
    expect(await readFile(path, 'utf8')).toBe('new\n');
  });

  it('never stops the app when it cannot be written', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, 'in the way');
    const write = createLogFile(join(file, 'logs', 'hanare.log'));
    expect(() => write('x')).not.toThrow();
    expect(await readFile(file, 'utf8')).toBe('in the way');
  });

  it('never stops the app when the old one cannot be put aside', async () => {
    const path = await inFolder();
    await mkdir(`${path}.1/full`, { recursive: true });
    const write = createLogFile(path);
    write('x'.repeat(megabyte));
    expect(() => write('y')).not.toThrow();
  });

  it('is written again when what was in the way is gone', async () => {
    const path = await inFolder();
    const write = createLogFile(path);
    await mkdir(path);
    write('lost');
    await rmdir(path);
    write('kept');
    expect(await readFile(path, 'utf8')).toBe('kept\n');
  });
});
