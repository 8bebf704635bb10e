import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrations } from '#gateway/store/schema.ts';
import { openStore } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

/** A store as the first version left it. */
async function firstVersion(more = ''): Promise<string> {
  return storeOf(
    1,
    `
    INSERT INTO users (id, name, created) VALUES ('yamada', '山田', 1);
    INSERT INTO desks VALUES ('pc-1', 'Desk 1', 'vnc', '192.0.2.1', 5900, 1);
    INSERT INTO devices VALUES ('d1', 'yamada', 'Laptop 1', 'f1', 'active', 10, 20);
    INSERT INTO devices VALUES ('d2', 'yamada', 'Laptop 2', 'f2', 'revoked', 11, 21);
    INSERT INTO sessions (sid, device, user, desk, state, granted) VALUES ('s1', 'd1', 'yamada', 'pc-1', 'open', 5);
    ${more}
  `,
  );
}

/** A store as the version before rules left it. */
async function secondVersion(): Promise<string> {
  return storeOf(
    2,
    `
    INSERT INTO users (id, name, created) VALUES ('yamada', '山田', 1);
    INSERT INTO desks VALUES ('pc-1', 'Desk 1', 'vnc', '192.0.2.1', 5900, 1);
    INSERT INTO devices (id, user, label, status, created, lease) VALUES ('d1', 'yamada', 'Laptop 1', 'active', 10, 99);
    INSERT INTO sessions (sid, device, user, desk, state, granted, replica)
      VALUES ('s1', 'd1', 'yamada', 'pc-1', 'ended', 5, 'second');
  `,
  );
}

async function storeOf(version: number, rows: string): Promise<string> {
  const path = join(await temporaryFolder(), 'store.sqlite');
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  for (const step of migrations.slice(0, version)) db.exec(step);
  db.exec(`${rows}; PRAGMA user_version = ${version}; PRAGMA application_id = ${0x48616e61};`);
  db.close();
  return path;
}

describe('a store of the version before RDP', () => {
  it('keeps its desks as they were, without a certificate, and takes RDP desks', async () => {
    const path = await storeOf(
      3,
      `INSERT INTO desks (id, name, protocol, host, port, created, class, mac, wake_to)
         VALUES ('pc-1', 'Desk 1', 'vnc', '192.0.2.1', 5900, 1, 'my-number', '00:1b:44:11:3a:b7', '192.0.2.255:9')`,
    );
    const store = openStore(path);
    expect(store.desk('pc-1')).toEqual({
      ...{ id: 'pc-1', name: 'Desk 1', protocol: 'vnc', host: '192.0.2.1', port: 5900, created: 1 },
      ...{ class: 'my-number', mac: '00:1b:44:11:3a:b7', wakeTo: '192.0.2.255:9', security: null, certificate: null },
    });
    store.addDesk({ id: 'pc-2', name: 'Desk 2', protocol: 'rdp', host: '192.0.2.2', port: 3389, created: 2 });
    expect(store.desk('pc-2')).toMatchObject({ security: 'nla', certificate: null });
    store.close();
  });
});

describe('a store of the first version', () => {
  it('keeps its users, devices with their certificates, and sessions', async () => {
    const store = openStore(await firstVersion());
    expect(store.user('yamada')).toMatchObject({ name: '山田', method: 'embedded', failures: 0, lockedUntil: null });
    expect(store.devices()).toEqual(
      [
        { id: 'd1', label: 'Laptop 1', status: 'active', created: 10 },
        { id: 'd2', label: 'Laptop 2', status: 'revoked', created: 11 },
      ].map((device) => ({
        ...{ ...device, user: 'yamada', lease: null, machine: null, machineChanged: null, lastSeen: null },
        ...{ clientVersion: null, drift: null, erase: 'none', erased: null },
      })),
    );
    expect(store.certificates('d1')).toEqual([
      {
        ...{ fingerprint: 'f1', device: 'd1', state: 'active', serial: '', origin: 'issued' },
        ...{ from: 10, until: 20, created: 10 },
      },
    ]);
    expect(store.deviceByFingerprint('f1')?.id).toBe('d1');
    expect(store.deviceByFingerprint('f2')).toBeUndefined();
    expect(store.session('s1')).toMatchObject({ device: 'd1', state: 'open', replica: 'main' });
    expect(store.auditHead()).toMatchObject({ seq: 0 });
    store.close();
  });

  it('goes on under its references: no row may name a device or user that is not there', async () => {
    const store = openStore(await firstVersion());
    store.addDevice({ id: 'd3', user: 'yamada', label: 'L', created: 1, lease: null });
    const session = { user: 'yamada', desk: 'pc-1', granted: 1, replica: 'main' };
    store.addSession({ ...session, sid: 's2', device: 'd3' });
    expect(() => store.addSession({ ...session, sid: 's3', device: 'nothing' })).toThrow(/FOREIGN KEY/);
    store.close();
  });

  it('is left as it is when it contradicts itself', async () => {
    const path = await firstVersion("INSERT INTO assignments VALUES ('pc-9', 'yamada', 1);");
    expect(() => openStore(path)).toThrow(expect.objectContaining({ problem: 'foreign' }));
    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA user_version').get()?.user_version).toBe(1);
    expect(db.prepare('SELECT fingerprint FROM devices ORDER BY id').all()).toHaveLength(2);
    db.close();
  });
});

describe('a store of the version before rules', () => {
  it('decides nothing about rules, and can from now on', async () => {
    const store = openStore(await secondVersion());
    expect([store.policyLayers(), store.policySerial(), store.memberships()]).toEqual([[], 0, []]);
    store.setPolicyLayer({ scope: 'site', rules: '{"usb":"end"}', changed: 3, actor: 'tanaka' });
    store.joinGroup('night', 'yamada');
    expect([store.policySerial(), store.groupsOf('yamada')]).toEqual([2, ['night']]);
    store.close();
  });

  it('keeps desks, which handle nothing special and cannot be woken, and sessions from nobody knows where', async () => {
    const store = openStore(await secondVersion());
    expect(store.desk('pc-1')).toMatchObject({
      host: '192.0.2.1',
      class: null,
      mac: null,
      wakeTo: null,
      security: null,
      certificate: null,
    });
    expect(store.session('s1')).toMatchObject({ device: 'd1', replica: 'second', source: null });
    expect(store.device('d1')).toMatchObject({ status: 'active', lease: 99 });
    store.close();
  });

  it('keeps what laptops testify, under its references', async () => {
    const store = openStore(await secondVersion());
    const said = { sid: null, received: 1, report: '{}', verdicts: '[]', jws: 'x' };
    store.addEvidence({ ...said, device: 'd1', kind: 'posture' }, 10);
    store.setBad('d1', 'firewall', 7);
    expect(store.lastEvidence('d1', 'posture')).toMatchObject(said);
    expect([...store.badSince('d1')]).toEqual([['firewall', 7]]);
    expect(() => store.addEvidence({ ...said, device: 'ghost', kind: 'path' }, 10)).toThrow(/FOREIGN KEY/);
    const odd = 'rumour' as 'path';
    expect(() => store.addEvidence({ ...said, device: 'd1', kind: odd }, 10)).toThrow(/CHECK/);
    store.close();
  });

  it('is migrated once, whoever opens it first', async () => {
    const path = await secondVersion();
    const [one, other] = [openStore(path), openStore(path)];
    one.joinGroup('night', 'yamada');
    expect(other.groupsOf('yamada')).toEqual(['night']);
    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA user_version').get()?.user_version).toBe(migrations.length);
    for (const open of [one, other, db]) open.close();
  });
});
