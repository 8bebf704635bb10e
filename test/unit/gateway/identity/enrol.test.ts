import { sign, X509Certificate } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type EnrolAnswer, type EnrolRequest, enrolAnswerSchema, enrolProof } from '#contract/wire/enrol.ts';
import { enrolTries } from '#gateway/identity/tries.ts';
import { type Issued, issueCa } from '#gateway/pki/issue.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';
import {
  activeDevice,
  admin,
  callerOf,
  client,
  codeAt,
  enrol,
  gateway,
  hour,
  machine,
  openRig,
  type Rig,
  reasonOf,
  requestOf,
} from './rig.ts';

const day = 24 * hour;

function create(rig: Rig, options: { lease?: number | null; hours?: number } = {}) {
  const { lease = null, hours = 1 } = options;
  return rig.identity.createDevice({ id: 'laptop-7', user: 'yamada', label: 'Laptop 7', lease, hours, actor: admin });
}

const doorOf = (rig: Rig, answer: EnrolAnswer) => rig.identity.door(callerOf(answer, answer.certificate).fingerprint);
const states = (rig: Rig) => rig.store.certificates('laptop-7').map(({ state }) => state);
const greet = (rig: Rig, answer: EnrolAnswer, said = machine) =>
  rig.identity.hello(callerOf(answer, answer.certificate), { client, machine: said });

