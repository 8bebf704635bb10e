import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { defaultPolicy, type Policy } from '#contract/policy/policy.ts';
import type { EnrolAnswer, EnrolRequest } from '#contract/wire/enrol.ts';
import type { Machine, Otp } from '#contract/wire/messages.ts';
import { type Audit, openAudit } from '#gateway/audit/audit.ts';
import type { AuditLine } from '#gateway/audit/line.ts';
import { createIdentity } from '#gateway/identity/create-identity.ts';
import type { Actor, Identity } from '#gateway/identity/identity.ts';
import { issueCa, newPrivateKey } from '#gateway/pki/issue.ts';
import { fingerprintOf } from '#gateway/pki/judge.ts';
import type { Caller } from '#gateway/server/tls.ts';
import { configSchema } from '#gateway/site/config.ts';
import type { SiteSecrets } from '#gateway/site/site.ts';
import { openStore, type Store } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';

/** A real store, audit log and CA in a folder of the running test, with a clock that stands still until it is moved. */
export type Rig = Readonly<{
  identity: Identity;
  store: Store;
  site: SiteSecrets;
  clock: { now: number };
  /** The audit log so far. */
  lines: () => AuditLine[];
  /** Its text, and the store's file: for looking for secrets. */
  bytes: () => Buffer;
  /** From here on the log's disk is full. */
  failAudit: () => void;
}>;

export const admin: Actor = { kind: 'admin', name: 'root' };
export const hour = 3_600_000;
export const machine: Machine = { uuid: 'u-1', serial: 's-1', macs: ['02:00:00:00:00:01'] };
export const gateway = { host: 'gateway.test', port: 8443 };
export const client = { version: '1.2.0', platform: 'linux' };
/** The beginning of a time step. */
const start = Date.UTC(2026, 10, 22, 9);

export async function openRig(options: { policy?: Partial<Policy>; clientCas?: string[] } = {}): Promise<Rig> {
  const folder = await temporaryFolder();
  const clock = { now: start };
  const path = join(folder, 'store.sqlite');
  const store = openStore(path, { create: true });
  onTestFinished(() => store.close());
  const auditPath = join(folder, 'audit.jsonl');
  const site = await makeSite(clock.now, options);
  const log = openAudit({ path: auditPath, store, now: () => clock.now });
  let full = false;
  const audit: Audit = {
    ...log,
    append: (entry) => {
      if (full) throw new Error('no space');
      log.append(entry);
    },
  };
  const identity = createIdentity({ store, site, audit, now: () => clock.now });
  for (const id of ['yamada', 'sato']) store.addUser({ id, name: `${id} さん`, created: 1 });
  return {
    ...{ identity, store, site, clock },
    lines: () =>
      readFileSync(auditPath, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AuditLine),
    failAudit: () => {
      full = true;
    },
    bytes: () => Buffer.concat([path, `${path}-wal`, auditPath].map((file) => readFileSync(file))),
  };
}

async function makeSite(
  now: number,
  { policy, clientCas = [] }: { policy?: Partial<Policy>; clientCas?: string[] },
): Promise<SiteSecrets> {
  const ca = await issueCa({ site: 'Test', now, days: 3650 });
  const config = v.parse(configSchema, {
    ...{ version: 1, site: { name: 'Test' }, issuer: 'urn:test', hosts: ['gateway.test'] },
    ...{ listen: { host: '127.0.0.1', port: 0 }, policy: { ...defaultPolicy, ...policy } },
  });
  const keys = { grantKey: newPrivateKey(), policyKey: newPrivateKey(), storeKey: Buffer.alloc(32, 7) };
  return { config, ca, clientCas, server: ca, ...keys };
}

export async function requestOf(code: string, said: Machine = machine): Promise<EnrolRequest> {
  return { code, client, machine: said, key: { kind: 'csr', csr: (await newRequest()).csr } };
}

export async function enrol(rig: Rig, code: string, address = '192.0.2.1'): Promise<EnrolAnswer> {
  return rig.identity.enrol(await requestOf(code), { address, gateway });
}

export function callerOf({ device, user }: { device: { id: string }; user: { id: string } }, pem: string): Caller {
  return {
    device: device.id,
    user: user.id,
    fingerprint: fingerprintOf(new X509Certificate(pem).raw),
  };
}

/** A device of `user` that is enrolled and has said hello. */
export async function activeDevice(
  rig: Rig,
  user = 'yamada',
): Promise<{ id: string; caller: Caller; answer: EnrolAnswer }> {
  const { device, code } = rig.identity.createDevice({ user, label: 'L', lease: null, hours: 1, actor: admin });
  const answer = await enrol(rig, code);
  const caller = callerOf(answer, answer.certificate);
  rig.identity.hello(caller, { client, machine });
  return { id: device.id, caller, answer };
}

/** The code that an authenticator shows at a moment. @param at milliseconds since 1970. */
export function codeAt(secret: { secret: string; algorithm: 'sha1' | 'sha256' }, at: number): Otp {
  return { kind: 'totp', code: generateSync({ ...secret, epoch: Math.floor(at / 1000), digits: 6, period: 30 }) };
}

/** A well-formed code that fits no step nearby. */
export function wrongCode(secret: { secret: string; algorithm: 'sha1' | 'sha256' }, at: number): Otp {
  const taken = new Set<string>();
  for (let step = -12; step <= 12; step++) taken.add(codeAt(secret, at + step * 30_000).code);
  for (let code = 0; ; code++) {
    const text = String(code).padStart(6, '0');
    if (!taken.has(text)) return { kind: 'totp', code: text };
  }
}

/** `reason` of what was thrown, or undefined. */
export async function reasonOf(act: () => unknown): Promise<Failure['reason'] | undefined> {
  try {
    await act();
  } catch (error) {
    return (error as { reason?: Failure['reason'] }).reason ?? Promise.reject(error);
  }
  return undefined;
}
