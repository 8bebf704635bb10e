import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoRules, startOffice } from '#build/demo/office.ts';
import type { Policy } from '#contract/policy/policy.ts';
import { createOfficeLaptop, type OfficeLaptop } from '#test/fakes/office-laptop.ts';
import { startEchoDesk } from '#test/fixtures/gateway/desks.ts';

/* The office's rules, from its config.json to the laptop that follows them. */

async function started(policy: Partial<Policy>) {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-policy-'));
  const office = await startOffice({
    folder,
    site: 'test',
    configure: (config) => ({ ...config, policy: { ...demoRules, ...policy } }),
  });
  const desk = await startEchoDesk();
  onTestFinished(async () => {
    await desk.stop();
    await office.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const address = `127.0.0.1:${desk.port}`;
  await office.command('user', 'add', 'sato', '--name', '佐藤');
  await office.command('desk', 'add', 'pc-1', '--name', '総務課', '--protocol', 'vnc', '--address', address);
  await office.command('desk', 'assign', 'pc-1', 'sato');
  const { code } = await office.enrolDevice({ user: 'sato', label: '017' });
  const laptop = await createOfficeLaptop();
  onTestFinished(() => laptop.session.disconnect());
  const restart = async () => {
    await office.stop();
    await office.serve();
  };
  const configure = (next: Partial<Policy>) =>
    office.configure((config) => ({ ...config, policy: { ...demoRules, ...next } }));
  return { office, laptop, code, restart, configure, to: { host: '127.0.0.1', port: office.enrolPort } };
}
const comesTo = ({ session }: OfficeLaptop, state: object) =>
  expect.poll(() => session.state(), { timeout: 20_000 }).toMatchObject(state);
async function connect(laptop: OfficeLaptop): Promise<void> {
  await laptop.session.connect(null);
  await comesTo(laptop, { phase: 'connecting', stage: 'picture' });
  laptop.picture();
}
const rejected = async (laptop: OfficeLaptop) => {
  await laptop.session.connect(null);
  await comesTo(laptop, { phase: 'ended', failure: { reason: 'policyRejected' } });
  expect(laptop.ports).toEqual([]);
};

describe('rules that cannot be believed', () => {
  it('let no session open when another key has signed them', async () => {
    const t = await started({});
    await t.laptop.enrol(t.to, t.code);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(join(t.office.data, 'policy.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await t.restart();
    await rejected(t.laptop);
  });

  it('let no session open when they are older than those before', async () => {
    const t = await started({ version: 5 });
    await t.laptop.enrol(t.to, t.code);
    await t.configure({ version: 4 });
    await t.restart();
    await rejected(t.laptop);
    await t.configure({ version: 6 });
    await t.restart();
    await connect(t.laptop);
  });
});

describe('rules for the laptop', () => {
  it('ask for a longer PIN at enrolment, and the same code works then', async () => {
    const t = await started({ pinMinimum: 8 });
    await expect(t.laptop.enrol(t.to, t.code, '274951')).rejects.toMatchObject({
      reason: 'pinWeak',
      details: { problem: 'tooShort' },
    });
    expect(t.laptop.keychain.text()).toBeNull();
    await expect(t.laptop.enrol(t.to, t.code, '27495183')).resolves.toMatchObject({ state: 'open', pinMinimum: 8 });
  });

  it('refuse an older app', async () => {
    const t = await started({ minimumVersion: '1.0.1' });
    await t.laptop.enrol(t.to, t.code);
    await t.laptop.session.connect(null);
    await comesTo(t.laptop, { phase: 'ended', failure: { reason: 'clientTooOld', details: { minimum: '1.0.1' } } });
  });
});

describe('rules for a session', () => {
  it('warn a person who does nothing, and in the end close session and laptop', async () => {
    const t = await started({ idleSeconds: 60, warnSeconds: 20 });
    await t.laptop.enrol(t.to, t.code);
    await connect(t.laptop);
    t.laptop.idle(45);
    await comesTo(t.laptop, { phase: 'connected', warning: { kind: 'idle', failure: null } });
    t.laptop.idle(0);
    await comesTo(t.laptop, { phase: 'connected', warning: null });
    t.laptop.idle(60);
    await comesTo(t.laptop, { phase: 'ended', failure: { reason: 'idleTooLong' } });
    expect(await t.laptop.identity.status()).toMatchObject({ state: 'locked' });
    await t.laptop.session.connect(null);
    await comesTo(t.laptop, { phase: 'ended', failure: { reason: 'deviceLocked' } });
    t.laptop.idle(0);
    await t.laptop.identity.unlock('274951');
    await connect(t.laptop);
  });

  it('warn before the sign-in is used up, take the PIN for more, and in the end close session and laptop', async () => {
    const t = await started({ sessionSeconds: 6, warnSeconds: 5 });
    await t.laptop.enrol(t.to, t.code);
    await connect(t.laptop);
    await comesTo(t.laptop, { phase: 'connected', warning: { kind: 'signIn', failure: null } });
    const before = warningAt(t.laptop);
    await t.laptop.session.extend('274951', null);
    await expect.poll(() => warningAt(t.laptop) ?? 0, { timeout: 10_000 }).toBeGreaterThan(before ?? 0);
    await comesTo(t.laptop, { phase: 'ended', failure: { reason: 'signInExpired' } });
    expect(await t.laptop.identity.status()).toMatchObject({ state: 'locked' });
  });

  it('say why when the office does not take what extends it', async () => {
    const t = await started({ sessionSeconds: 30, warnSeconds: 29 });
    await t.laptop.enrol(t.to, t.code);
    await connect(t.laptop);
    await t.laptop.session.extend('274951', { kind: 'emergency', code: '000000000000' });
    await comesTo(t.laptop, {
      phase: 'connected',
      warning: { kind: 'signIn', failure: { reason: 'emergencyCodeWrong' } },
    });
  });
});

function warningAt({ session }: OfficeLaptop): number | undefined {
  const state = session.state();
  return state.phase === 'connected' ? state.warning?.at : undefined;
}