describe('enrolment', () => {
  it('gives everything at once, and a certificate that only becomes the device’s by its first use', async () => {
    const rig = await openRig();
    rig.store.addDesk({ id: 'pc-1', name: 'Desk 1', protocol: 'vnc', host: '192.0.2.9', port: 5900, created: 1 });
    rig.store.assign('pc-1', 'yamada', 1);
    const lease = rig.clock.now + 90 * day;
    const { device, code, expires } = create(rig, { lease, hours: 0.5 });
    expect(device).toMatchObject({ id: 'laptop-7', status: 'new', lease, machine: null });
    expect(expires).toBe(rig.clock.now + hour / 2);

    const answer = await enrol(rig, code);
    expect(v.parse(enrolAnswerSchema, answer)).toMatchObject({
      ...{ gateway, lease, device: { id: 'laptop-7', label: 'Laptop 7' }, user: { id: 'yamada' } },
      ...{ desk: { id: 'pc-1' }, site: { name: 'Test', ca: rig.site.ca.certificate }, otp: { algorithm: 'sha256' } },
    });
    const leaf = new X509Certificate(answer.certificate);
    expect([leaf.subject, leaf.verify(new X509Certificate(rig.site.ca.certificate).publicKey)]).toEqual([
      ...['CN=laptop-7', true],
    ]);
    const key = await importSPKI(answer.policyKey, 'ES256');
    const { payload } = await jwtVerify(answer.policy, key, { currentDate: new Date(rig.clock.now) });
    expect(payload).toMatchObject({ iss: 'urn:test', sub: 'laptop-7', iat: rig.clock.now / 1000 });

    expect(doorOf(rig, answer)).toMatchObject({ mode: 'normal', device: { status: 'new' } });
    expect(greet(rig, answer)).toEqual({ method: 'embedded' });
    expect(rig.store.device('laptop-7')).toMatchObject({ status: 'active', machine, machineChanged: null });
    expect(states(rig)).toEqual(['active']);
  });

  it('keeps no secret readable in store and log', async () => {
    const rig = await openRig();
    const { code } = create(rig);
    const answer = await enrol(rig, code);
    greet(rig, answer);
    const unlockKey = Buffer.from(answer.unlockKey, 'base64url');
    for (const secret of [code, answer.otp!.secret, answer.unlockKey, unlockKey]) {
      expect(rig.bytes().includes(secret)).toBe(false);
    }
  });

  it('is refused with a code that was used, is over, was replaced or is not known', async () => {
    const rig = await openRig();
    const { code } = create(rig);
    greet(rig, await enrol(rig, code));
    expect(await reasonOf(() => enrol(rig, code))).toBe('enrolCodeUsed');

    const replaced = rig.identity.newCode('laptop-7', { hours: 1, actor: admin }).code;
    const late = rig.identity.newCode('laptop-7', { hours: 2, actor: admin });
    expect(await reasonOf(() => enrol(rig, replaced))).toBe('enrolCodeExpired');
    rig.clock.now = late.expires;
    expect(await reasonOf(() => enrol(rig, late.code))).toBe('enrolCodeExpired');
    expect(await reasonOf(() => enrol(rig, `${late.code.slice(0, -1)}${late.code.endsWith('0') ? '1' : '0'}`))).toBe(
      'enrolCodeWrong',
    );
    const refusals = rig.lines().filter(({ action }) => action === 'enrol.refused');
    expect(refusals.map(({ device, details }) => [device, details])).toEqual([
      ['laptop-7', { reason: 'enrolCodeUsed', address: '192.0.2.1' }],
      ['laptop-7', { reason: 'enrolCodeExpired', address: '192.0.2.1' }],
      ['laptop-7', { reason: 'enrolCodeExpired', address: '192.0.2.1' }],
      [undefined, { reason: 'enrolCodeWrong', address: '192.0.2.1' }],
    ]);
  });

  it('may be repeated before the first use, which leaves one certificate', async () => {
    const rig = await openRig();
    const { code } = create(rig);
    const lost = await enrol(rig, code);
    const kept = await enrol(rig, code);
    expect(doorOf(rig, lost)).toEqual({ refusal: 'deviceRevoked' });
    expect(greet(rig, lost)).toEqual({ refusal: { reason: 'deviceRevoked', details: {} } });
    expect(greet(rig, kept)).toEqual({ method: 'embedded' });
    expect(states(rig).sort()).toEqual(['active', 'revoked']);
    const caller = callerOf(kept, kept.certificate);
    expect(rig.identity.signIn(caller, codeAt(lost.otp!, rig.clock.now))).toMatchObject({ ok: false });
    expect(rig.identity.signIn(caller, codeAt(kept.otp!, rig.clock.now))).toMatchObject({ ok: true });
    expect(await reasonOf(() => enrol(rig, code))).toBe('enrolCodeUsed');
  });

  it('by many at once with one code leaves one that can be used', async () => {
    const rig = await openRig();
    const { code } = create(rig);
    const answers = await Promise.all(Array.from({ length: 8 }, () => enrol(rig, code)));
    const open = answers.filter((answer) => 'mode' in doorOf(rig, answer));
    expect(open).toHaveLength(1);
    expect(answers.filter((answer) => 'method' in greet(rig, answer))).toEqual(open);
  });

  it('is refused when its code ends while the certificate is still being made', async () => {
    const rig = await openRig();
    const request = await requestOf(create(rig).code);
    const pending = rig.identity.enrol(request, { address: 'a', gateway });
    rig.identity.setDeviceStatus('laptop-7', 'revoked', admin);
    expect(await reasonOf(() => pending)).toBe('enrolCodeExpired');
    expect(rig.store.certificates('laptop-7')).toEqual([]);
  });

  it('again leaves the laptop that works alone until the new registration is used', async () => {
    const rig = await openRig();
    const first = await (async () => {
      const answer = await enrol(rig, create(rig).code);
      greet(rig, answer);
      return answer;
    })();
    const old = callerOf(first, first.certificate);
    const { code } = rig.identity.newCode('laptop-7', { hours: 1, actor: admin });
    const second = await enrol(rig, code);
    expect(rig.identity.signIn(old, codeAt(first.otp!, rig.clock.now))).toMatchObject({ ok: true });
    const other = { uuid: 'u-2', serial: 's-2', macs: [] };
    const third = await rig.identity.enrol(await requestOf(code, other), { address: '192.0.2.1', gateway });
    expect(greet(rig, third, other)).toEqual({ method: 'embedded' });
    expect(doorOf(rig, first)).toEqual({ refusal: 'deviceRevoked' });
    expect(doorOf(rig, second)).toEqual({ refusal: 'deviceRevoked' });
    // The machine is another one because IT wanted it so: no warning.
    expect(rig.store.device('laptop-7')).toMatchObject({ machine: other, machineChanged: null });
  });

  it('of a laptop that was bought by a code that IT replaced comes to nothing', async () => {
    const rig = await openRig();
    const stolen = await enrol(rig, create(rig).code);
    rig.identity.newCode('laptop-7', { hours: 1, actor: admin });
    expect(doorOf(rig, stolen)).toEqual({ refusal: 'deviceRevoked' });
  });

  it('is refused after ten wrong codes a minute from one address, and sixty from all', async () => {
    const rig = await openRig();
    const { code } = create(rig);
    const guess = (address: string) => reasonOf(() => enrol(rig, 'Z'.repeat(16), address));
    for (let index = 0; index < enrolTries.perAddress; index++) expect(await guess('a')).toBe('enrolCodeWrong');
    expect(await guess('a')).toBe('enrolTooManyTries');
    expect(await reasonOf(() => enrol(rig, code, 'a'))).toBe('enrolTooManyTries');
    expect(await reasonOf(() => enrol(rig, code, 'b'))).toBeUndefined();
    for (let index = enrolTries.perAddress; index < enrolTries.overall; index++) {
      expect(await guess(`c${index}`)).toBe('enrolCodeWrong');
    }
    expect(await reasonOf(() => enrol(rig, code, 'b'))).toBe('enrolTooManyTries');
    rig.clock.now += enrolTries.windowMs;
    expect(await reasonOf(() => enrol(rig, code, 'a'))).toBeUndefined();
  });

  it('is refused to a suspended or retired device, one whose loan is over, and with a key that is none', async () => {
    const rig = await openRig();
    const { code } = create(rig, { lease: rig.clock.now + hour / 2 });
    rig.identity.setDeviceStatus('laptop-7', 'suspended', admin);
    expect(await reasonOf(() => enrol(rig, code))).toBe('deviceSuspended');
    rig.identity.unlockDevice('laptop-7', { challenge: null, actor: admin });
    const request: EnrolRequest = { ...(await requestOf(code)), key: { kind: 'csr', csr: '-----BEGIN nothing' } };
    expect(await reasonOf(() => rig.identity.enrol(request, { address: 'a', gateway }))).toBe('badRequest');
    rig.clock.now += hour / 2 + 1;
    expect(await reasonOf(() => enrol(rig, code))).toBe('leaseOver');
    rig.identity.setDeviceStatus('laptop-7', 'retired', admin);
    expect(await reasonOf(() => enrol(rig, code))).toBe('enrolCodeExpired');
    expect(rig.store.certificates('laptop-7')).toEqual([]);
  });
});

