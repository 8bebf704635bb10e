import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { showCode } from '#contract/identity/code.ts';
import { createOfficeLaptop, type OfficeLaptop } from '#test/fakes/office-laptop.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { type Office, startOffice } from '#test/fixtures/gateway/office.ts';
import { totp } from '#test/fixtures/gateway/totp.ts';

/* Signing in from the laptop at the real gateway, with real codes. */

const admin = { kind: 'admin', name: 'test' } as const;

let office: Office;
let desk: FakeDesk;
let people = 0;
beforeAll(async () => {
  office = await startOffice();
  desk = await startEchoDesk();
});
afterAll(async () => {
  await office.stop();
  await desk.stop();
});

/** A new user with a desk and a code for a laptop. */
function newPerson(): { user: string; device: string; code: string } {
  const { store, identity } = office.gateway;
  const user = `user-${people++}`;
  const created = Date.now();
  store.addUser({ id: user, name: user, created });
  store.addDesk({ id: `pc-${user}`, name: user, protocol: 'vnc', host: '127.0.0.1', port: desk.port, created });
  store.assign(`pc-${user}`, user, created);
  const { device, code } = identity.createDevice({ user, label: user, lease: null, hours: 1, actor: admin });
  return { user, device: device.id, code };
}
const enrolled = async (code: string, options: Parameters<typeof createOfficeLaptop>[0] = {}) => {
  const laptop = await createOfficeLaptop(options);
  await laptop.enrol({ host: '127.0.0.1', port: office.enrolPort }, code);
  onTestFinished(() => laptop.session.disconnect());
  return laptop;
};
const comesTo = ({ session }: OfficeLaptop, state: object) =>
  expect.poll(() => session.state(), { timeout: 10_000 }).toMatchObject(state);
async function connect(laptop: OfficeLaptop): Promise<void> {
  await laptop.session.connect(null);
  await comesTo(laptop, { phase: 'connecting', stage: 'picture' });
  laptop.picture();
}
const ended = (laptop: OfficeLaptop, reason: string) => comesTo(laptop, { phase: 'ended', failure: { reason } });

/** What the office's audit log has of this laptop's extended sign-ins. */
async function extensions({ identity }: OfficeLaptop): Promise<unknown[]> {
  const status = await identity.status();
  const id = status.state === 'open' ? status.device.id : '';
  const text = await readFile(join(office.dataDir, 'audit.jsonl'), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string; device?: string });
  return lines.filter(({ action, device }) => action === 'signIn.extended' && device === id);
}

describe('a laptop that makes its own passwords', () => {
  it('signs in without a question, and again at once', async () => {
    const laptop = await enrolled(newPerson().code);
    for (const _ of [1, 2]) {
      await connect(laptop);
      laptop.session.disconnect();
    }
    const asked = laptop.states.filter((state) => state.phase === 'connecting' && state.prompt !== null);
    expect(asked).toEqual([]);
  });

  it('signs in again at once when the app was started anew, and does not know which code it has used', async () => {
    const first = await enrolled(newPerson().code);
    await connect(first);
    first.session.disconnect();
    const again = await createOfficeLaptop({ folder: first.folder, keychain: first.keychain });
    onTestFinished(() => again.session.disconnect());
    await again.identity.unlock('274951');
    await connect(again);
  });

  it('extends its sign-in with the PIN', async () => {
    const laptop = await enrolled(newPerson().code);
    await connect(laptop);
    await expect(laptop.session.extend('000000', null)).rejects.toMatchObject({ reason: 'pinWrong' });
    await laptop.session.extend('274951', null);
    await expect.poll(() => extensions(laptop), { timeout: 5_000 }).toHaveLength(1);
    await comesTo(laptop, { phase: 'connected', warning: null });
  });

  it('is refused, and stays closed, when the office has lent it until yesterday', async () => {
    const { device, code } = newPerson();
    const laptop = await enrolled(code);
    office.gateway.identity.setLease(device, Date.now() - 86_400_000, admin);
    await laptop.session.connect(null);
    await ended(laptop, 'leaseOver');
  });

  it('is refused when its registration is in another machine while it is connected', async () => {
    const { device, code } = newPerson();
    const machine = { uuid: 'u-1', serial: 's-1', macs: [] };
    const original = await enrolled(code, { machine });
    await connect(original);
    const keychain = { ...original.keychain };
    const copy = await createOfficeLaptop({
      folder: original.folder,
      keychain,
      machine: { ...machine, uuid: 'u-2', serial: 's-2' },
    });
    await copy.identity.unlock('274951');
    await copy.session.connect(null);
    await ended(copy, 'deviceCloned');
    expect(original.session.state().phase).toBe('connected');
    expect(office.gateway.store.device(device)?.status).toBe('active');
  });
});

