import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Issued, issueCa, issueServer } from '#gateway/pki/issue.ts';
import { fingerprintOf, judgeCertificate } from '#gateway/pki/judge.ts';
import { forgeCertificate, serverAuth } from '#test/fakes/pki.ts';
import { issueDevice } from '#test/fixtures/gateway/certificates.ts';

const now = Date.now();
const parse = (issued: Issued) => new X509Certificate(issued.certificate);

describe('judgeCertificate', () => {
  let ca: Issued;
  beforeAll(async () => {
    ca = await issueCa({ site: '桜市', now, days: 10 });
  });
  const judge = (leaf: Issued | undefined, changes: { chainTrusted?: boolean; now?: number } = {}) =>
    judgeCertificate({ leaf: leaf && parse(leaf), cas: [parse(ca)], chainTrusted: true, now, ...changes });

  it('accepts a device of this CA within its time', async () => {
    const device = await issueDevice(ca, { device: 'd1', now, days: 1 });
    expect(judge(device)).toBeUndefined();
    expect(judge(device, { now: now + 86_400_001 })).toBe('deviceCertificateExpired');
    expect(judge(device, { now: now - 3_600_000 })).toBe('deviceCertificateExpired');
  });

  it('never accepts what OpenSSL does not trust', async () => {
    const device = await issueDevice(ca, { device: 'd1', now, days: 1 });
    expect(judge(device, { chainTrusted: false })).toBe('deviceCertificateRefused');
  });

  it('refuses each wrong kind even if OpenSSL trusted it', async () => {
    const otherCa = await issueCa({ site: '桜市', now, days: 10 });
    expect(judge(undefined)).toBe('deviceCertificateMissing');
    expect(judge(await issueDevice(otherCa, { device: 'd1', now, days: 1 }))).toBe('deviceCertificateRefused');
    expect(judge(await issueServer(ca, { hosts: ['a.test'], now, days: 1 }))).toBe('deviceCertificateRefused');
    expect(judge(await forgeCertificate({ signer: ca, usages: [serverAuth] }))).toBe('deviceCertificateRefused');
    expect(judge(await forgeCertificate({ signer: ca, usages: [] }))).toBe('deviceCertificateRefused');
    expect(judge(await forgeCertificate({ signer: ca, ca: true }))).toBe('deviceCertificateRefused');
    expect(judge(await forgeCertificate({ signer: 'self' }))).toBe('deviceCertificateRefused');
    expect(judge(ca)).toBe('deviceCertificateRefused');
    const device = await issueDevice(ca, { device: 'd1', now, days: 1 });
    expect(judge(await forgeCertificate({ signer: device }))).toBe('deviceCertificateRefused');
  });

  it('names the other CA rather than the date when both are wrong', async () => {
    const other = await issueCa({ site: 'x', now, days: 1 });
    const expired = await forgeCertificate({ signer: other, from: -3, until: -1 });
    expect(judge(expired)).toBe('deviceCertificateRefused');
  });

  it('accepts a device of any of several CAs, and only what one of them signed itself', async () => {
    const [other, third] = [await issueCa({ site: 'b', now, days: 10 }), await issueCa({ site: 'c', now, days: 10 })];
    const cas = [parse(ca), parse(other)];
    const verdict = (leaf: Issued) => judgeCertificate({ leaf: parse(leaf), cas, chainTrusted: true, now });
    expect(verdict(await issueDevice(ca, { device: 'd', now, days: 1 }))).toBeUndefined();
    expect(verdict(await issueDevice(other, { device: 'd', now, days: 1 }))).toBeUndefined();
    expect(verdict(await issueDevice(third, { device: 'd', now, days: 1 }))).toBe('deviceCertificateRefused');
    expect(verdict(other)).toBe('deviceCertificateRefused');
    const intermediate = await forgeCertificate({ signer: other, ca: true });
    expect(verdict(await forgeCertificate({ signer: intermediate }))).toBe('deviceCertificateRefused');
  });

  it('accepts nothing when there is no CA', async () => {
    const leaf = parse(await issueDevice(ca, { device: 'd', now, days: 1 }));
    expect(judgeCertificate({ leaf, cas: [], chainTrusted: true, now })).toBe('deviceCertificateRefused');
  });

  it('fingerprints are base64url SHA-256 and differ by certificate', async () => {
    const [one, two] = [
      await issueDevice(ca, { device: 'd', now, days: 1 }),
      await issueDevice(ca, { device: 'd', now, days: 1 }),
    ];
    expect(fingerprintOf(parse(one).raw)).toMatch(/^[\w-]{43}$/);
    expect(fingerprintOf(parse(one).raw)).not.toBe(fingerprintOf(parse(two).raw));
  });
});
