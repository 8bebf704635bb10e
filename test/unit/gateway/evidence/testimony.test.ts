import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { defaultPolicy, type Policy, trialRules } from '#contract/policy/policy.ts';
import { openAudit } from '#gateway/audit/audit.ts';
import type { AuditLine } from '#gateway/audit/line.ts';
import { createTestimony, type Testimony, testimonyLimits } from '#gateway/evidence/testimony.ts';
import { openStore, type Store } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';
import {
  bad,
  path,
  pathReport,
  posture,
  postureReport,
  residue,
  residueReport,
  type Statement,
  statement,
} from '#test/fixtures/gateway/statements.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 10, 20, 9);
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('testimony', () => {
  let store: Store;
  let testimony: Testimony;
  let lines: () => AuditLine[];
  let now: number;
  let monotonic: number;
  let policy: Policy;
  beforeEach(async () => {
    const folder = await temporaryFolder();
    store = openStore(join(folder, 'store.sqlite'), { create: true });
    onTestFinished(() => store.close());
    const log = join(folder, 'audit.jsonl');
    [now, monotonic, policy] = [start, 0, defaultPolicy];
    const audit = openAudit({ path: log, store, now: () => now });
    testimony = createTestimony({ store, audit, now: () => now, monotonic: () => monotonic });
    lines = () => {
      const text = readFileSync(log, 'utf8').trim();
      return text.split('\n').map((line) => JSON.parse(line) as AuditLine);
    };
    store.addUser({ id: 'yamada', name: '山田', created: 0 });
    store.addDesk({ id: 'pc-1', name: 'PC', protocol: 'vnc', host: 'h', port: 1, created: 0 });
    for (const id of ['laptop-1', 'laptop-2']) {
      store.addDevice({ id, user: 'yamada', label: id, created: 0, lease: null });
      const session = { sid: `s-${id}`, device: id, user: 'yamada', desk: 'pc-1', granted: 0, replica: 'main' };
      store.addSession(session);
    }
  });

  const take = (evidence: unknown, change: Partial<Statement> & { sid?: string | null; early?: boolean } = {}) => {
    const { sid = null, early = false, ...rest } = change;
    const device = 'laptop-1';
    const jws = statement({ evidence, device, privateKey, nonce: 'n', now, ...rest });
    const from = { device, user: 'yamada', key: keys.publicKey };
    return testimony.take(jws, { ...from, nonce: 'n', sid, early, policy: () => policy });
  };
  const rows = () => store.evidence('laptop-1', 1000);
  const levels = (taken: ReturnType<typeof take>) =>
    'problem' in taken
      ? taken.problem
      : Object.fromEntries(taken.verdicts.filter(({ level }) => level !== 'ok').map((v) => [v.item, v.level]));

  describe('the certificate of an RDP desk', () => {
    const [first, other] = ['ab'.repeat(32), 'cd'.repeat(32)];
    const from = { device: 'laptop-1', user: 'yamada', sid: 's-laptop-1' };
    const actions = () => lines().map(({ action, desk, details }) => [action, desk, details]);
    beforeEach(() => {
      store.addDesk({ id: 'pc-r', name: 'R', protocol: 'rdp', host: 'h', port: 1, created: 0 });
    });

    it('is kept when it is the first, and said once', () => {
      testimony.pin('pc-r', first, from);
      testimony.pin('pc-r', first, from);
      expect(store.desk('pc-r')?.certificate).toBe(first);
      expect(actions()).toEqual([['desk.certificatePinned', 'pc-r', { sha256: first, sid: 's-laptop-1' }]]);
    });

    it('stays when another is shown, which is written down, within limits', () => {
      testimony.pin('pc-r', first, from);
      for (let i = 0; i < testimonyLimits.eventsPerHour + 10; i++) testimony.pin('pc-r', other, from);
      expect(store.desk('pc-r')?.certificate).toBe(first);
      expect(actions()[1]).toEqual([
        'desk.certificateChanged',
        'pc-r',
        { sha256: other, known: first, sid: 's-laptop-1' },
      ]);
      expect(actions().length).toBeLessThanOrEqual(testimonyLimits.eventsPerHour + 2);
    });

    it('is nobody’s business at a desk of another protocol', () => {
      testimony.pin('pc-1', first, from);
      expect(store.desk('pc-1')?.certificate).toBeNull();
    });
  });

  it('keeps what was said with the session, and writes a line of what it makes of it', () => {
    take(posture(postureReport({ firewall: bad, antivirus: bad })), { sid: 's-laptop-1' });
    const [row] = rows();
    expect(row).toMatchObject({ device: 'laptop-1', sid: 's-laptop-1', kind: 'posture', received: start });
    expect(JSON.parse(row!.report)).toEqual(postureReport({ firewall: bad, antivirus: bad }));
    expect(row!.jws.split('.')).toHaveLength(3);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatchObject({
      ...{
        action: 'evidence.posture',
        device: 'laptop-1',
        user: 'yamada',
        actor: { kind: 'device', name: 'laptop-1' },
      },
      details: {
        ...{ sid: 's-laptop-1', verdict: 'firewallOff', os: 'linux', client: '1.0.0' },
        items: { firewall: 'refuse', antivirus: 'grace' },
      },
    });
  });

  it('only touches a report that says the same of the same session as the last one', () => {
    take(posture());
    now += 60_000;
    take(posture());
    expect(rows()).toHaveLength(1);
    expect(rows()[0]).toMatchObject({ received: now });
    expect(lines()).toHaveLength(1);
    take(posture(), { sid: 's-laptop-1' });
    take(posture(postureReport({ updates: bad })), { sid: 's-laptop-1' });
    take(posture(), { sid: 's-laptop-1' });
    expect(rows().map(({ sid }) => sid)).toEqual(['s-laptop-1', 's-laptop-1', 's-laptop-1', null]);
    expect(lines()).toHaveLength(4);
  });

  it('counts a grace from when an item was first bad, and anew once it was good', () => {
    const report = posture(postureReport({ antivirus: bad }));
    const taken = take(report);
    const until = start + 7 * dayMs;
    expect('verdicts' in taken && taken.verdicts).toContainEqual({ item: 'antivirus', level: 'grace', until });
    now = until - 1;
    expect(levels(take(report))).toEqual({ antivirus: 'grace' });
    now = until;
    expect(levels(take(report))).toEqual({ antivirus: 'refuse' });
    expect(levels(take(posture()))).toEqual({});
    expect(levels(take(report))).toEqual({ antivirus: 'grace' });
    expect(store.badSince('laptop-1')).toEqual(new Map([['antivirus', until]]));
  });

  it('gives no longer grace when the clock was ahead for a while and came back', () => {
    const report = posture(postureReport({ antivirus: bad }));
    now = start + 3650 * dayMs;
    take(report);
    now = start;
    const taken = take(report);
    const until = start + 7 * dayMs;
    expect('verdicts' in taken && taken.verdicts).toContainEqual({ item: 'antivirus', level: 'grace', until });
    expect(store.badSince('laptop-1')).toEqual(new Map([['antivirus', start]]));
  });

  it('does not let an older connection’s report end what a newer one has begun', () => {
    const older = postureReport();
    take(posture(older));
    now += 60_000;
    take(posture(postureReport({ antivirus: bad })));
    // At another process of the gateway, which has not seen yet that the laptop is gone.
    testimony.weigh('laptop-1', older, policy);
    expect(store.badSince('laptop-1')).toEqual(new Map([['antivirus', start + 60_000]]));
  });

  it('counts a grace also from a time when nobody demanded the item', () => {
    policy = { ...defaultPolicy, ...trialRules };
    const report = posture(postureReport({ updates: bad }));
    expect(levels(take(report))).toEqual({ updates: 'warn' });
    now += 7 * dayMs;
    policy = defaultPolicy;
    expect(levels(take(report))).toEqual({ updates: 'refuse' });
  });

  it('does not let another laptop’s state count', () => {
    take(posture(postureReport({ firewall: bad })));
    expect(store.badSince('laptop-2')).toEqual(new Map());
  });

  it('names each leak of a path', () => {
    take(path(pathReport('dns', 'lan')));
    take(path());
    expect(lines().map(({ details }) => details)).toEqual([
      { verdict: 'leakDns', leaks: ['dns', 'lan'] },
      { verdict: 'closed', leaks: [] },
    ]);
  });

  it('takes a residue receipt before the sign-in, and nothing else', () => {
    expect(take(residue(residueReport('s-laptop-1')), { early: true })).toMatchObject({ verdicts: [] });
    expect(rows()[0]).toMatchObject({ kind: 'residue', sid: 's-laptop-1' });
    expect(take(posture(), { early: true })).toEqual({ problem: 'early' });
    expect(take(path(), { early: true })).toEqual({ problem: 'early' });
    expect(rows()).toHaveLength(1);
  });

  it('says what was left of a session', () => {
    const found = [{ place: 'temp', what: 'scratch.bin', removed: false }] as const;
    take(residue(residueReport('s-laptop-1', { found: [...found], unread: ['crash'] })));
    expect(lines()[0]?.details).toEqual({
      ...{ sid: 's-laptop-1', verdict: 'unclean', files: 3, bytes: 100, found: 1, left: 1 },
      ...{ names: ['temp: scratch.bin'], unread: ['crash'] },
    });
  });

  it('writes a receipt once that is brought twice because its answer was lost', () => {
    const evidence = residue(residueReport('s-laptop-1'));
    const jws = statement({ evidence, device: 'laptop-1', privateKey, now });
    const from = { device: 'laptop-1', user: 'yamada', key: keys.publicKey, sid: null, policy: () => policy };
    for (const nonce of ['first', 'second']) {
      expect(testimony.take(jws, { ...from, nonce, early: true })).toEqual({ evidence, verdicts: [] });
    }
    expect(rows()).toHaveLength(1);
    expect(lines()).toHaveLength(1);
  });

  it('does not take a receipt for another laptop’s session', () => {
    expect(take(residue(residueReport('s-laptop-2')))).toEqual({ problem: 'session' });
    expect(take(residue(residueReport('forgotten')))).toMatchObject({ verdicts: [] });
  });

  it('leaves a line of what it does not believe, and not more than so many an hour', () => {
    expect(take(posture(), { nonce: 'other' })).toEqual({ problem: 'nonce' });
    expect(lines()[0]).toMatchObject({ action: 'evidence.refused', device: 'laptop-1', details: { problem: 'nonce' } });
    for (let n = 0; n < 100; n++) {
      monotonic += 10_000;
      take(posture(), { nonce: 'other' });
    }
    expect(lines()).toHaveLength(testimonyLimits.refusedPerHour + 1);
    expect(lines().at(-1)?.details).toMatchObject({ more: 'not written down' });
    expect(rows()).toEqual([]);
  });

  it('keeps what a laptop says again and again, and leaves not more than so many lines of it an hour', () => {
    for (let n = 0; n < 300; n++) {
      monotonic += 10_000;
      take(residue(residueReport(`made-up-${n}`)), { early: true });
    }
    expect(rows()).toHaveLength(300);
    expect(lines()).toHaveLength(testimonyLimits.linesPerHour + 1);
    expect(lines().at(-1)).toMatchObject({ action: 'evidence.notWritten', device: 'laptop-1' });
    monotonic += 3_600_000;
    take(residue(residueReport('s-laptop-1')));
    expect(lines().at(-1)).toMatchObject({ action: 'evidence.residue' });
  });

  it('does not listen to a laptop that says too much, until it has been quiet', () => {
    for (let n = 0; n < testimonyLimits.burst; n++) expect(take(posture())).toHaveProperty('evidence');
    expect(take(posture())).toEqual({ problem: 'rate' });
    monotonic += 1000 / testimonyLimits.perSecond;
    expect(take(posture())).toHaveProperty('evidence');
  });

  it('writes down what a laptop tells, and once an hour that it tells too much', () => {
    const from = { device: 'laptop-1', user: 'yamada', sid: 's-laptop-1' };
    testimony.tell('usbInserted', { device: 'Stick', sid: 'forged' }, from);
    expect(lines()[0]).toMatchObject({
      ...{ action: 'laptop.usbInserted', device: 'laptop-1', user: 'yamada' },
      details: { device: 'Stick', sid: 's-laptop-1' },
    });
    for (let n = 1; n < 200; n++) testimony.tell('paused', {}, from);
    expect(lines()).toHaveLength(testimonyLimits.eventsPerHour + 1);
    expect(lines().at(-1)).toMatchObject({ action: 'laptop.eventsNotWritten' });
    testimony.tell('paused', {}, { ...from, device: 'laptop-2' });
    monotonic += 3_600_000;
    testimony.tell('resumed', {}, from);
    expect(lines().at(-1)).toMatchObject({ action: 'laptop.resumed' });
  });
});
