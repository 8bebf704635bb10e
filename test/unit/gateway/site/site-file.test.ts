import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseEnrolment } from '#contract/wire/enrol.ts';
import { initSite, loadSite } from '#gateway/site/site.ts';
import { caFingerprint, siteFileOf } from '#gateway/site/site-file.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const options = { site: '桜市', hosts: ['gw.test', '192.0.2.1'], listen: { host: '0.0.0.0', port: 8443 } };

describe('siteFileOf', () => {
  const siteWith = async (enrol: { host: string; port: number } | null) => {
    const data = join(await temporaryFolder(), 'data');
    await initSite(data, { ...options, enrol, now: Date.now() });
    return loadSite(data);
  };

  it('says where to enrol, by the first name that clients use, and which CA it must be', async () => {
    const { config, ca } = await siteWith({ host: '0.0.0.0', port: 8444 });
    const der = Buffer.from(ca.certificate.replace(/-----.*-----|\s/g, ''), 'base64');
    const fingerprint = createHash('sha256').update(der).digest('hex');
    expect(siteFileOf(config, ca.certificate)).toEqual({
      version: 1,
      site: '桜市',
      enrol: { host: 'gw.test', port: 8444 },
      fingerprint,
    });
    expect(caFingerprint(ca.certificate)).toBe(fingerprint);
    expect(parseEnrolment(`HANARE1 gw.test:8444 ${fingerprint} 0000-0000-0000-0000`)?.office?.fingerprint).toBe(
      fingerprint,
    );
  });

  it('takes the port that is really open, where the configured one is any', async () => {
    const { config, ca } = await siteWith({ host: '127.0.0.1', port: 0 });
    expect(siteFileOf(config, ca.certificate, 40_123).enrol).toEqual({ host: 'gw.test', port: 40_123 });
    expect(() => siteFileOf(config, ca.certificate)).toThrow(expect.objectContaining({ problem: 'enrolmentOff' }));
  });

  it('refuses where enrolment is off', async () => {
    const { config, ca } = await siteWith(null);
    expect(() => siteFileOf(config, ca.certificate)).toThrow(expect.objectContaining({ problem: 'enrolmentOff' }));
  });
});
