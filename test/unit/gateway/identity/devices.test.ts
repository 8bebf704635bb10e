import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeCode, showCode } from '#contract/identity/code.ts';
import { activeDevice, admin, callerOf, client, codeAt, enrol, hour, machine, openRig, reasonOf } from './rig.ts';

const refusal = (problem: string) => expect.objectContaining({ name: 'DirectoryError', problem });

describe('the life of a device', () => {
  it('begins with a user who exists and an id of its own', async () => {
    const { identity } = await openRig();
    const make = (user: string, id?: string) =>
      identity.createDevice({ ...(id && { id }), user, label: 'L', lease: null, hours: 1, actor: admin });
    expect(() => make('nobody', 'a')).toThrow(refusal('unknown'));
    make('yamada', 'a');
    expect(() => make('yamada', 'a')).toThrow(refusal('exists'));
    expect(make('yamada').device.id).toMatch(/^device-[0-9a-f]{10}$/);
  });

  it('is interrupted by suspension, and goes on where it was when IT lifts it', async () => {
    const rig = await openRig();
    const { id, caller } = await activeDevice(rig);
    expect(rig.identity.setDeviceStatus(id, 'suspended', admin)).toBe(true);
    expect(rig.identity.setDeviceStatus(id, 'suspended', admin)).toBe(false);
    expect(rig.identity.door(caller.fingerprint)).toEqual({ refusal: 'deviceSuspended' });
    expect(() => rig.identity.newCode(id, { hours: 1, actor: admin })).toThrow(refusal('refused'));
    expect(rig.identity.unlockDevice(id, { challenge: null, actor: admin })).toEqual({
      answer: null,
      status: 'active',
    });
    expect(rig.identity.door(caller.fingerprint)).toMatchObject({ mode: 'normal' });

    const fresh = rig.identity.createDevice({ user: 'sato', label: 'L', lease: null, hours: 1, actor: admin });
    rig.identity.setDeviceStatus(fresh.device.id, 'suspended', admin);
    expect(rig.identity.unlockDevice(fresh.device.id, { challenge: null, actor: admin })).toMatchObject({
      status: 'new',
    });
  });

  it('ends with revocation: let in to be erased, and after that not at all', async () => {
    const rig = await openRig();
    const { id, caller, answer } = await activeDevice(rig);
    rig.identity.erased(id);
    expect(rig.identity.door(caller.fingerprint)).toMatchObject({ mode: 'normal' });

    rig.identity.setDeviceStatus(id, 'revoked', admin);
    expect(rig.identity.door(caller.fingerprint)).toMatchObject({ mode: 'eraseOnly', device: { erase: 'asked' } });
    expect(rig.identity.hello(caller, { client, machine })).toEqual({
      refusal: { reason: 'deviceRevoked', details: {} },
    });
    expect(() => rig.identity.unlockDevice(id, { challenge: null, actor: admin })).toThrow(refusal('refused'));
    expect(() => rig.identity.setDeviceStatus(id, 'suspended', admin)).toThrow(refusal('refused'));

    rig.clock.now += hour;
    rig.identity.erased(id);
    rig.identity.erased(id);
    expect(rig.identity.door(caller.fingerprint)).toEqual({ refusal: 'deviceRevoked' });
    expect(rig.store.device(id)).toMatchObject({ status: 'revoked', erase: 'done', erased: rig.clock.now });
    expect(rig.store.unlockKey(id)).toBeNull();
    expect(rig.store.otpSecret({ kind: 'device', id })).toBeUndefined();
    expect(rig.lines().filter(({ action }) => action === 'device.erased')).toHaveLength(1);
    expect(answer.device.id).toBe(id);
  });

  it('asks for no erasing where nothing was enrolled', async () => {
    const rig = await openRig();
    const { device, code } = rig.identity.createDevice({
      ...{ user: 'yamada', label: 'L', lease: null, hours: 1, actor: admin },
    });
    rig.identity.setDeviceStatus(device.id, 'revoked', admin);
    expect(rig.store.device(device.id)).toMatchObject({ erase: 'none' });
    expect(await reasonOf(() => enrol(rig, code))).toBe('enrolCodeExpired');
  });

  it('may begin anew after revocation, but what the device had before stays shut out', async () => {
    const rig = await openRig();
    const { id, caller } = await activeDevice(rig);
    rig.identity.setDeviceStatus(id, 'revoked', admin);
    const { code } = rig.identity.newCode(id, { hours: 1, actor: admin });
    // Until the code is used, the lost laptop can still be reached.
    expect(rig.identity.door(caller.fingerprint)).toMatchObject({ mode: 'eraseOnly' });
    const answer = await enrol(rig, code);
    expect(rig.identity.door(caller.fingerprint)).toEqual({ refusal: 'deviceRevoked' });
    const next = callerOf(answer, answer.certificate);
    expect(rig.identity.hello(next, { client, machine })).toEqual({ method: 'embedded' });
    expect(rig.identity.signIn(next, codeAt(answer.otp!, rig.clock.now))).toMatchObject({ ok: true });
    expect(rig.store.device(id)).toMatchObject({ status: 'active', erase: 'none' });
  });

  it('loses a code that it was given since when it is revoked once more', async () => {
    const rig = await openRig();
    const { id } = await activeDevice(rig);
    const revoke = () => rig.identity.setDeviceStatus(id, 'revoked', admin);
    expect([revoke(), revoke()]).toEqual([true, false]);
    const { code } = rig.identity.newCode(id, { hours: 1, actor: admin });
    expect([revoke(), revoke()]).toEqual([true, false]);
    expect(await reasonOf(() => enrol(rig, code))).toBe('enrolCodeExpired');
    expect(rig.store.device(id)).toMatchObject({ status: 'revoked', erase: 'asked' });
    expect(rig.lines().map(({ action }) => action)).toContain('device.revoked');
  });

  it('is over for good when it is retired', async () => {
    const rig = await openRig();
    const { id } = await activeDevice(rig);
    rig.identity.setDeviceStatus(id, 'retired', admin);
    expect(rig.store.device(id)).toMatchObject({ erase: 'asked' });
    for (const status of ['suspended', 'revoked'] as const) {
      expect(() => rig.identity.setDeviceStatus(id, status, admin)).toThrow(refusal('refused'));
    }
    expect(() => rig.identity.newCode(id, { hours: 1, actor: admin })).toThrow(refusal('refused'));
    expect(rig.identity.setDeviceStatus(id, 'retired', admin)).toBe(false);
  });

  it('is in the audit log from beginning to end, each line with who, which device and whose', async () => {
    const rig = await openRig();
    const { id } = await activeDevice(rig);
    rig.identity.setLease(id, rig.clock.now, admin);
    rig.identity.setLease(id, rig.clock.now, admin);
    rig.identity.setDeviceStatus(id, 'suspended', admin);
    rig.identity.unlockDevice(id, { challenge: null, actor: admin });
    rig.identity.setDeviceStatus(id, 'revoked', admin);
    rig.identity.erased(id);
    expect(rig.lines().map(({ action, actor }) => [action, actor.kind])).toEqual([
      ...[
        ['device.created', 'admin'],
        ['device.codeMade', 'admin'],
        ['device.enrolled', 'device'],
      ],
      ...[
        ['device.confirmed', 'device'],
        ['device.lease', 'admin'],
        ['device.suspended', 'admin'],
      ],
      ...[
        ['device.unlocked', 'admin'],
        ['device.revoked', 'admin'],
        ['device.erased', 'device'],
      ],
    ]);
    expect(rig.lines().every(({ device, user }) => device === id && user === 'yamada')).toBe(true);
  });

  it('does not change when its line cannot be written', async () => {
    const rig = await openRig();
    const { id } = await activeDevice(rig);
    rig.failAudit();
    expect(() => rig.identity.setDeviceStatus(id, 'suspended', admin)).toThrow('no space');
    expect(() => rig.identity.setMethod('yamada', 'prompted', admin)).toThrow('no space');
    expect(rig.store.device(id)).toMatchObject({ status: 'active' });
    expect(rig.store.user('yamada')).toMatchObject({ method: 'embedded' });
  });
});

