import { createHash, X509Certificate } from 'node:crypto';
import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createOfficeLaptop, type OfficeLaptop } from '#test/fakes/office-laptop.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { type Office, startOffice } from '#test/fixtures/gateway/office.ts';

/* What becomes of a registration in time: renewed by itself, or given up and erased. */

const admin = { kind: 'admin', name: 'test' } as const;
const dayMs = 86_400_000;

let office: Office;
let desk: FakeDesk;
let ahead = 0;
let people = 0;
beforeAll(async () => {
  office = await startOffice({ clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() } });
  desk = await startEchoDesk();
});
afterAll(async () => {
  await office.stop();
  await desk.stop();
});

/** A laptop that was enrolled so many days ago. */
async function laptopOf(daysAgo: number, parts: Parameters<typeof createOfficeLaptop>[0] = {}) {
  const { store, identity } = office.gateway;
  const user = `user-${people++}`;
  ahead = -daysAgo * dayMs;
  const created = Date.now() + ahead;
  store.addUser({ id: user, name: user, created });
  store.addDesk({ id: `pc-${user}`, name: user, protocol: 'vnc', host: '127.0.0.1', port: desk.port, created });
  store.assign(`pc-${user}`, user, created);
  const { device, code } = identity.createDevice({ user, label: user, lease: null, hours: 1, actor: admin });
  const laptop = await createOfficeLaptop(parts);
  onTestFinished(() => laptop.session.disconnect());
  await laptop.enrol({ host: '127.0.0.1', port: office.enrolPort }, code);
  ahead = 0;
  return { laptop, device: device.id };
}
/** The third sign-in in one half minute has to wait for the next half minute's code. */
const comesTo = ({ session }: OfficeLaptop, state: object) =>
  expect.poll(() => session.state(), { timeout: 45_000 }).toMatchObject(state);
async function connect(laptop: OfficeLaptop): Promise<void> {
  await laptop.session.connect(null);
  await comesTo(laptop, { phase: 'connecting', stage: 'picture' });
  laptop.picture();
}
const pairs = async ({ identity }: OfficeLaptop) => {
  const { certificate, older } = await identity.credentials();
  return { newest: certificate, older: older?.certificate ?? null };
};
const stateAt = (certificate: string) => {
  const fingerprint = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  return { fingerprint, known: office.gateway.store.deviceByFingerprint(fingerprint) !== undefined };
};
/** Connects, waits until a new certificate is stored, and leaves. */
async function renewed(laptop: OfficeLaptop): Promise<void> {
  await connect(laptop);
  await expect.poll(async () => (await pairs(laptop)).older, { timeout: 10_000 }).not.toBeNull();
  laptop.session.disconnect();
}

