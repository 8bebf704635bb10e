import { sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { enrolProof } from '#contract/wire/enrol.ts';
import { checkImported } from '#gateway/pki/imported.ts';
import { type Issued, issueCa } from '#gateway/pki/issue.ts';
import { forgeCertificate, serverAuth } from '#test/fakes/pki.ts';

const now = Date.now();
const dayMs = 86_400_000;
const message = enrolProof('0123456789ABCDEF');
const proofBy = (key: string, text = message) => sign('sha256', Buffer.from(text), key).toString('base64');

describe('checkImported', () => {
  let ca: Issued;
  let other: Issued;
  beforeAll(async () => {
    ca = await issueCa({ site: '県の認証局', now, days: 10 });
    other = await issueCa({ site: '別の認証局', now, days: 10 });
  });
  type Options = Parameters<typeof checkImported>[0];
  const check = (leaf: Issued, changes: Partial<Options> = {}) =>
    checkImported({
      certificate: leaf.certificate,
      proof: proofBy(leaf.privateKey),
      ...{ message, now, clientCas: [other.certificate, ca.certificate] },
      ...changes,
    });
  /** The English half of what is wrong, or '' when nothing is. */
  const problem = (leaf: Issued, changes?: Partial<Options>): string => {
    try {
      check(leaf, changes);
      return '';
    } catch (error) {
      if (!(error instanceof HanareError) || error.reason !== 'certificateUnsuitable') throw error;
      return String(error.details.problem).split(' / ')[1]!;
    }
  };

  it('takes a P-256 certificate of any of the CAs and gives it back', async () => {
    const leaf = await forgeCertificate({ signer: ca, name: 'laptop-7' });
    expect(check(leaf).subject).toBe('CN=laptop-7');
    expect(problem(await forgeCertificate({ signer: other }))).toBe('');
  });

  it('takes RSA of 2048 bits, also from an RSA CA, and refuses 1024', async () => {
    expect(problem(await forgeCertificate({ signer: ca, key: 'RSA-2048' }))).toBe('');
    const root = await forgeCertificate({ signer: 'self', ca: true, key: 'RSA-2048' });
    const leaf = await forgeCertificate({ signer: root, key: 'RSA-2048', name: 'laptop' });
    expect(problem(leaf, { clientCas: [root.certificate] })).toBe('');
    expect(problem(await forgeCertificate({ signer: ca, key: 'RSA-1024' }))).toMatch(/neither RSA of 2048/);
  });

  it('refuses a key on another curve', async () => {
    expect(problem(await forgeCertificate({ signer: ca, key: 'P-384' }))).toMatch(/neither RSA of 2048/);
  });

  it('refuses every issuer but those CAs themselves', async () => {
    const leaf = await forgeCertificate({ signer: ca });
    expect(problem(leaf, { clientCas: [] })).toMatch(/not issued by a CA/);
    expect(problem(leaf, { clientCas: [other.certificate] })).toMatch(/not issued by a CA/);
    const sameName = await issueCa({ site: '県の認証局', now, days: 10 });
    expect(problem(await forgeCertificate({ signer: sameName }))).toMatch(/not issued by a CA/);
    expect(problem(await forgeCertificate({ signer: 'self' }))).toMatch(/not issued by a CA/);
    const intermediate = await forgeCertificate({ signer: ca, ca: true });
    expect(problem(await forgeCertificate({ signer: intermediate }))).toMatch(/not issued by a CA/);
    // Not even a leaf that someone has put among the CAs may issue.
    expect(problem(await forgeCertificate({ signer: leaf }), { clientCas: [leaf.certificate] })).toMatch(/not issued/);
  });

  it('refuses what is a CA, for servers, or for nothing in particular', async () => {
    expect(problem(ca)).toMatch(/not issued by a CA/);
    for (const options of [{ ca: true }, { usages: [serverAuth] }, { usages: [] }]) {
      expect(problem(await forgeCertificate({ signer: ca, ...options }))).toMatch(/not meant for client/);
    }
  });

  it('refuses a certificate, or an issuer, outside its period', async () => {
    expect(problem(await forgeCertificate({ signer: ca, from: -3, until: -1 }))).toMatch(/has expired/);
    expect(problem(await forgeCertificate({ signer: ca, from: 1, until: 3 }))).toMatch(/not valid yet/);
    const long = await forgeCertificate({ signer: ca, from: -1, until: 100 });
    expect(problem(long, { now: now + 11 * dayMs })).toMatch(/CA that issued it is outside/);
  });

  it('refuses a proof by another key, over another code, or none', async () => {
    const leaf = await forgeCertificate({ signer: ca });
    const stranger = await forgeCertificate({ signer: ca });
    const proofs = [
      proofBy(stranger.privateKey),
      proofBy(leaf.privateKey, enrolProof('0123456789ABCDEG')),
      ...['', 'x', '!!!!', 'A'.repeat(96)],
    ];
    for (const proof of proofs) expect(problem(leaf, { proof }), proof).toMatch(/was not proved/);
  });

  it('refuses what is no certificate, and says so in both languages', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(problem({ certificate, privateKey: ca.privateKey })).toMatch(/cannot be read/);
    expect(() => check({ certificate, privateKey: ca.privateKey })).toThrow(
      expect.objectContaining({ details: { problem: expect.stringMatching(/証明書.* \/ [A-Z]/) } }),
    );
  });
});