describe('enrolment with a certificate of the site’s own CA', () => {
  const importing = async () => {
    const ca = await issueCa({ site: 'Own', now: Date.now(), days: 10 });
    const rig = await openRig({ clientCas: [ca.certificate] });
    rig.clock.now = Date.now();
    const bring = async (code: string, issued: Issued, provenBy: Issued = issued) => {
      const proof = sign('sha256', Buffer.from(enrolProof(code)), provenBy.privateKey).toString('base64');
      const key = { kind: 'certificate', certificate: issued.certificate, proof } as const;
      return rig.identity.enrol({ ...(await requestOf(code)), key }, { address: 'a', gateway });
    };
    return { rig, ca, bring, issued: await forgeCertificate({ signer: ca }) };
  };

  it('takes it as the device’s, also when the answer was lost once', async () => {
    const { rig, bring, issued } = await importing();
    const { code } = create(rig);
    await bring(code, issued);
    const answer = await bring(code, issued);
    expect(new X509Certificate(answer.certificate).raw.equals(new X509Certificate(issued.certificate).raw)).toBe(true);
    expect(greet(rig, answer)).toEqual({ method: 'embedded' });
    expect(rig.identity.signIn(callerOf(answer, answer.certificate), codeAt(answer.otp!, rig.clock.now))).toMatchObject(
      {
        ok: true,
      },
    );
    expect(states(rig)).toEqual(['active']);
  });

  it('refuses one whose key is not proved, another device’s, and one that was revoked', async () => {
    const { rig, ca, bring, issued } = await importing();
    const { code } = create(rig);
    const other = await forgeCertificate({ signer: ca });
    expect(await reasonOf(() => bring(code, issued, other))).toBe('certificateUnsuitable');
    greet(rig, await bring(code, issued));
    const second = rig.identity.createDevice({ user: 'sato', label: 'L', lease: null, hours: 1, actor: admin });
    expect(await reasonOf(() => bring(second.code, issued))).toBe('certificateUnsuitable');
    rig.identity.setDeviceStatus('laptop-7', 'revoked', admin);
    const again = rig.identity.newCode('laptop-7', { hours: 1, actor: admin });
    expect(await reasonOf(() => bring(again.code, issued))).toBe('certificateUnsuitable');
    expect(await reasonOf(() => bring(again.code, other))).toBeUndefined();
  });

  it('is not renewed by the gateway', async () => {
    const { rig, bring, issued } = await importing();
    const answer = await bring(create(rig).code, issued);
    greet(rig, answer);
    rig.clock.now += 20 * hour;
    const caller = callerOf(answer, answer.certificate);
    expect(await reasonOf(async () => rig.identity.renew(caller, (await newRequest()).csr))).toBe(
      'certificateUnsuitable',
    );
  });
});