describe('the certificate of a laptop', () => {
  it('is not renewed before two thirds of its life', async () => {
    const { laptop } = await laptopOf(200);
    const before = await pairs(laptop);
    await connect(laptop);
    await comesTo(laptop, { phase: 'connected' });
    laptop.session.disconnect();
    expect(await pairs(laptop)).toEqual(before);
  });

  it('is renewed by itself, and the old one is refused once the new one has signed in', async () => {
    const { laptop } = await laptopOf(250);
    const { newest: first } = await pairs(laptop);
    await renewed(laptop);
    const { newest: second, older } = await pairs(laptop);
    expect(older).toBe(first);
    expect(second).not.toBe(first);
    expect(stateAt(first).known).toBe(true);

    await connect(laptop);
    await expect.poll(() => pairs(laptop), { timeout: 10_000 }).toEqual({ newest: second, older: null });
    expect(stateAt(first).known).toBe(false);
    expect(stateAt(second).known).toBe(true);
    laptop.session.disconnect();
    expect(laptop.lines.join()).toContain('certificate renewed');
  });

  it('is the old one again, and renewed anew, when the gateway does not take the new one', async () => {
    const { laptop, device } = await laptopOf(250);
    await renewed(laptop);
    const { newest: refused, older } = await pairs(laptop);
    office.gateway.store.revokeCertificates(device, stateAt(older!).fingerprint);
    await connect(laptop);
    expect(laptop.lines.join()).toContain('trying the older certificate');
    // The refused one is dropped, and as the old one is still old, the next follows in the same session.
    await expect.poll(async () => (await pairs(laptop)).newest, { timeout: 10_000 }).not.toBe(refused);
    await expect.poll(async () => (await pairs(laptop)).older, { timeout: 10_000 }).toBe(older);
    laptop.session.disconnect();
    await connect(laptop);
    await expect.poll(async () => (await pairs(laptop)).older, { timeout: 10_000 }).toBeNull();
  });

  it('is refused for what it is when neither the new nor the old one is taken', async () => {
    const { laptop, device } = await laptopOf(250);
    await renewed(laptop);
    const before = await pairs(laptop);
    office.gateway.store.revokeCertificates(device);
    await laptop.session.connect(null);
    await comesTo(laptop, { phase: 'ended', failure: { reason: 'deviceRevoked' } });
    expect(await pairs(laptop)).toEqual(before);
  });

  it('stays as it is, and the session goes on, when the disk is too full for the new one', async () => {
    let room = Number.POSITIVE_INFINITY;
    const at = (step: string) => {
      if (step !== 'written') return;
      room -= 1;
      if (room < 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    const { laptop } = await laptopOf(250, { at });
    const before = await pairs(laptop);
    // For what the sign-in brings, and no more.
    room = 1;
    await connect(laptop);
    await expect.poll(() => laptop.lines.join(), { timeout: 10_000 }).toContain('renewed certificate not stored');
    await comesTo(laptop, { phase: 'connected' });
    expect(await pairs(laptop)).toEqual(before);
    laptop.session.disconnect();
    room = Number.POSITIVE_INFINITY;
    await renewed(laptop);
  });
});

describe('a laptop that is given up', () => {
  const gone = (path: string) =>
    access(path).then(
      () => false,
      () => true,
    );
  const erased = async (laptop: OfficeLaptop, device: string) => {
    await comesTo(laptop, { phase: 'ended', failure: { reason: 'deviceErased' } });
    expect(laptop.keychain.text()).toBeNull();
    expect(await gone(laptop.path)).toBe(true);
    expect(await laptop.identity.status()).toMatchObject({ state: 'notEnrolled' });
    expect(laptop.changes.at(-1)).toMatchObject({ state: 'notEnrolled' });
    await expect.poll(() => office.gateway.store.device(device)).toMatchObject({ erase: 'done' });
  };

  it.each(['revoked', 'retired'] as const)('erases itself in the middle of a session when it is %s', async (status) => {
    const { laptop, device } = await laptopOf(0);
    await connect(laptop);
    office.gateway.identity.setDeviceStatus(device, status, admin);
    await erased(laptop, device);
  });

  it('erases itself when it comes back after it was revoked', async () => {
    const { laptop, device } = await laptopOf(0);
    office.gateway.identity.setDeviceStatus(device, 'revoked', admin);
    await laptop.session.connect(null);
    await erased(laptop, device);
    await laptop.session.connect(null);
    await comesTo(laptop, { phase: 'ended', failure: { reason: 'notEnrolled' } });
  });

  it('says nothing of an erasing that failed, so that the office does not believe in it', async () => {
    const { laptop, device } = await laptopOf(0);
    await connect(laptop);
    laptop.keychain.fail('keychainLocked');
    office.gateway.identity.setDeviceStatus(device, 'revoked', admin);
    await comesTo(laptop, { phase: 'ended', failure: { reason: 'keychainLocked' } });
    await expect.poll(() => office.gateway.figures().controls, { timeout: 5_000 }).toBe(0);
    expect(office.gateway.store.device(device)).toMatchObject({ erase: 'asked' });
  });

  it('keeps everything when it is only suspended, and works again when it may', async () => {
    const { laptop, device } = await laptopOf(0);
    office.gateway.identity.setDeviceStatus(device, 'suspended', admin);
    await laptop.session.connect(null);
    await comesTo(laptop, { phase: 'ended', failure: { reason: 'deviceSuspended' } });
    office.gateway.identity.unlockDevice(device, { challenge: null, actor: admin });
    await connect(laptop);
  });
});
