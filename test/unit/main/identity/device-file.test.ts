import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import { loadDeviceFile } from '#main/identity/device-file.ts';
import { fakeDeviceFile } from '#test/fakes/device-file.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

async function written(content: string | Buffer): Promise<string> {
  const path = join(await temporaryFolder(), 'device.json');
  await writeFile(path, content, { mode: 0o600 });
  return path;
}
const failureOf = (path: string) => loadDeviceFile(path).then(() => null, toFailure);
const text = JSON.stringify(fakeDeviceFile());

describe('the device file', () => {
  it('is read when it is whole', async () => {
    expect(await loadDeviceFile(await written(text))).toEqual(fakeDeviceFile());
  });

  it('says not enrolled when it is not there', async () => {
    expect(await failureOf(join(await temporaryFolder(), 'device.json'))).toEqual({
      reason: 'notEnrolled',
      details: {},
    });
  });

  it('says damaged, not absent, when it cannot be read', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'device.json'));
    expect(await failureOf(join(folder, 'device.json'))).toMatchObject({ reason: 'deviceFileDamaged' });
    const file = await written(text);
    expect(await failureOf(join(file, 'device.json'))).toMatchObject({ reason: 'deviceFileDamaged' });
  });

  it.each([
    ['is empty', ''],
    ['was cut off', text.slice(0, -1)],
    ['is no JSON', 'device'],
    ['is no object', '[]'],
    ['is null', 'null'],
    ['is binary', Buffer.from([0xff, 0x00, 0xfe])],
    ['has a byte order mark', `\ufeff${text}`],
    ['was nulled by a power cut', Buffer.alloc(4096)],
  ])('says damaged when it %s', async (_, content) => {
    expect(await failureOf(await written(content))).toMatchObject({ reason: 'deviceFileDamaged' });
  });

  it('names the field when one is wrong', async () => {
    const path = await written(JSON.stringify({ ...fakeDeviceFile(), gateway: { host: 'gw', port: 'x' } }));
    expect(await failureOf(path)).toEqual({ reason: 'deviceFileDamaged', details: { field: 'gateway.port' } });
  });

  it('quotes nothing of what it holds when it is damaged', async () => {
    for (const content of [text.slice(0, -1), JSON.stringify({ ...fakeDeviceFile(), privateKey: 'c2VjcmV0' })]) {
      const error = await loadDeviceFile(await written(content)).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(HanareError);
      const shown = `${JSON.stringify(error)}${(error as Error).message}${String((error as Error).cause)}`;
      expect(shown).not.toMatch(/PRIVATE KEY|c2VjcmV0/);
    }
  });

  it('is left as it was when it is damaged', async () => {
    const path = await written('{"half":');
    await failureOf(path);
    expect(await readFile(path, 'utf8')).toBe('{"half":');
  });

  it('is read anew when it is asked for again', async () => {
    const path = await written(text);
    await loadDeviceFile(path);
    await writeFile(path, JSON.stringify(fakeDeviceFile({ desk: null })));
    await chmod(path, 0o600);
    expect((await loadDeviceFile(path)).desk).toBeNull();
  });
});