describe('renewal', () => {
  const due = async () => {
    const rig = await openRig();
    const device = await activeDevice(rig);
    const renew = async () => rig.identity.renew(device.caller, (await newRequest()).csr);
    return { rig, renew, ...device };
  };

  it('is refused before two thirds of the certificate’s life', async () => {
    const { rig, renew } = await due();
    rig.clock.now += 240 * day;
    expect(await reasonOf(renew)).toBe('badRequest');
    rig.clock.now += 4 * day;
    expect(await reasonOf(renew)).toBeUndefined();
  });

  it('leaves the old certificate good until the new one is used, which revokes the old', async () => {
    const { rig, id, caller, answer, renew } = await due();
    rig.clock.now += 300 * day;
    const lost = callerOf(answer, await renew());
    const next = callerOf(answer, await renew());
    expect(rig.identity.door(lost.fingerprint)).toEqual({ refusal: 'deviceRevoked' });
    expect(rig.identity.door(caller.fingerprint)).toMatchObject({ mode: 'normal' });
    expect(rig.identity.hello(next, { client, machine })).toEqual({ method: 'embedded' });
    expect(rig.identity.door(caller.fingerprint)).toEqual({ refusal: 'deviceRevoked' });
    // The secret stays: only the certificate is new.
    expect(rig.identity.signIn(next, codeAt(answer.otp!, rig.clock.now))).toMatchObject({ ok: true });
    expect(
      rig
        .lines()
        .filter(({ action }) => action === 'certificate.renewed')
        .map(({ device }) => device),
    ).toEqual([id]);
  });

  it('is refused to a device that was stopped meanwhile', async () => {
    const { rig, id, caller, renew } = await due();
    rig.clock.now += 300 * day;
    const { csr } = await newRequest();
    // Not awaited: the certificate is still being made.
    const pending = rig.identity.renew(caller, csr);
    rig.identity.setDeviceStatus(id, 'revoked', admin);
    expect(await reasonOf(() => pending)).toBe('deviceRevoked');
    expect(await reasonOf(renew)).toBe('deviceRevoked');
    expect(rig.store.certificates(id)).toHaveLength(1);
  });
});
