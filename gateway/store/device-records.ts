import type { DatabaseSync } from 'node:sqlite';
import type { Machine } from '#contract/wire/messages.ts';
import { DirectoryError } from './directory.ts';
import { row, rows } from './rows.ts';

export type DeviceRow = Readonly<{
  id: string;
  user: string;
  label: string;
  /** `new` until its first certificate is used. */
  status: 'new' | 'active' | 'suspended' | 'revoked' | 'retired';
  created: number;
  /** Until when it is lent; null for no end. */
  lease: number | null;
  /** What it last said of itself; a fact that it once told is kept when it tells none. */
  machine: Machine | null;
  /** When its facts were last those of another machine. */
  machineChanged: number | null;
  lastSeen: number | null;
  clientVersion: string | null;
  /** Seconds by which its one-time passwords run ahead of the gateway's clock, as last measured; steps of 30. */
  drift: number | null;
  /** Whether a device that was given up is still to erase itself. */
  erase: 'none' | 'asked' | 'done';
  erased: number | null;
}>;

/** Devices. Times in milliseconds since 1970. */
export type DeviceRecords = Readonly<{
  /** Status `new`. @throws {DirectoryError} unknown user, or the id exists. */
  addDevice: (device: Pick<DeviceRow, 'id' | 'user' | 'label' | 'created' | 'lease'>) => void;
  devices: () => DeviceRow[];
  device: (id: string) => DeviceRow | undefined;
  /** The device of a certificate that is new or active. */
  deviceByFingerprint: (fingerprint: string) => DeviceRow | undefined;
  /** The row alone; gateway/identity knows what else belongs to it. @returns false when it was so already. */
  setDeviceStatus: (id: string, status: DeviceRow['status']) => boolean;
  setLease: (id: string, lease: number | null) => void;
  setErase: (id: string, erase: DeviceRow['erase'], erased: number | null) => void;
  setMachine: (id: string, machine: Machine | null, changed: number | null) => void;
  recordContact: (id: string, seen: number, clientVersion: string) => void;
  /** Sealed; null while the device has none. */
  unlockKey: (id: string) => Uint8Array | null;
  setUnlockKey: (id: string, sealed: Uint8Array | null) => void;
}>;

const columns = `devices.id, devices.user, devices.label, devices.status, devices.created, devices.lease, devices.machine,
  devices.machine_changed AS machineChanged, devices.last_seen AS lastSeen, devices.client_version AS clientVersion,
  (SELECT drift FROM otp_secrets WHERE kind = 'device' AND owner = devices.id) AS drift, devices.erase, devices.erased`;

type Stored = Omit<DeviceRow, 'machine'> & { machine: string | null };

/** @param touch called after a change that the server must look at. */
export function createDeviceRecords(db: DatabaseSync, touch: () => void): DeviceRecords {
  const q = {
    add: db.prepare(
      'INSERT INTO devices (id, user, label, created, lease) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    userKnown: db.prepare('SELECT 1 FROM users WHERE id = ?'),
    all: db.prepare(`SELECT ${columns} FROM devices ORDER BY id`),
    one: db.prepare(`SELECT ${columns} FROM devices WHERE id = ?`),
    byFingerprint: db.prepare(
      `SELECT ${columns} FROM device_certificates AS certificates JOIN devices ON devices.id = certificates.device
       WHERE certificates.fingerprint = ? AND certificates.state <> 'revoked'`,
    ),
    status: db.prepare('UPDATE devices SET status = ?2 WHERE id = ?1 AND status <> ?2'),
    lease: db.prepare('UPDATE devices SET lease = ?2 WHERE id = ?1'),
    erase: db.prepare('UPDATE devices SET erase = ?2, erased = ?3 WHERE id = ?1'),
    machine: db.prepare('UPDATE devices SET machine = ?2, machine_changed = ?3 WHERE id = ?1'),
    contact: db.prepare('UPDATE devices SET last_seen = ?2, client_version = ?3 WHERE id = ?1'),
    unlockKey: db.prepare('SELECT unlock_key AS sealed FROM devices WHERE id = ?'),
    setUnlockKey: db.prepare('UPDATE devices SET unlock_key = ?2 WHERE id = ?1'),
  };
  const device = (id: string) => parsed(row<Stored>(q.one.get(id)));
  return {
    addDevice: ({ id, user, label, created, lease }) => {
      if (q.userKnown.get(user) === undefined) throw new DirectoryError('unknown', `There is no user "${user}".`);
      if (q.add.run(id, user, label, created, lease).changes === 0) {
        throw new DirectoryError('exists', `There is already a device "${id}"; nothing was changed.`);
      }
      touch();
    },
    devices: () => rows<Stored>(q.all.all()).map((found) => parsed(found)!),
    device,
    deviceByFingerprint: (fingerprint) => parsed(row<Stored>(q.byFingerprint.get(fingerprint))),
    setDeviceStatus: (id, status) => {
      if (device(id) === undefined) throw new DirectoryError('unknown', `There is no device "${id}".`);
      const changed = q.status.run(id, status).changes > 0;
      if (changed) touch();
      return changed;
    },
    setLease: (id, lease) => {
      q.lease.run(id, lease);
      touch();
    },
    setErase: (id, erase, erased) => {
      q.erase.run(id, erase, erased);
      touch();
    },
    setMachine: (id, machine, changed) =>
      void q.machine.run(id, machine === null ? null : JSON.stringify(machine), changed),
    recordContact: (id, seen, clientVersion) => void q.contact.run(id, seen, clientVersion),
    unlockKey: (id) => row<{ sealed: Uint8Array | null }>(q.unlockKey.get(id))?.sealed ?? null,
    setUnlockKey: (id, sealed) => void q.setUnlockKey.run(id, sealed),
  };
}

/** What is in the column was checked against machineSchema when it came in. */
function parsed(stored: Stored | undefined): DeviceRow | undefined {
  if (stored === undefined) return undefined;
  return { ...stored, machine: stored.machine === null ? null : (JSON.parse(stored.machine) as Machine) };
}
