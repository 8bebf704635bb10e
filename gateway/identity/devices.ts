import { randomBytes } from 'node:crypto';
import { parseCode } from '#contract/identity/code.ts';
import type { Actor } from '../audit/line.ts';
import type { DeviceRow } from '../store/device-records.ts';
import { DirectoryError } from '../store/directory.ts';
import { enrolmentHash, newRandomCode, unlockAnswer } from './codes.ts';
import { type Context, needDevice, note, sealNames } from './context.ts';
import type { Identity } from './identity.ts';

const hourMs = 3_600_000;

/** What the office does with a device, from its first code to its end. */
export function createDeviceOffice(
  context: Context,
): Pick<Identity, 'createDevice' | 'newCode' | 'unlockDevice' | 'setDeviceStatus' | 'setLease'> {
  const { store } = context;

  const giveCode = (device: DeviceRow, hours: number, actor: Actor): { code: string; expires: number } => {
    const now = context.now();
    // One at a time: an older code may have been lost, and so may what it bought and nobody has used.
    for (const { hash, used } of store.enrolmentCodes(device.id)) {
      if (used === null) store.revokeUnused(device.id, hash, '');
    }
    store.endEnrolmentCodes(device.id, now);
    const code = newRandomCode('enrolment');
    const expires = now + Math.round(hours * hourMs);
    store.addEnrolmentCode({ hash: enrolmentHash(code), device: device.id, created: now, expires });
    note(context, actor, 'device.codeMade', device, { expires: new Date(expires).toISOString() });
    return { code, expires };
  };

  return {
    createDevice: ({ id = `device-${randomBytes(5).toString('hex')}`, user, label, lease, hours, actor }) =>
      store.transaction(() => {
        store.addDevice({ id, user, label, created: context.now(), lease });
        const device = needDevice(store, id);
        note(context, actor, 'device.created', device, { label, lease: showLease(lease) });
        return { device, ...giveCode(device, hours, actor) };
      }),
    newCode: (id, { hours, actor }) =>
      store.transaction(() => {
        const device = needDevice(store, id);
        if (device.status === 'retired') throw refusedFor(device, 'register another one');
        if (device.status === 'suspended') throw refusedFor(device, 'bring it back with "device unlock" first');
        return giveCode(device, hours, actor);
      }),
    unlockDevice: (id, { challenge, actor }) =>
      store.transaction(() => {
        const device = needDevice(store, id);
        if (device.status === 'revoked' || device.status === 'retired') throw refusedFor(device, 'it stays locked');
        const answer = challenge === null ? null : answerTo(context, id, challenge);
        const status = device.status === 'suspended' ? restore(context, id) : device.status;
        if (answer !== null || status !== device.status) {
          note(context, actor, 'device.unlocked', device, { status, answered: answer !== null });
        }
        return { answer, status };
      }),
    setDeviceStatus: (id, status, actor) =>
      store.transaction(() => {
        const device = needDevice(store, id);
        if (device.status === status && !codeOut(context, device)) return false;
        const over = device.status === 'revoked' || device.status === 'retired';
        if (device.status === 'retired' || (over && status === 'suspended')) {
          throw refusedFor(device, 'nothing was changed');
        }
        store.setDeviceStatus(id, status);
        if (status !== 'suspended') giveUp(context, device);
        note(context, actor, `device.${status}`, device);
        return true;
      }),
    setLease: (id, lease, actor) =>
      store.transaction(() => {
        const device = needDevice(store, id);
        if (device.lease === lease) return;
        store.setLease(id, lease);
        note(context, actor, 'device.lease', device, { before: showLease(device.lease), after: showLease(lease) });
      }),
  };
}

/** Ends what could still bring the device in, but leaves the certificate by which it comes to be erased. */
function giveUp({ store, now }: Context, device: DeviceRow): void {
  store.endEnrolmentCodes(device.id, now());
  const reachable = store.certificates(device.id).some(({ state }) => state !== 'revoked');
  if (reachable && device.erase === 'none') store.setErase(device.id, 'asked', null);
}

/** Whether a code of a revoked device can still be used: revoking it once more takes back what was given since. */
function codeOut({ store, now }: Context, { id, status }: DeviceRow): boolean {
  return status === 'revoked' && store.enrolmentCodes(id).some(({ used, expires }) => used === null && expires > now());
}

function restore({ store }: Context, id: string): DeviceRow['status'] {
  const used = store.certificates(id).some(({ state }) => state === 'active');
  const status = used ? 'active' : 'new';
  store.setDeviceStatus(id, status);
  return status;
}

function answerTo({ store, seal }: Context, id: string, typed: string): string {
  const challenge = parseCode('challenge', typed);
  if (challenge === undefined) {
    throw new DirectoryError('refused', 'The number from the laptop’s screen is mistyped; read it out again.');
  }
  // A laptop that was enrolled and has not come since has the newer key.
  const sealed = store.pendingUnlockKey(id) ?? store.unlockKey(id);
  if (sealed === null) throw new DirectoryError('refused', `The device "${id}" was never enrolled.`);
  const key = seal.open(sealNames.unlock(id), sealed);
  const answer = unlockAnswer(key, challenge);
  key.fill(0);
  return answer;
}

function refusedFor({ id, status }: DeviceRow, then: string): DirectoryError {
  return new DirectoryError('refused', `The device "${id}" is ${status}; ${then}.`);
}

function showLease(lease: number | null): string | null {
  return lease === null ? null : new Date(lease).toISOString();
}
