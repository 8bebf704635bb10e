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
    store.addDevice({ id: 'd1', user: 'yamada', label: 'L', fingerprint: 'f1', created: 1, expires: 2 });
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
  const addSession = (sid: string) => store.addSession({ sid, device: 'd1', user: 'yamada', desk: 'pc-1', granted: 5 });

  it('belongs to its owner alone', () => {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it('refuses what exists or is unknown, and changes nothing then', () => {
    expect(problem(() => store.addUser({ id: 'yamada', name: 'x', created: 9 }))).toBe('exists');
    expect(store.user('yamada')).toEqual({ id: 'yamada', name: '山田', status: 'active', created: 1 });
    expect(problem(() => store.addDesk({ ...store.desk('pc-1')!, host: 'evil' }))).toBe('exists');
    expect(store.desk('pc-1')?.host).toBe('192.0.2.1');
    expect(problem(() => store.assign('pc-9', 'yamada', 1))).toBe('unknown');
    expect(problem(() => store.assign('pc-1', 'nobody', 1))).toBe('unknown');
    expect(problem(() => store.setDeviceStatus('d9', 'revoked'))).toBe('unknown');
    const device = { id: 'd2', user: 'yamada', label: 'L', fingerprint: 'f1', created: 1, expires: 2 };
    expect(problem(() => store.addDevice(device))).toBe('exists');
    expect(problem(() => store.addDevice({ ...device, fingerprint: 'f2', user: 'nobody' }))).toBe('unknown');
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
    store.setDeviceStatus('d1', 'revoked');
    expect(store.sessionsToEnd()).toEqual([{ sid: 's', reason: 'deviceRevoked' }]);
    expect(store.endAll(9, 'connectionLost')).toBe(1);
    expect(store.sessionsToEnd()).toEqual([]);
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
