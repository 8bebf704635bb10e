import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Issued, issueCa } from '#gateway/pki/issue.ts';
import { addClientCas, loadClientCas } from '#gateway/site/client-cas.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const now = Date.now();
const damaged = expect.objectContaining({ problem: 'damaged' });

describe('client CAs', () => {
  let one: Issued;
  let two: Issued;
  let leaf: Issued;
  let path: string;
  beforeAll(async () => {
    one = await issueCa({ site: 'one', now, days: 1 });
    two = await issueCa({ site: 'two', now, days: 1 });
    leaf = await forgeCertificate({ signer: one });
  });
  beforeEach(async () => {
    path = join(await temporaryFolder(), 'client-cas.pem');
  });
  const subjects = () => loadClientCas(path).map((pem) => new X509Certificate(pem).subject);

  it('are none where there is no file', () => {
    expect(loadClientCas(path)).toEqual([]);
  });

  it('are added one by one or together, each once, for the owner alone', () => {
    const { fingerprint256 } = new X509Certificate(one.certificate);
    expect(addClientCas(path, one.certificate)).toEqual([{ subject: 'CN=Hanare CA one', fingerprint: fingerprint256 }]);
    const both = `Subject: two\r\n${two.certificate.replaceAll('\n', '\r\n')}\n${one.certificate}${two.certificate}`;
    expect(addClientCas(path, both).map(({ subject }) => subject)).toEqual(['CN=Hanare CA two']);
    expect(addClientCas(path, both)).toEqual([]);
    expect(subjects()).toEqual(['CN=Hanare CA one', 'CN=Hanare CA two']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are CAs only: anything else changes nothing', () => {
    const odd = ['', 'x', leaf.certificate, one.certificate + leaf.certificate, one.privateKey];
    for (const text of odd) expect(() => addClientCas(path, text)).toThrow(damaged);
    expect(existsSync(path)).toBe(false);
    addClientCas(path, one.certificate);
    for (const text of odd) expect(() => addClientCas(path, text)).toThrow(damaged);
    expect(subjects()).toEqual(['CN=Hanare CA one']);
  });

  it('come with those above them: OpenSSL trusts no chain without its root', async () => {
    const root = await forgeCertificate({ signer: 'self', ca: true, name: 'root' });
    const middle = await forgeCertificate({ signer: root, ca: true, name: 'middle' });
    expect(() => addClientCas(path, middle.certificate)).toThrow(/"CN=root" as well, which issued "CN=middle"/);
    expect(existsSync(path)).toBe(false);
    expect(addClientCas(path, middle.certificate + root.certificate)).toHaveLength(2);
    const second = await forgeCertificate({ signer: root, ca: true, name: 'second' });
    expect(addClientCas(path, second.certificate)).toMatchObject([{ subject: 'CN=second' }]);
  });

  it('are not used, nor written over, when the file holds anything else', () => {
    for (const text of ['', 'x', one.certificate + leaf.certificate, `${one.certificate}-----BEGIN CERTIFICATE-----`]) {
      writeFileSync(path, text);
      expect(() => loadClientCas(path), text).toThrow(damaged);
      expect(() => addClientCas(path, two.certificate), text).toThrow(damaged);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });
});
