import { type ChildProcess, fork } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateSync } from 'otplib';
import { expect, it, onTestFinished } from 'vitest';
import { openAudit } from '#gateway/audit/audit.ts';
import { createIdentity } from '#gateway/identity/create-identity.ts';
import { fingerprintOf } from '#gateway/pki/judge.ts';
import type { Caller } from '#gateway/server/tls.ts';
import { initSite, loadSite, openSiteStore, sitePaths } from '#gateway/site/site.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';
import { enrolTestDevice, unknownMachine } from '#test/fixtures/gateway/enrol-test-device.ts';
import type { Outcome, Round } from './otp-tries.ts';

const script = fileURLToPath(new URL('./otp-tries.ts', import.meta.url));
/** 1,000 for the figure in docs; a few for every run. */
const rounds = Number(process.env.HANARE_OTP_ROUNDS ?? 20);
const triesEach = 25;

async function startTrier(folder: string): Promise<ChildProcess> {
  const child = fork(script, [folder]);
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  });
  const [said] = await once(child, 'message');
  expect(said).toBe('ready');
  return child;
}

async function tryOut(child: ChildProcess, round: Round): Promise<Outcome> {
  const answer = once(child, 'message');
  child.send(round);
  return (await answer)[0] as Outcome;
}

/** A site with one device that has said hello. */
async function officeWithDevice(folder: string): Promise<{ caller: Caller; secret: string }> {
  const now = Date.now();
  await initSite(folder, { site: 'Test', hosts: ['127.0.0.1'], listen: { host: '127.0.0.1', port: 0 }, now });
  const store = openSiteStore(folder);
  const audit = openAudit({ path: sitePaths(folder).audit, store });
  const identity = createIdentity({ store, site: loadSite(folder), audit, now: () => now });
  store.addUser({ id: 'yamada', name: '山田', created: now });
  const device = await enrolTestDevice(identity, { user: 'yamada', gateway: { host: '127.0.0.1', port: 1 } });
  const { raw } = new X509Certificate(device.credentials.certificate);
  const caller = { device: device.device.id, user: 'yamada', fingerprint: fingerprintOf(raw) };
  const client = { version: '1.0.0', platform: 'test' };
  expect(identity.hello(caller, { client, machine: unknownMachine })).toEqual({ method: 'embedded' });
  store.close();
  return { caller, secret: device.otpSecret! };
}

it('a one-time password tried 50 times at once by two gateway processes on one store is accepted once', {
  timeout: 60_000 + rounds * 2_000,
}, async () => {
  const folder = join(await temporaryFolder(), 'site');
  const { caller, secret } = await officeWithDevice(folder);
  const children = await Promise.all([startTrier(folder), startTrier(folder)]);
  const wins = [0, 0];
  const base = Math.floor(Date.now() / 30_000) * 30_000;
  for (let index = 0; index < rounds; index++) {
    const now = base + index * 30_000;
    const code = generateSync({ secret, algorithm: 'sha256', epoch: now / 1000, digits: 6, period: 30 });
    const round = { caller, code, now, begin: Date.now() + 5, tries: triesEach };
    const outcomes = await Promise.all(children.map((child) => tryOut(child, round)));
    const sum = (name: string) => outcomes.reduce((total, outcome) => total + (outcome[name] ?? 0), 0);
    expect({ ok: sum('ok'), otpUsed: sum('otpUsed') }, `round ${index}`).toEqual({ ok: 1, otpUsed: 49 });
    outcomes.forEach((outcome, at) => {
      wins[at]! += outcome.ok ?? 0;
    });
  }
  const store = openSiteStore(folder);
  onTestFinished(() => store.close());
  const { problem, lines } = await openAudit({ path: sitePaths(folder).audit, store }).verify();
  expect(problem).toBeNull();
  // Every try of every process has its line, in one chain, after the four of the enrolment.
  expect(lines).toBe(rounds * triesEach * 2 + 4);
  if (process.env.HANARE_OTP_ROUNDS) process.stdout.write(`${rounds} rounds, accepted by each process: ${wins}\n`);
});
