import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '#gateway/site/config.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const first = {
  version: 1,
  site: { name: '桜市' },
  issuer: 'urn:hanare:gateway:1',
  hosts: ['gw.test'],
  listen: { host: '0.0.0.0', port: 8443 },
};

describe('readConfig', () => {
  const readWith = async (changes: object) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify({ ...first, ...changes }));
    return readConfig(path, folder);
  };

  it('takes an enrolment port, the days of a certificate, and single values of the policy', async () => {
    const enrol = { host: '10.0.0.1', port: 8444 };
    const policy = { version: 7, idleSeconds: 600 };
    expect(await readWith({ enrol, certificateDays: 90, policy })).toEqual({
      ...first,
      enrol,
      certificateDays: 90,
      // As given: who decides a rule is whoever names it.
      policy,
    });
    expect(await readWith({ enrol: null })).toMatchObject({ enrol: null, policy: {} });
  });

  it('names what is wrong', async () => {
    const wrong: [object, string][] = [
      [{ enrol: { host: '', port: 1 } }, 'enrol.host'],
      [{ enrol: { host: 'a', port: 65_536 } }, 'enrol.port'],
      [{ enrol: 8444 }, 'enrol'],
      [{ certificateDays: 0 }, 'certificateDays'],
      [{ policy: { idleSeconds: 1 } }, 'policy.idleSeconds'],
      [{ policy: { pinMinimum: 4 } }, 'policy.pinMinimum'],
      [{ policy: { usb: 'off' } }, 'policy.usb'],
      [{ policy: { usbs: 'end' } }, 'policy.usbs'],
      [{ renew: true }, 'renew'],
    ];
    for (const [changes, at] of wrong) {
      await expect(readWith(changes), at).rejects.toThrow(
        expect.objectContaining({ problem: 'damaged', message: expect.stringContaining(`(see ${at})`) }),
      );
    }
  });
});
