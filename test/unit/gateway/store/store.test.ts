import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations, StoreError } from '#gateway/store/schema.ts';
import { openStore, type Store } from '#gateway/store/store.ts';

describe('the store', () => {
  let folder: string;
  let path: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hanare-store-'));
    path = join(folder, 'store.sqlite');
    store = openStore(path, { create: true });
    store.addUser({ id: 'yamada', name: '山田', created: 1 });
    store.addUser({ id: 'sato', name: '佐藤', created: 1 });
    for (const id of ['pc-1', 'pc-2']) {
      store.addDesk({ id, name: `Desk ${id}`, protocol: 'vnc', host: '192.0.2.1', port: 5900, created: 1 });
    }
    store.addDevice({ id: 'd1', user: 'yamada', label: 'L', created: 1, lease: null });
    store.setDeviceStatus('d1', 'active');
    store.assign('pc-1', 'yamada', 1);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const problem = (act: () => unknown): unknown => {
    try {
      act();
    } catch (error) {
      return (error as { problem?: string }).problem;
    }
    return undefined;
  };
  const addSession = (sid: string, replica = 'main') =>
    store.addSession({ sid, device: 'd1', user: 'yamada', desk: 'pc-1', granted: 5, replica });

  it('belongs to its owner alone', () => {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it('refuses what exists or is unknown, and changes nothing then', () => {
    expect(problem(() => store.addUser({ id: 'yamada', name: 'x', created: 9 }))).toBe('exists');
    expect(store.user('yamada')).toEqual({
      ...{ id: 'yamada', name: '山田', status: 'active', created: 1 },
      ...{ method: 'embedded', failures: 0, notBefore: 0, lockedUntil: null },
    });
    expect(problem(() => store.addDesk({ ...store.desk('pc-1')!, host: 'evil' }))).toBe('exists');
    expect(store.desk('pc-1')?.host).toBe('192.0.2.1');
    expect(problem(() => store.assign('pc-9', 'yamada', 1))).toBe('unknown');
    expect(problem(() => store.assign('pc-1', 'nobody', 1))).toBe('unknown');
    expect(problem(() => store.setDeviceStatus('d9', 'revoked'))).toBe('unknown');
    const device = { id: 'd1', user: 'sato', label: 'M', created: 9, lease: 10 };
    expect(problem(() => store.addDevice(device))).toBe('exists');
    expect(store.device('d1')).toMatchObject({ user: 'yamada', label: 'L', created: 1, lease: null });
    expect(problem(() => store.addDevice({ ...device, id: 'd2', user: 'nobody' }))).toBe('unknown');
  });

  it('knows assignments, and shows a user their desks without addresses', () => {
    expect(store.assign('pc-1', 'yamada', 2)).toBe(false);
    expect(store.assign('pc-2', 'yamada', 2)).toBe(true);
    expect(store.desksOf('yamada')).toEqual([
      { id: 'pc-1', name: 'Desk pc-1', protocol: 'vnc' },
      { id: 'pc-2', name: 'Desk pc-2', protocol: 'vnc' },
    ]);
    expect(store.assigned('pc-1', 'sato')).toBe(false);
    expect(store.unassign('pc-1', 'yamada')).toBe(true);
    expect(store.assigned('pc-1', 'yamada')).toBe(false);
    expect(store.desks().map(({ id, users }) => [id, users])).toEqual([
      ['pc-1', []],
      ['pc-2', ['yamada']],
    ]);
  });

  it('lets a grant be used once, whichever connection tries', () => {
    const other = openStore(path);
    expect(store.spendGrant('j', 10, 20)).toBe(true);
    expect(other.spendGrant('j', 10, 20)).toBe(false);
    expect(store.spendGrant('j', 10, 20)).toBe(false);
    store.forgetGrants(20);
    expect(other.spendGrant('j', 10, 20)).toBe(false);
    store.forgetGrants(21);
    expect(other.spendGrant('j', 10, 20)).toBe(true);
    other.close();
  });

  it('follows a session from grant to end, and ends it once', () => {
    addSession('s');
    expect(store.session('s')).toMatchObject({ state: 'granted', opened: null, to_desk: 0 });
    store.openSession('s', 6);
    store.countBytes('s', { toDesk: 2 ** 40, fromDesk: 7 });
    store.endSession('s', 8, 'deskClosed');
    store.endSession('s', 9, 'connectionLost');
    store.openSession('s', 10);
    expect(store.session('s')).toMatchObject({
      ...{ state: 'ended', opened: 6, ended: 8, reason: 'deskClosed', to_desk: 2 ** 40, from_desk: 7 },
    });
    expect(store.sessions({ all: false, limit: 9 })).toEqual([]);
    expect(store.sessions({ all: true, limit: 9 })).toHaveLength(1);
    expect(store.requestEnd('s')).toBe(false);
  });

  it('lists sessions that must end, with the gravest reason', () => {
    addSession('s');
    expect(store.sessionsToEnd()).toEqual([]);
    expect(store.requestEnd('s')).toBe(true);
    expect(store.sessionsToEnd()).toEqual([{ sid: 's', reason: 'sessionEndedByOffice' }]);
    store.unassign('pc-1', 'yamada');
    expect(store.sessionsToEnd()).toEqual([{ sid: 's', reason: 'deskNotAssigned' }]);
    store.setDeviceStatus('d1', 'suspended');
    expect(store.sessionsToEnd()).toEqual([{ sid: 's', reason: 'deviceSuspended' }]);
    for (const status of ['revoked', 'retired'] as const) {
      store.setDeviceStatus('d1', status);
      expect(store.sessionsToEnd()).toEqual([{ sid: 's', reason: 'deviceRevoked' }]);
    }
    expect(store.endAll('main', 9, 'connectionLost')).toBe(1);
    expect(store.sessionsToEnd()).toEqual([]);
  });

  it('ends the sessions that one replica left behind, and no other’s', () => {
    addSession('s1');
    addSession('s2', 'second');
    addSession('s3', 'second');
    expect(store.endAll('second', 9, 'connectionLost')).toBe(2);
    expect(store.sessions({ all: false, limit: 9 }).map(({ sid, replica }) => [sid, replica])).toEqual([
      ['s1', 'main'],
    ]);
  });

  it('does a transaction as a whole or not at all, and one within another as a part of it', () => {
    const both = (fail: boolean) => () =>
      store.transaction(() => {
        store.setLease('d1', 99);
        store.transaction(() => store.unassign('pc-1', 'yamada'));
        if (fail) throw new Error('no');
        return 7;
      });
    expect(both(true)).toThrow('no');
    expect([store.device('d1')?.lease, store.assigned('pc-1', 'yamada')]).toEqual([null, true]);
    expect(both(false)()).toBe(7);
    expect([store.device('d1')?.lease, store.assigned('pc-1', 'yamada')]).toEqual([99, false]);
  });

  it('keeps one certificate of two enrolments apart from the device until it is used', () => {
    const code = (hash: string) => store.addEnrolmentCode({ hash, device: 'd1', created: 1, expires: 9 });
    code('c1');
    code('c2');
    const base = { device: 'd1', serial: '0A', origin: 'issued', from: 1, until: 9 } as const;
    const pending = { machine: { uuid: 'u', serial: null, macs: [] }, otpSecret: null };
    for (const [fingerprint, hash] of [
      ['f1', 'c1'],
      ['f2', 'c2'],
    ] as const) {
      store.putCertificate(
        { ...base, fingerprint, created: 3 },
        { ...pending, code: hash, unlockKey: Buffer.from(hash) },
      );
    }
    expect(Buffer.from(store.pendingUnlockKey('d1')!).toString()).toBe('c2');
    expect(store.unlockKey('d1')).toBeNull();
    expect(store.activateCertificate('f1')).toMatchObject({ code: 'c1', machine: { uuid: 'u' }, otpSecret: null });
    expect(store.activateCertificate('f1')).toBeUndefined();
    expect(store.revokeCertificates('d1', 'f1')).toBe(1);
    expect(store.certificates('d1').map(({ fingerprint, state }) => [fingerprint, state])).toEqual([
      ['f1', 'active'],
      ['f2', 'revoked'],
    ]);
    expect(store.pendingUnlockKey('d1')).toBeUndefined();
    expect([store.deviceByFingerprint('f1')?.id, store.deviceByFingerprint('f2')]).toEqual(['d1', undefined]);
  });

  it('spends a time step once, and none before it', () => {
    const owner = { kind: 'device', id: 'd1' } as const;
    expect(store.spendStep(owner, 5, 0)).toBe(false);
    store.setOtpSecret(owner, Buffer.from('sealed'), 1);
    const other = openStore(path);
    expect([store.spendStep(owner, 5, 30), other.spendStep(owner, 5, 0), store.spendStep(owner, 4, 0)]).toEqual([
      ...[true, false, false],
    ]);
    expect(other.otpSecret(owner)).toMatchObject({ lastStep: 5, drift: 30 });
    other.close();
    store.setOtpSecret(owner, Buffer.from('another'), 2);
    expect(store.otpSecret(owner)).toMatchObject({ lastStep: 0, drift: null });
  });

  it('notices changes of decisions, its own and those of another process, once each', () => {
    store.changed();
    addSession('s');
    store.spendGrant('j', 1, 2);
    expect(store.changed()).toBe(false);
    store.requestEnd('s');
    expect([store.changed(), store.changed()]).toEqual([true, false]);
    const other = openStore(path);
    other.unassign('pc-1', 'yamada');
    expect([store.changed(), store.changed()]).toEqual([true, false]);
    other.close();
  });

  it('refuses a store of a newer version and leaves it as it is', () => {
    store.close();
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    db.close();
    const before = readFileSync(path);
    expect(problem(() => openStore(path))).toBe('newer');
    expect(readFileSync(path).equals(before)).toBe(true);
    rmSync(path);
    store = openStore(path, { create: true });
  });

  it('refuses a missing file, a file of another kind and another program’s database', () => {
    expect(problem(() => openStore(join(folder, 'absent.sqlite')))).toBe('missing');
    const text = join(folder, 'text.sqlite');
    writeFileSync(text, 'this is not a database at all, but long enough to look at twice'.repeat(20));
    expect(problem(() => openStore(text))).toBe('foreign');
    const foreign = join(folder, 'foreign.sqlite');
    const db = new DatabaseSync(foreign);
    db.exec('CREATE TABLE t (a); PRAGMA user_version = 1');
    db.close();
    expect(() => openStore(foreign)).toThrow(StoreError);
    expect(() => openStore(path, { create: true })).toThrow(/EEXIST/);
  });
});