describe('a laptop whose person has the passwords on a phone', () => {
  async function withPhone() {
    const { user, code } = newPerson();
    const { identity } = office.gateway;
    identity.setMethod(user, 'prompted', admin);
    const { secret } = identity.resetOtp(user, admin);
    const emergency = identity.emergencyCodes(user, admin);
    const laptop = await enrolled(code);
    const give = (typed: string, kind: 'totp' | 'emergency' = 'totp') =>
      laptop.session.answerOtp({ kind, code: typed });
    await laptop.session.connect(null);
    await comesTo(laptop, { phase: 'connecting', stage: 'signIn', prompt: { failure: null, busy: false } });
    const now = () => totp(secret, Date.now(), 'sha1').code;
    return { laptop, give, emergency, now };
  }

  it('is asked, told of a wrong one, and let in with the right one', async () => {
    const { laptop, give, now } = await withPhone();
    expect(await laptop.identity.status()).toMatchObject({ method: 'prompted' });
    const right = now();
    give(right === '000000' ? '000001' : '000000');
    await comesTo(laptop, { prompt: { failure: { reason: 'otpWrong', details: { left: 9 } }, busy: false } });
    give(now());
    await comesTo(laptop, { phase: 'connecting', stage: 'picture', prompt: null });
  });

  it('is told that a number was used already, and lets in an emergency code once', async () => {
    const { laptop, give, now, emergency } = await withPhone();
    const number = now();
    give(number);
    await comesTo(laptop, { stage: 'picture' });
    laptop.session.disconnect();

    await laptop.session.connect(null);
    await comesTo(laptop, { prompt: { failure: null } });
    give(number);
    await comesTo(laptop, { prompt: { failure: { reason: 'otpUsed' } } });
    give(showCode(emergency[0]!).toLowerCase(), 'emergency');
    await comesTo(laptop, { stage: 'picture' });
    laptop.session.disconnect();

    await laptop.session.connect(null);
    await comesTo(laptop, { prompt: { failure: null } });
    give(emergency[0]!, 'emergency');
    await comesTo(laptop, { prompt: { failure: { reason: 'emergencyCodeWrong' } } });
  });

  it('is told by how much when the phone’s clock is off', async () => {
    const { user, code } = newPerson();
    office.gateway.identity.setMethod(user, 'prompted', admin);
    const { secret } = office.gateway.identity.resetOtp(user, admin);
    const laptop = await enrolled(code);
    await laptop.session.connect(null);
    await comesTo(laptop, { prompt: { failure: null } });
    const late = totp(secret, Date.now() - 150_000, 'sha1').code;
    laptop.session.answerOtp({ kind: 'totp', code: late });
    await comesTo(laptop, { prompt: { failure: { reason: 'otpClock' } } });
    const state = laptop.session.state();
    const seconds = state.phase === 'connecting' ? Number(state.prompt?.failure?.details.seconds) : 0;
    expect([-150, -180, -120]).toContain(seconds);
  });

  it('has nothing of the secret, and still extends with a code and the PIN', async () => {
    const { laptop, give, now, emergency } = await withPhone();
    give(now());
    await comesTo(laptop, { stage: 'picture' });
    laptop.picture();
    await expect(laptop.session.extend('274951', null)).rejects.toMatchObject({ reason: 'otpMalformed' });
    await laptop.session.extend('274951', { kind: 'emergency', code: emergency[3]! });
    await comesTo(laptop, { phase: 'connected', warning: null });
    await expect(laptop.identity.otp()).rejects.toMatchObject({ reason: 'deviceFileDamaged' });
  });

  it('may give up', async () => {
    const { laptop } = await withPhone();
    laptop.session.disconnect();
    expect(laptop.session.state()).toMatchObject({ phase: 'ended', failure: null });
  });
});
