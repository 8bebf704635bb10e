import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startOffice as startOfficeProcess } from '#build/demo/office.ts';
import { makeCode, showCode } from '#contract/identity/code.ts';
import { type Address, enrolmentLine } from '#contract/wire/enrol.ts';
import { fingerprintOf } from '#main/identity/keys.ts';
import { goodPin } from '#test/fakes/laptop.ts';
import { createOfficeLaptop } from '#test/fakes/office-laptop.ts';
import { startScriptedOffice } from '#test/fakes/scripted-office.ts';
import { startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { type Office, startOffice } from '#test/fixtures/gateway/office.ts';

/* Enrolment as the app does it, against the real gateway. */

const admin = { kind: 'admin', name: 'test' } as const;
const hour = 3_600_000;

let office: Office;
let enrol: Address;
let fingerprint: string;
let lateness = 0;

beforeAll(async () => {
  const clock = { now: () => Date.now() + lateness, monotonic: () => performance.now() };
  office = await startOffice({ clock });
  enrol = { host: '127.0.0.1', port: office.enrolPort };
  fingerprint = fingerprintOf(office.ca.certificate);
  office.gateway.store.addUser({ id: 'sato', name: '佐藤 花子', created: Date.now() });
});
afterAll(() => office.stop());

const newDevice = (hours = 1) => {
  const options = { user: 'sato', label: 'LT-0417', lease: null, hours, actor: admin };
  return office.gateway.identity.createDevice(options);
};
const deviceStatus = (id: string) => office.gateway.store.device(id)?.status;
const reason = (name: string) => expect.objectContaining({ reason: name });

describe('enrolling a laptop', () => {
  it('goes through its steps, opens the vault and makes the device active', async () => {
    const { device, code } = newDevice();
    const laptop = await createOfficeLaptop({ machine: { uuid: 'u-1', serial: 's-1', macs: [] } });
    const offer = await laptop.enrolment.inspect({ typed: showCode(code).toLowerCase(), office: enrol });
    expect(offer).toEqual({ site: 'test', enrol, fingerprint, known: false });
    const status = await laptop.enrolment.run({ accepted: fingerprint, pin: goodPin, imported: false });
    expect(laptop.steps).toEqual(['key', 'office', 'store', 'confirm']);
    expect(status).toMatchObject({
      state: 'open',
      device: { id: device.id, label: 'LT-0417' },
      user: { id: 'sato', name: '佐藤 花子' },
      site: { name: 'test', gateway: { host: '127.0.0.1', port: office.port }, fingerprint },
      method: 'embedded',
    });
    expect(laptop.changes.at(-1)).toEqual(status);
    expect(deviceStatus(device.id)).toBe('active');
    expect(office.gateway.store.device(device.id)?.machine).toEqual({ uuid: 'u-1', serial: 's-1', macs: [] });
  });

  it('leaves neither code, nor PIN, nor key in the log', async () => {
    const { code } = newDevice();
    const laptop = await createOfficeLaptop();
    await laptop.enrol(enrol, code);
    const { privateKey } = await laptop.identity.credentials();
    const said = laptop.lines.join();
    expect(said).toContain('enrolled');
    for (const secret of [code, showCode(code), goodPin, privateKey.slice(40, 80)]) expect(said).not.toContain(secret);
  });

  it('needs no comparing when the scanned label names the office and its fingerprint', async () => {
    const { code } = newDevice();
    const laptop = await createOfficeLaptop();
    const typed = enrolmentLine({ enrol, fingerprint }, code);
    expect(await laptop.enrolment.inspect({ typed, office: null })).toMatchObject({ known: true, fingerprint });
    expect(await laptop.enrolment.run({ accepted: fingerprint, pin: goodPin, imported: false })).toMatchObject({
      state: 'open',
    });
  });

  it('needs the code alone when the installer has left a site file', async () => {
    const { code } = newDevice();
    const laptop = await createOfficeLaptop();
    await writeFile(join(laptop.folder, 'site.json'), JSON.stringify({ version: 1, site: 'test', enrol, fingerprint }));
    expect(await laptop.enrolment.inspect({ typed: code, office: null })).toEqual({
      ...{ site: 'test', enrol, fingerprint, known: true },
    });
  });

  it('can be repeated with the same code when it could not be stored, and then makes one device', async () => {
    const { device, code } = newDevice();
    const laptop = await createOfficeLaptop();
    laptop.keychain.fail('keychainLocked');
    await expect(laptop.enrol(enrol, code)).rejects.toEqual(reason('keychainLocked'));
    laptop.keychain.fail(null);
    expect(await laptop.identity.status()).toMatchObject({ state: 'notEnrolled' });
    expect(deviceStatus(device.id)).toBe('new');
    await expect(laptop.enrol(enrol, code)).resolves.toMatchObject({ state: 'open' });
    expect(deviceStatus(device.id)).toBe('active');
  });

  it('is good though the main port could not be reached: the first sign-in makes the device active', async () => {
    const { device, code } = newDevice();
    const { site, identity } = office.gateway;
    // The real answer, but for a gateway at which nothing listens.
    const nowhere = { host: '127.0.0.1', port: 9 };
    const lost = await startScriptedOffice({
      server: site.server,
      ca: site.ca.certificate,
      enrol: async (body) => ({ body: await identity.enrol(JSON.parse(body), { address: '::1', gateway: nowhere }) }),
    });
    const laptop = await createOfficeLaptop();
    await expect(laptop.enrol(lost.address, code)).resolves.toMatchObject({ state: 'open' });
    expect(laptop.lines.join()).toContain('certificate not confirmed yet');
    expect(deviceStatus(device.id)).toBe('new');
  });
});

describe('a code that is not taken', () => {
  it('is named when it is mistyped, and nobody is asked', async () => {
    const { code } = newDevice();
    const laptop = await createOfficeLaptop();
    const typed = `${code.slice(0, -1)}${code.at(-1) === '0' ? '1' : '0'}`;
    // Nothing listens on port 9: asking would end otherwise.
    const nobody = { host: '127.0.0.1', port: 9 };
    await expect(laptop.enrolment.inspect({ typed, office: nobody })).rejects.toEqual(reason('enrolCodeMistyped'));
  });

  it('is named when the office does not know it', async () => {
    const code = makeCode('enrolment', crypto.getRandomValues(new Uint8Array(15)));
    const laptop = await createOfficeLaptop();
    await expect(laptop.enrol(enrol, code)).rejects.toEqual(reason('enrolCodeWrong'));
    expect(await laptop.identity.status()).toMatchObject({ state: 'notEnrolled' });
    expect(laptop.keychain.text()).toBeNull();
  });

  it('is named when its time is over', async () => {
    const { code } = newDevice(1);
    const laptop = await createOfficeLaptop();
    lateness = 2 * hour;
    onTestFinished(() => {
      lateness = 0;
    });
    await expect(laptop.enrol(enrol, code)).rejects.toEqual(reason('enrolCodeExpired'));
  });

  it('is named when another laptop has used it, and that one goes on', async () => {
    const { device, code } = newDevice();
    const first = await createOfficeLaptop();
    await first.enrol(enrol, code);
    const second = await createOfficeLaptop();
    await expect(second.enrol(enrol, code)).rejects.toEqual(reason('enrolCodeUsed'));
    expect(await second.identity.status()).toMatchObject({ state: 'notEnrolled' });
    expect(deviceStatus(device.id)).toBe('active');
  });

  it('leaves the office found, so that the person only has to try again', async () => {
    const { code } = newDevice();
    const laptop = await createOfficeLaptop();
    await laptop.enrolment.inspect({ typed: code, office: enrol });
    const run = (pin: string) => laptop.enrolment.run({ accepted: fingerprint, pin, imported: false });
    await expect(run('123456')).rejects.toMatchObject({ reason: 'pinWeak', details: { problem: 'sequence' } });
    expect(laptop.steps).toEqual([]);
    await expect(run(goodPin)).resolves.toMatchObject({ state: 'open' });
  });
});

describe('a laptop that is enrolled', () => {
  it('is not enrolled again', async () => {
    const laptop = await createOfficeLaptop();
    await laptop.enrol(enrol, newDevice().code);
    const { code } = newDevice();
    const before = await laptop.vault();
    await expect(laptop.enrolment.inspect({ typed: code, office: enrol })).rejects.toEqual(reason('alreadyEnrolled'));
    const run = laptop.enrolment.run({ accepted: fingerprint, pin: goodPin, imported: false });
    await expect(run).rejects.toEqual(reason('badRequest'));
    expect(await readFile(laptop.path)).toEqual(before);
  });

  it('says what is wrong with it when its vault cannot be read, and keeps it', async () => {
    const laptop = await createOfficeLaptop();
    await laptop.enrol(enrol, newDevice().code);
    await laptop.identity.lock();
    await laptop.overwrite('half a va');
    const { code } = newDevice();
    await expect(laptop.enrolment.inspect({ typed: code, office: enrol })).rejects.toEqual(reason('vaultDamaged'));
    expect((await laptop.vault()).toString()).toBe('half a va');
  });
});

describe('a certificate of the site’s own CA', () => {
  it.each([
    ['P-256', ['EC', 'ec_paramgen_curve:P-256']],
    ['RSA', ['RSA', 'rsa_keygen_bits:2048']],
  ] as const)('is imported, proved and used when its key is %s', async (algorithm, [kind, option]) => {
    const folder = await mkdtemp(join(tmpdir(), 'hanare-import-'));
    const other = await startOfficeProcess({ folder, site: 'test' });
    const desk = await startEchoDesk();
    onTestFinished(async () => {
      await desk.stop();
      await other.stop();
      await rm(folder, { recursive: true, force: true });
    });
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...p256, '-keyout', 'ca.key', '-subj', '/CN=Own CA', '-days', '9', '-out', 'ca.crt');
    openssl('genpkey', '-algorithm', kind, '-pkeyopt', option, '-out', 'leaf.key');
    openssl('req', '-new', '-key', 'leaf.key', '-subj', '/CN=LT-0418', '-out', 'leaf.csr');
    await writeFile(join(folder, 'leaf.ext'), 'extendedKeyUsage=clientAuth\nkeyUsage=critical,digitalSignature\n');
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '5', '-extfile', 'leaf.ext'];
    openssl('x509', '-req', '-in', 'leaf.csr', ...by, '-out', 'leaf.crt');
    const pair = ['-in', 'leaf.crt', '-inkey', 'leaf.key'];
    openssl('pkcs12', '-export', ...pair, '-passout', 'pass:file password', '-out', 'leaf.p12');

    await other.command('ca', 'trust', join(folder, 'ca.crt'));
    await other.stop();
    await other.serve();
    const address = `127.0.0.1:${desk.port}`;
    await other.command('user', 'add', 'sato', '--name', '佐藤');
    await other.command('desk', 'add', 'pc-1', '--name', '総務課', '--protocol', 'vnc', '--address', address);
    await other.command('desk', 'assign', 'pc-1', 'sato');
    const { code } = await other.enrolDevice({ user: 'sato', label: 'LT-0418' });

    const laptop = await createOfficeLaptop({ file: await readFile(join(folder, 'leaf.p12')) });
    const to = { host: '127.0.0.1', port: other.enrolPort };
    const { fingerprint: accepted } = await laptop.enrolment.inspect({ typed: code, office: to });
    await expect(laptop.enrolment.import('wrong')).rejects.toEqual(reason('certificatePasswordWrong'));
    const run = () => laptop.enrolment.run({ accepted, pin: goodPin, imported: true });
    await expect(run()).rejects.toEqual(reason('badRequest'));
    const imported = await laptop.enrolment.import('file password');
    expect(imported).toMatchObject({ algorithm, subject: expect.stringContaining('LT-0418') });
    expect(Object.keys(imported!).sort()).toEqual(['algorithm', 'subject', 'until']);
    await expect(run()).resolves.toMatchObject({ state: 'open' });
    await laptop.session.connect(null);
    await expect.poll(() => laptop.session.state(), { timeout: 10_000 }).toMatchObject({ stage: 'picture' });
    laptop.session.disconnect();
  });

  it('is none when the person chose no file', async () => {
    const laptop = await createOfficeLaptop({ file: null });
    expect(await laptop.enrolment.import('')).toBeNull();
  });
});
