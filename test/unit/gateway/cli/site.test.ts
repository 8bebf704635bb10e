import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteFileSchema } from '#contract/wire/enrol.ts';
import { caFingerprint } from '#gateway/site/site-file.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { testCli } from './run-cli.ts';

describe('site', () => {
  const { run, ok, json, inside, cwd, paths, close } = testCli();
  beforeAll(() => ok('init --site Sakura --host gw.test --host 192.0.2.1'));
  afterAll(close);

  it('init takes the default ports and says them', async () => {
    const result = await json('--data other init --site x --host gw.test --listen 127.0.0.1');
    expect(result).toMatchObject({ listen: { port: 8443 }, enrol: { host: '127.0.0.1', port: 8444 } });
  });

  it('site-file writes what the installer leaves on laptops, once', async () => {
    await ok('site-file --out site.json');
    const text = readFileSync(join(cwd, 'site.json'), 'utf8');
    expect(v.parse(siteFileSchema, JSON.parse(text))).toEqual({
      ...{ version: 1, site: 'Sakura', enrol: { host: 'gw.test', port: 8444 } },
      fingerprint: caFingerprint(readFileSync(paths.caCertificate, 'utf8')),
    });
    expect(await run('site-file --out site.json')).toMatchObject({ code: 1, err: expect.stringContaining('exists') });
    expect((await json('site-file --out nat.json --office 192.0.2.7:443')).enrol).toEqual({
      ...{ host: '192.0.2.7', port: 443 },
    });
  });

  it('ca trust adds CAs, each once, and writes it down', async () => {
    const ca = await forgeCertificate({ signer: 'self', name: 'City CA', ca: true, usages: [] });
    writeFileSync(join(cwd, 'city.pem'), ca.certificate);
    const { added } = await json('ca trust city.pem');
    expect(added).toMatchObject([{ subject: 'CN=City CA' }]);
    expect(await ok('ca trust city.pem')).toBe('It was trusted already.');
    await inside(({ site }) => expect(site.clientCas.map((pem) => pem.trim())).toEqual([ca.certificate.trim()]));
    expect(statSync(paths.clientCas).mode & 0o777).toBe(0o600);
    const { entries } = await json('audit list');
    expect(entries).toMatchObject([{ action: 'ca.trusted', details: added[0] }]);
  });

  it('ca trust refuses anything but CA certificates, and changes nothing', async () => {
    const before = readFileSync(paths.clientCas, 'utf8');
    const leaf = await forgeCertificate({ signer: 'self', name: 'laptop' });
    writeFileSync(join(cwd, 'leaf.pem'), leaf.certificate);
    writeFileSync(join(cwd, 'key.pem'), `${leaf.certificate}${leaf.privateKey}`);
    writeFileSync(join(cwd, 'text.pem'), 'hello');
    for (const file of ['leaf.pem', 'key.pem', 'text.pem', 'none.pem', '.']) {
      const { code, err, out } = await run(['ca', 'trust', file]);
      expect([code, out, err.split('\n').length], file).toEqual([1, '', 1]);
    }
    expect((await run('ca trust key.pem')).err).toContain('private key');
    expect(readFileSync(paths.clientCas, 'utf8')).toBe(before);
  });
});
