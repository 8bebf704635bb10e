import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const fake = await vi.hoisted(async () => (await import('#test/fakes/fake-electron.ts')).createFakeElectron());
vi.mock('electron', () => fake.module);
const { openCertificateFile } = await import('#main/shell/open-file.ts');

const { showOpenDialog } = fake.module.dialog;
const choose = (...filePaths: string[]) => showOpenDialog.mockResolvedValue({ canceled: false, filePaths });

beforeEach(() => {
  showOpenDialog.mockReset();
});

describe('choosing a certificate file', () => {
  it('gives what is in it', async () => {
    const path = join(await temporaryFolder(), 'device.p12');
    await writeFile(path, Uint8Array.of(0x30, 0x82, 1));
    choose(path);
    expect(await openCertificateFile(undefined)).toEqual(Uint8Array.of(0x30, 0x82, 1));
  });

  it('is over the app’s window when there is one, and for one file of the right kinds', async () => {
    const window = { id: 1 };
    showOpenDialog.mockResolvedValue({ canceled: true, filePaths: [] });
    await openCertificateFile(window as never);
    const options = { properties: ['openFile'], filters: [{ extensions: ['p12', 'pfx'] }] };
    expect(showOpenDialog).toHaveBeenCalledExactlyOnceWith(
      window,
      expect.objectContaining({ properties: ['openFile'] }),
    );
    expect(showOpenDialog.mock.calls[0]![1]).toMatchObject(options);
  });

  it('gives nothing when the person chose none', async () => {
    showOpenDialog.mockResolvedValue({ canceled: true, filePaths: ['/tmp/x.p12'] });
    expect(await openCertificateFile(undefined)).toBeNull();
    choose();
    expect(await openCertificateFile(undefined)).toBeNull();
  });

  it('says that it is damaged when it cannot be read, is a folder, or is far too large', async () => {
    const folder = await temporaryFolder();
    const large = join(folder, 'large.p12');
    await writeFile(large, Buffer.alloc(1024 * 1024 + 1));
    for (const path of [join(folder, 'none.p12'), folder, large]) {
      choose(path);
      await expect(openCertificateFile(undefined), path).rejects.toMatchObject({ reason: 'certificateFileDamaged' });
    }
  });
});
