import { randomBytes } from 'node:crypto';
import { defaultPolicy, type Policy } from '#contract/policy/policy.ts';
import type { EnrolAnswer } from '#contract/wire/enrol.ts';
import { policyPublicKey, signPolicy } from '#gateway/identity/policy-token.ts';
import { issueCa, issueDeviceFromCsr, newPrivateKey } from '#gateway/pki/issue.ts';
import { newKey } from '#main/identity/keys.ts';

export type Registration = Awaited<ReturnType<typeof createRegistration>>;

/** What the real gateway would answer an enrolment with, and its keys, so that later answers can be made too. */
export async function createRegistration(change: Partial<EnrolAnswer> & { now?: number; days?: number } = {}) {
  const { now = Date.now(), days = 365, ...fields } = change;
  const ca = await issueCa({ site: 'Mori', now, days: 3650 });
  const policyKey = newPrivateKey();
  const device = { id: 'lt-0417', label: 'LT-0417' };
  const { privateKey, csr } = await newKey();
  const certify = (request: string, life = days) =>
    issueDeviceFromCsr(ca, { csr: request, device: device.id, now, days: life });
  const sign = (policy: Partial<Policy> = {}, by: { key?: string; device?: string } = {}) =>
    signPolicy({
      key: policyKey,
      issuer: 'mori',
      device: device.id,
      now,
      ...by,
      policy: { ...defaultPolicy, ...policy },
    });
  const answer: EnrolAnswer = {
    site: { name: 'Mori', ca: ca.certificate },
    gateway: { host: 'gw.example', port: 8443 },
    device,
    user: { id: 'sato', name: '佐藤 花子' },
    desk: { id: 'pc-101', name: 'PC-101', protocol: 'vnc' },
    certificate: await certify(csr),
    otp: { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', algorithm: 'sha256' },
    unlockKey: randomBytes(32).toString('base64url'),
    policyKey: policyPublicKey(policyKey),
    policy: await sign(),
    lease: null,
    ...fields,
  };
  return { answer, privateKey, certify, sign };
}
