import { randomBytes, X509Certificate } from 'node:crypto';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { type EnrolAnswer, type EnrolRequest, enrolProof } from '#contract/wire/enrol.ts';
import { checkImported } from '../pki/imported.ts';
import { issueDeviceFromCsr } from '../pki/issue.ts';
import { fingerprintOf } from '../pki/judge.ts';
import type { CertificateRow } from '../store/certificate-records.ts';
import type { DeviceRow } from '../store/device-records.ts';
import type { UserRow } from '../store/directory.ts';
import { enrolmentHash } from './codes.ts';
import { type Context, deviceActor, isOver, note, otpAlgorithms, sealNames, standingOf } from './context.ts';
import type { Identity } from './identity.ts';
import { newOtpSecret, showOtpSecret } from './otp.ts';
import { policyPublicKey } from './policy-token.ts';
import { createTries } from './tries.ts';

const unlockKeyBytes = 32;
/** A laptop may ask for its renewal this much too early: the two clocks differ. */
const renewSlackMs = 10 * 60_000;

const notRenewable =
  '貴団体の認証局の証明書は、受付では更新できません。 / A certificate of the site’s own CA is not renewed here.';
const belongsToAnother = '別の端末の証明書か、無効にされた証明書です。 / It is another device’s, or was revoked.';

/** Certificates for laptops: the first by a code, the next ones by the one before. */
export function createEnrolment(context: Context): Pick<Identity, 'enrol' | 'renew'> {
  const { store, site, audit } = context;
  const tries = createTries(context.now);

  /** @throws {HanareError}; a refusal is written down and counted. */
  const codeFor = (hash: string, address: string): { device: DeviceRow; user: UserRow } => {
    if (!tries.allowed(address)) throw new HanareError('enrolTooManyTries');
    const found = judgeCode(context, hash);
    if ('device' in found) return found;
    tries.failed(address);
    const device = store.enrolmentCode(hash)?.device;
    const actor = { kind: 'gateway', name: 'gateway' } as const;
    audit.append({ actor, action: 'enrol.refused', device, details: { reason: found.reason, address } });
    throw new HanareError(found.reason, found.details);
  };

  return {
    enrol: async (request, from) => {
      const hash = enrolmentHash(request.code);
      const { device } = codeFor(hash, from.address);
      const { pem, leaf, origin } = await certificateFor(context, request, device.id);
      const policy = await context.policies.token(device.id, device.user);
      const unlockKey = randomBytes(unlockKeyBytes);
      const otpSecret = newOtpSecret(otpAlgorithms.embedded);
      const user = store.transaction(() => {
        // Again: making the certificate took a while, and others may have used or ended the code meanwhile.
        const { user } = codeFor(hash, from.address);
        const embedded = user.method === 'embedded';
        begin(context, device.id, certificateRow(leaf, device.id, origin, context.now()), {
          code: hash,
          machine: request.machine,
          otpSecret: embedded ? context.seal.seal(sealNames.otp({ kind: 'device', id: device.id }), otpSecret) : null,
          unlockKey: context.seal.seal(sealNames.unlock(device.id), unlockKey),
        });
        const { machine } = request;
        note(context, deviceActor(device.id), 'device.enrolled', device, {
          serial: leaf.serialNumber,
          origin,
          machine,
        });
        return user;
      });
      const answer: EnrolAnswer = {
        site: { name: site.config.site.name, ca: site.ca.certificate },
        gateway: from.gateway,
        device: { id: device.id, label: device.label },
        user: { id: user.id, name: user.name },
        desk: store.desksOf(user.id)[0] ?? null,
        certificate: pem,
        otp:
          user.method === 'embedded' ? { secret: showOtpSecret(otpSecret), algorithm: otpAlgorithms.embedded } : null,
        unlockKey: unlockKey.toString('base64url'),
        policyKey: policyPublicKey(site.policyKey),
        policy,
        lease: device.lease,
      };
      unlockKey.fill(0);
      otpSecret.fill(0);
      return answer;
    },
    renew: async (caller, csr) => {
      const standing = standingOf(store, caller);
      if ('failure' in standing) throw new HanareError(standing.failure.reason, standing.failure.details);
      refuseRenewal(standing.certificate, context.now());
      const id = caller.device;
      const pem = await issue(context, csr, id);
      const leaf = new X509Certificate(pem);
      const problem = store.transaction(() => {
        const again = standingOf(store, caller);
        if ('failure' in again) return again.failure;
        store.putCertificate(certificateRow(leaf, id, 'issued', context.now()), null);
        store.revokeUnused(id, null, fingerprintOf(leaf.raw));
        note(context, deviceActor(id), 'certificate.issued', again.device, { serial: leaf.serialNumber });
        return undefined;
      });
      if (problem !== undefined) throw new HanareError(problem.reason, problem.details);
      return pem;
    },
  };
}