describe('a locked laptop’s challenge', () => {
  const challenge = makeCode('challenge', new Uint8Array([1, 2, 3, 4, 5, 6, 7]));
  const answerOf = (unlockKey: string) =>
    makeCode(
      'unlock',
      createHmac('sha256', Buffer.from(unlockKey, 'base64url')).update(`hanare-unlock-1 ${challenge}`).digest(),
    );

  it('is answered by the device’s own key, however it was read out', async () => {
    const rig = await openRig();
    const { id, answer } = await activeDevice(rig);
    const other = await activeDevice(rig, 'sato');
    const unlock = (device: string) =>
      rig.identity.unlockDevice(device, { challenge: showCode(challenge).toLowerCase(), actor: admin }).answer;
    expect(unlock(id)).toBe(answerOf(answer.unlockKey));
    expect(unlock(other.id)).not.toBe(answerOf(answer.unlockKey));
    expect(rig.lines().at(-1)).toMatchObject({ action: 'device.unlocked', details: { answered: true } });
    expect(rig.bytes().includes(answerOf(answer.unlockKey))).toBe(false);
  });

  it('is answered for a laptop that was enrolled and has not come since', async () => {
    const rig = await openRig();
    const { id } = await activeDevice(rig);
    const { code } = rig.identity.newCode(id, { hours: 1, actor: admin });
    const again = await enrol(rig, code);
    expect(rig.identity.unlockDevice(id, { challenge, actor: admin }).answer).toBe(answerOf(again.unlockKey));
  });

  it('is refused when it is mistyped, the device was never enrolled, or is given up', async () => {
    const rig = await openRig();
    const { id } = await activeDevice(rig);
    const fresh = rig.identity.createDevice({ user: 'sato', label: 'L', lease: null, hours: 1, actor: admin });
    const unlock = (device: string, typed: string) => () =>
      rig.identity.unlockDevice(device, { challenge: typed, actor: admin });
    expect(unlock(id, `${challenge.slice(0, -1)}${challenge.endsWith('0') ? '1' : '0'}`)).toThrow(refusal('refused'));
    expect(unlock(fresh.device.id, challenge)).toThrow(refusal('refused'));
    rig.identity.setDeviceStatus(id, 'revoked', admin);
    expect(unlock(id, challenge)).toThrow(refusal('refused'));
    expect(unlock('nothing', challenge)).toThrow(refusal('unknown'));
  });
});
