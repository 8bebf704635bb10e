import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Issued, issueCa, issueDeviceFromCsr, issueServer, newPrivateKey } from '#gateway/pki/issue.ts';
import { clientAuth } from '#test/fakes/pki.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';

const now = Date.now();
const dayMs = 86_400_000;

describe('issueDeviceFromCsr', () => {
  let ca: Issued;
  beforeAll(async () => {
    ca = await issueCa({ site: '桜市', now, days: 10 });
  });
  const issue = (csr: string, days = 1) => issueDeviceFromCsr(ca, { csr, device: 'device-1', now, days });

  it('certifies the key of the request, for clients only, under our own name for it', async () => {
    const { csr, privateKey } = await newRequest();
    const certificate = new X509Certificate(await issue(csr));
    expect(certificate.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(certificate.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
    // The request asks for another name and to be a CA.
    expect(certificate.subject).toBe('CN=device-1');
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual([clientAuth]);
    expect(certificate.validToDate.getTime()).toBe(Math.floor((now + dayMs) / 1000) * 1000);
  });

  it('gives each certificate its own serial number', async () => {
    const { csr } = await newRequest();
    const [one, two] = [new X509Certificate(await issue(csr)), new X509Certificate(await issue(csr))];
    expect(one.serialNumber).not.toBe(two.serialNumber);
  });

  it('never outlives the CA', async () => {
    const { csr } = await newRequest();
    const certificate = new X509Certificate(await issue(csr, 365));
    expect(certificate.validToDate).toEqual(new X509Certificate(ca.certificate).validToDate);
  });

  it('refuses a request that its key did not sign', async () => {
    const { csr } = await newRequest();
    const der = Buffer.from(csr.replace(/-----.*-----|\s/g, ''), 'base64');
    for (const at of [der.length - 1, der.indexOf(Buffer.from('administrator'))]) {
      const changed = Buffer.from(der);
      changed[at]! ^= 1;
      await expect(issue(pemOf(changed))).rejects.toMatchObject({ reason: 'badRequest' });
    }
    await expect(issue(pemOf(der))).resolves.toContain('BEGIN CERTIFICATE');
  });

  it('refuses every kind of key but P-256', async () => {
    await expect(issue((await newRequest('P-384')).csr)).rejects.toMatchObject({ reason: 'badRequest' });
    await expect(issue(rsaRequest())).rejects.toMatchObject({ reason: 'badRequest' });
  });

  it('refuses what is no request', async () => {
    const certificate = ca.certificate.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST');
    for (const csr of [
      '',
      'x',
      '-----BEGIN CERTIFICATE REQUEST-----',
      ca.certificate,
      certificate,
      pemOf(Buffer.of()),
    ]) {
      await expect(issue(csr), csr).rejects.toMatchObject({ reason: 'badRequest' });
    }
  });

  it('refuses a request cut to any length', async () => {
    const { csr } = await newRequest();
    const der = Buffer.from(csr.replace(/-----.*-----|\s/g, ''), 'base64');
    for (let length = 0; length < der.length; length += 7) {
      await expect(issue(pemOf(der.subarray(0, length))), String(length)).rejects.toMatchObject({
        reason: 'badRequest',
      });
    }
  });
});

describe('issueServer', () => {
  it('makes names safe and puts hosts into the right kind of SAN', async () => {
    const ca = await issueCa({ site: 'A", CN=evil+O=x', now, days: 1 });
    expect(new X509Certificate(ca.certificate).subject).toBe('CN=Hanare CA A   CN evil O x');
    const issued = await issueServer(ca, { hosts: ['gw.test', '192.0.2.1', '2001:db8::1'], now, days: 1 });
    const server = new X509Certificate(issued.certificate);
    expect(server.checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(true);
    expect(server.checkHost('gw.test')).toBe('gw.test');
    expect(server.checkIP('192.0.2.1')).toBe('192.0.2.1');
    expect(server.checkIP('2001:db8::1')).toBe('2001:db8::1');
    expect(server.checkHost('other.test')).toBeUndefined();
  });
});

describe('newPrivateKey', () => {
  it('makes another P-256 key each time', () => {
    const [one, two] = [newPrivateKey(), newPrivateKey()];
    expect(createPrivateKey(one).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(createPublicKey(one).equals(createPublicKey(two))).toBe(false);
  });
});

function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}

function rsaRequest(): string {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }) as string);
  request.setSubject([{ name: 'commonName', value: 'x' }]);
  const key = forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  request.sign(key, forge.md.sha256.create());
  return forge.pki.certificationRequestToPem(request);
}