type Refusal = Readonly<{ reason: ErrorName; details?: Record<string, string> }>;

function judgeCode({ store, now }: Context, hash: string): { device: DeviceRow; user: UserRow } | Refusal {
  const code = store.enrolmentCode(hash);
  if (code === undefined) return { reason: 'enrolCodeWrong' };
  if (code.used !== null) return { reason: 'enrolCodeUsed' };
  if (code.expires <= now()) return { reason: 'enrolCodeExpired' };
  const device = store.device(code.device)!;
  const user = store.user(device.user)!;
  if (user.status !== 'active') return { reason: 'signInRefused' };
  if (device.status === 'suspended') return { reason: 'deviceSuspended', details: { device: device.id } };
  if (device.status === 'retired') return { reason: 'deviceRevoked' };
  if (isOver(device.lease, now())) return { reason: 'leaseOver' };
  return { device, user };
}

/** Puts the new certificate beside what the device has; nothing else of it changes until that is used. */
function begin(
  { store }: Context,
  id: string,
  certificate: Omit<CertificateRow, 'state'>,
  pending: NonNullable<Parameters<Context['store']['putCertificate']>[1]>,
): void {
  const givenUp = store.device(id)!.status === 'revoked';
  const known = store.certificate(certificate.fingerprint);
  if (known !== undefined && (givenUp || known.device !== id || known.state === 'revoked')) {
    throw new HanareError('certificateUnsuitable', { problem: belongsToAnother });
  }
  // A device that was given up begins anew. What it had before must not come back to life with it.
  if (givenUp) {
    store.revokeCertificates(id);
    store.setErase(id, 'none', null);
    store.setDeviceStatus(id, 'new');
  }
  store.putCertificate(certificate, pending);
  store.revokeUnused(id, pending.code, certificate.fingerprint);
}

async function certificateFor(
  context: Context,
  { key, code }: EnrolRequest,
  device: string,
): Promise<{ pem: string; leaf: X509Certificate; origin: CertificateRow['origin'] }> {
  if (key.kind === 'csr') {
    const pem = await issue(context, key.csr, device);
    return { pem, leaf: new X509Certificate(pem), origin: 'issued' };
  }
  const { certificate, proof } = key;
  const { clientCas } = context.site;
  const leaf = checkImported({ certificate, proof, message: enrolProof(code), clientCas, now: context.now() });
  return { pem: leaf.toString(), leaf, origin: 'imported' };
}

function issue({ site, now }: Context, csr: string, device: string): Promise<string> {
  return issueDeviceFromCsr(site.ca, { csr, device, now: now(), days: site.config.certificateDays });
}

function certificateRow(
  leaf: X509Certificate,
  device: string,
  origin: CertificateRow['origin'],
  created: number,
): Omit<CertificateRow, 'state'> {
  return {
    fingerprint: fingerprintOf(leaf.raw),
    device,
    serial: leaf.serialNumber,
    origin,
    from: leaf.validFromDate.getTime(),
    until: leaf.validToDate.getTime(),
    created,
  };
}

/** Not before two thirds of its life, or a laptop could fill the store. */
function refuseRenewal({ origin, from, until }: CertificateRow, now: number): void {
  if (origin === 'imported') throw new HanareError('certificateUnsuitable', { problem: notRenewable });
  if (now < from + ((until - from) * 2) / 3 - renewSlackMs) throw new HanareError('badRequest');
}
