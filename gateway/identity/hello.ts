import { isOlder } from '#contract/policy/policy.ts';
import type { Machine } from '#contract/wire/messages.ts';
import { type Context, deviceActor, failed, isOver, methodOf, note, type Standing, standingOf } from './context.ts';
import type { Identity } from './identity.ts';
import { differentMachine, mergeMachine } from './machine.ts';

/** The door and the first message: who it is, and whether it is still the laptop that was enrolled. */
export function createEntrance(context: Context): Pick<Identity, 'door' | 'hello' | 'cloneSeen' | 'erased'> {
  const { store, audit, policies } = context;

  const hello: Identity['hello'] = (caller, { client, machine }) => {
    const standing = standingOf(store, caller);
    if ('failure' in standing) return { refusal: standing.failure };
    const { device, user } = standing;
    const now = context.now();
    if (standing.certificate.state === 'new') confirm(context, standing, now);
    store.recordContact(device.id, now, client.version);
    recordMachine(context, device.id, machine, now);
    const { minimumVersion: minimum } = policies.effective(device.id, user.id).policy;
    if (isOlder(client.version, minimum)) {
      return { refusal: failed('clientTooOld', { minimum }).failure };
    }
    if (isOver(device.lease, now)) return { refusal: failed('leaseOver').failure };
    return { method: methodOf(store, { device, user }) };
  };

  return {
    door: (fingerprint) => {
      const device = store.deviceByFingerprint(fingerprint);
      if (device === undefined) return { refusal: 'deviceRevoked' };
      switch (device.status) {
        case 'new':
        case 'active':
          return { device, mode: 'normal' };
        case 'suspended':
          return { refusal: 'deviceSuspended' };
        case 'revoked':
        case 'retired':
          return device.erase === 'asked' ? { device, mode: 'eraseOnly' } : { refusal: 'deviceRevoked' };
        default:
          return device.status satisfies never;
      }
    },
    hello: (caller, said) => store.transaction(() => hello(caller, said)),
    cloneSeen: ({ device, user }, first, second) => {
      audit.append({ actor: deviceActor(device), action: 'device.cloned', device, user, details: { first, second } });
    },
    erased: (id) =>
      store.transaction(() => {
        const device = store.device(id);
        // Only what was asked for: nobody gets rid of a registration by saying so.
        if (device?.erase !== 'asked') return;
        store.setErase(id, 'done', context.now());
        store.revokeCertificates(id);
        store.setUnlockKey(id, null);
        store.removeOtpSecret({ kind: 'device', id });
        note(context, deviceActor(id), 'device.erased', device);
      }),
  };
}

/**
 * The first use of a certificate: from here on it is the device's only one, and its code is used up.
 * INVARIANT: one code makes at most one active device.
 */
function confirm(context: Context, { device, certificate }: Standing, now: number): void {
  const { store } = context;
  const { id } = device;
  const given = store.activateCertificate(certificate.fingerprint);
  store.revokeCertificates(id, certificate.fingerprint);
  if (given !== undefined) {
    store.markEnrolmentCodeUsed(given.code, now);
    store.setUnlockKey(id, given.unlockKey);
    if (given.otpSecret === null) store.removeOtpSecret({ kind: 'device', id });
    else store.setOtpSecret({ kind: 'device', id }, given.otpSecret, now);
    store.setMachine(id, given.machine, null);
  }
  store.setDeviceStatus(id, 'active');
  const action = given === undefined ? 'certificate.renewed' : 'device.confirmed';
  note(context, deviceActor(id), action, device, { serial: certificate.serial });
}

function recordMachine(context: Context, id: string, machine: Machine, now: number): void {
  const { store } = context;
  // Read again: a certificate that was just confirmed brought its own facts.
  const device = store.device(id)!;
  const { machine: before } = device;
  const changed = before !== null && differentMachine(before, machine);
  store.setMachine(id, mergeMachine(before, machine), changed ? now : device.machineChanged);
  if (changed) note(context, deviceActor(id), 'machine.changed', device, { before, after: machine });
}
