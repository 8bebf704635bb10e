import { sign } from 'node:crypto';
import { fromFailure, HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import { pinProblem } from '#contract/identity/pin.ts';
import type {
  DeviceStatus,
  EnrolInspect,
  EnrolOffer,
  EnrolRun,
  EnrolStep,
  ImportedCertificate,
} from '#contract/ipc/state.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type EnrolAnswer, type EnrolRequest, enrolProof, parseEnrolment } from '#contract/wire/enrol.ts';
import type { TunnelIdentity } from '#contract/wire/tunnel-state.ts';
import type { DeviceIdentity } from '../identity/identity.ts';
import { readPkcs12 } from '../identity/import.ts';
import { newKey } from '../identity/keys.ts';
import { normalPin } from '../identity/pin-guard.ts';
import { confirmCertificate } from './confirm.ts';
import { enrolAt, type Office, oneAuthority, readOffice } from './office.ts';

export type EnrolmentParts = Readonly<{
  identity: Pick<DeviceIdentity, 'status' | 'adopt' | 'credentials'>;
  /** What this laptop says of itself. */
  self(): Promise<TunnelIdentity>;
  /** Lets the person choose a PKCS#12 file. Null when they chose none. */
  openFile(): Promise<Uint8Array | null>;
  onStep(step: EnrolStep): void;
  log: Logger;
}>;

export type Enrolment = Readonly<{
  /** @throws HanareError enrolCodeMistyped, enrolOfficeUnknown, enrolOfficeDiffers, alreadyEnrolled, and as readOffice */
  inspect(input: EnrolInspect): Promise<EnrolOffer>;
  /** @throws HanareError certificatePasswordWrong, certificateFileDamaged, certificateUnsuitable */
  import(password: string): Promise<ImportedCertificate | null>;
  /** @throws HanareError pinWeak, enrolOfficeDiffers, badRequest, as enrolAt, and as DeviceIdentity.adopt */
  run(input: EnrolRun): Promise<DeviceStatus>;
}>;

type Key = Readonly<{ privateKey: string; key: EnrolRequest['key'] }>;

/**
 * Enrolment, from the code to the open vault. Code, keys and the office's answer are in memory only until `adopt` stores
 * them, all or nothing; a run that ends early leaves nothing, and the code can be used again until the certificate was.
 */
export function createEnrolment(parts: EnrolmentParts): Enrolment {
  const { identity, log } = parts;
  let found: Readonly<{ code: string; office: Office; offer: EnrolOffer }> | null = null;
  let imported: ReturnType<typeof readPkcs12> | null = null;
  let running = false;

  /** What the installer left, on a laptop that may be enrolled. */
  async function siteFile() {
    const status = await identity.status();
    if (status.state === 'failed') throw fromFailure(status.failure);
    if (status.state !== 'notEnrolled') throw new HanareError('alreadyEnrolled');
    return status.site;
  }

  async function inspect({ typed, office: given }: EnrolInspect): Promise<EnrolOffer> {
    found = null;
    const site = await siteFile();
    const input = parseEnrolment(typed);
    if (!input) throw new HanareError('enrolCodeMistyped');
    const enrol = input.office?.enrol ?? given ?? site?.enrol;
    if (!enrol) throw new HanareError('enrolOfficeUnknown');
    // A label may lead to another address of the office, never to another office than the installer's.
    const known = [site?.fingerprint, input.office?.fingerprint].filter((print) => print !== undefined);
    if (new Set(known).size > 1) throw new HanareError('enrolOfficeDiffers');
    const office = await readOffice(enrol);
    if (known.some((print) => print !== office.fingerprint)) throw new HanareError('enrolOfficeDiffers');
    const { name, fingerprint } = office;
    found = { code: input.code, office, offer: { site: name, enrol, fingerprint, known: known.length > 0 } };
    return found.offer;
  }

  async function makeKey(code: string, useImported: boolean): Promise<Key> {
    if (!useImported) {
      const { privateKey, csr } = await newKey();
      return { privateKey, key: { kind: 'csr', csr } };
    }
    if (!imported) throw new HanareError('badRequest');
    const { certificate, privateKey } = imported;
    const proof = sign('sha256', Buffer.from(enrolProof(code)), privateKey).toString('base64');
    return { privateKey, key: { kind: 'certificate', certificate, proof } };
  }

  async function enrol({ accepted, pin, imported: useImported }: EnrolRun): Promise<DeviceStatus> {
    if (!found) throw new HanareError('badRequest');
    const { code, office } = found;
    if (accepted !== office.fingerprint) throw new HanareError('enrolOfficeDiffers');
    const problem = pinProblem(normalPin(pin));
    if (problem) throw new HanareError('pinWeak', { problem });
    await siteFile();
    parts.onStep('key');
    const { privateKey, key } = await makeKey(code, useImported);
    const { version, platform, machine } = await parts.self();
    parts.onStep('office');
    const answer = await enrolAt(office, { code, client: { version, platform }, machine, key });
    parts.onStep('store');
    const status = await identity.adopt(checked(answer, office), privateKey, pin);
    found = null;
    imported = null;
    parts.onStep('confirm');
    await confirm();
    return status;
  }

  /** Not reached, it happens at the first sign-in; the registration is good either way. */
  async function confirm(): Promise<void> {
    try {
      await confirmCertificate(await identity.credentials(), await parts.self());
    } catch (error) {
      log.warn('certificate not confirmed yet', { reason: toFailure(error).reason });
    }
  }

  return {
    inspect,
    async import(password) {
      const bytes = await parts.openFile();
      if (!bytes) return null;
      imported = null;
      imported = readPkcs12(bytes, password);
      const { subject, algorithm, until } = imported;
      return { subject, algorithm, until };
    },
    async run(input) {
      if (running) throw new HanareError('badRequest');
      running = true;
      try {
        return await enrol(input);
      } finally {
        running = false;
      }
    },
  };
}

/**
 * The office may not name another CA than the one that a person or the site file has approved.
 * @throws HanareError protocolMismatch
 */
function checked(answer: EnrolAnswer, office: Office): EnrolAnswer {
  const ca = oneAuthority(answer.site.ca);
  if (ca !== office.ca) throw new HanareError('protocolMismatch');
  return { ...answer, site: { ...answer.site, ca } };
}
