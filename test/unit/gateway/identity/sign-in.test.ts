import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  activeDevice,
  admin,
  callerOf,
  client,
  codeAt,
  enrol,
  hour,
  machine,
  openRig,
  type Rig,
  wrongCode,
} from './rig.ts';

const minute = 60_000;

async function signingIn() {
  const rig = await openRig();
  const { id, caller, answer } = await activeDevice(rig);
  const otp = answer.otp!;
  return {
    ...{ rig, id, caller, otp },
    /** A code of `offset` seconds from the gateway's clock. */
    at: (offset: number) => rig.identity.signIn(caller, codeAt(otp, rig.clock.now + offset * 1000)),
    wrong: () => rig.identity.signIn(caller, wrongCode(otp, rig.clock.now)),
  };
}

const failedWith = (reason: string, details = {}, final = false) => ({
  ok: false,
  failure: { reason, details },
  final,
});

/** Fails `count` times, waiting out each delay. */
function failTimes(rig: Rig, count: number, wrong: () => unknown): void {
  for (let index = 0; index < count; index++) {
    wrong();
    rig.clock.now += minute;
  }
}

describe('a one-time password', () => {
  it('lets in, with the sign-in’s end and a policy for this device', async () => {
    const { rig, id, at } = await signingIn();
    rig.identity.setLease(id, rig.clock.now + hour, admin);
    const result = at(0);
    expect(result).toMatchObject({ ok: true, until: rig.clock.now + 12 * hour, lease: rig.clock.now + hour });
    const claims = decodeJwt(await (result as { policy: Promise<string> }).policy);
    expect(claims).toMatchObject({ iss: 'urn:test', sub: id, policy: { version: 1 } });
  });

  it('is accepted one step early or late, and the drift is recorded', async () => {
    for (const offset of [-30, 0, 30]) {
      const { rig, id, at } = await signingIn();
      expect(at(offset), String(offset)).toMatchObject({ ok: true });
      expect(rig.store.device(id)?.drift).toBe(offset);
    }
  });

  it('is refused two steps and more away, in words about the clock and without counting', async () => {
    const { rig, at } = await signingIn();
    for (const seconds of [-300, -90, -60, 60, 90, 300]) {
      expect(at(seconds), String(seconds)).toEqual(failedWith('otpClock', { seconds }));
    }
    expect(rig.store.user('yamada')).toMatchObject({ failures: 0 });
    expect(at(330)).toEqual(failedWith('otpWrong', { left: 9 }));
  });

  it('keeps to the window however much drift was seen before', async () => {
    const { rig, at } = await signingIn();
    expect(at(30)).toMatchObject({ ok: true });
    rig.clock.now += 30_000;
    expect(at(30)).toMatchObject({ ok: true });
    expect(at(60)).toEqual(failedWith('otpClock', { seconds: 60 }));
  });

  it('works once, and never again after a later one was used; that counts as no guess', async () => {
    const { rig, at } = await signingIn();
    expect(at(0)).toMatchObject({ ok: true });
    expect(at(0)).toEqual(failedWith('otpUsed'));
    expect(at(30)).toMatchObject({ ok: true });
    expect(at(-30)).toEqual(failedWith('otpUsed'));
    expect(at(0)).toEqual(failedWith('otpUsed'));
    expect(rig.store.user('yamada')).toMatchObject({ failures: 0 });
  });

  it('of another device is a wrong one', async () => {
    const { rig, otp } = await signingIn();
    const other = await activeDevice(rig, 'sato');
    expect(rig.identity.signIn(other.caller, codeAt(otp, rig.clock.now))).toEqual(failedWith('otpWrong', { left: 9 }));
  });

  it('is delayed from the third failure on by 2, 4, 8 … 60 seconds; a try within the delay is not looked at', async () => {
    const { rig, at, wrong } = await signingIn();
    expect([wrong(), wrong()]).toEqual([failedWith('otpWrong', { left: 9 }), failedWith('otpWrong', { left: 8 })]);
    const delays: unknown[] = [];
    for (let failures = 3; failures < 10; failures++) {
      expect(wrong()).toEqual(failedWith('otpWrong', { left: 10 - failures }));
      const early = at(0);
      expect(early).toMatchObject(failedWith('otpDelayed', { seconds: expect.any(Number) }));
      const { seconds } = (early as unknown as { failure: { details: { seconds: number } } }).failure.details;
      delays.push(seconds);
      rig.clock.now += seconds * 1000 - 1;
      expect(wrong()).toEqual(failedWith('otpDelayed', { seconds: 1 }));
      rig.clock.now += 1;
    }
    expect(delays).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect(at(0)).toMatchObject({ ok: true });
    expect(rig.store.user('yamada')).toMatchObject({ failures: 0, notBefore: 0 });
  });

  it('wrong ten times locks the user for half an hour, right codes too, and no other user', async () => {
    const { rig, at, wrong } = await signingIn();
    const other = await activeDevice(rig, 'sato');
    failTimes(rig, 9, wrong);
    expect(wrong()).toEqual(failedWith('userLocked', { seconds: 1800 }, true));
    rig.clock.now += 29 * minute;
    expect(at(0)).toEqual(failedWith('userLocked', { seconds: 60 }, true));
    expect(rig.identity.signIn(other.caller, codeAt(other.answer.otp!, rig.clock.now))).toMatchObject({ ok: true });
    rig.clock.now += minute;
    expect(wrong()).toEqual(failedWith('otpWrong', { left: 9 }));
    expect(at(0)).toMatchObject({ ok: true });
  });

  it('works again at once when IT unlocks the user', async () => {
    const { rig, at, wrong } = await signingIn();
    expect(rig.identity.unlockUser('yamada', admin)).toBe(false);
    failTimes(rig, 10, wrong);
    expect(rig.identity.unlockUser('yamada', admin)).toBe(true);
    expect(at(0)).toMatchObject({ ok: true });
    expect(rig.lines().filter(({ action }) => action === 'user.unlocked')).toHaveLength(1);
  });

  it('extends a sign-in under the same rules', async () => {
    const { rig, caller, otp, at } = await signingIn();
    at(0);
    const extend = () => rig.identity.extend(caller, codeAt(otp, rig.clock.now));
    expect(extend()).toEqual(failedWith('otpUsed'));
    rig.clock.now += 11 * hour;
    expect(extend()).toEqual({ ok: true, until: rig.clock.now + 12 * hour });
  });

  it('opens nothing for a device, certificate, user or loan that is over since the door', async () => {
    const { rig, id, caller, at } = await signingIn();
    const another = { ...caller, user: 'sato' };
    expect(rig.identity.signIn(another, { kind: 'totp', code: '000000' })).toEqual(
      failedWith('signInRefused', {}, true),
    );
    rig.identity.setLease(id, rig.clock.now - 1, admin);
    expect(at(0)).toEqual(failedWith('leaseOver', {}, true));
    rig.identity.setLease(id, null, admin);
    rig.identity.setDeviceStatus(id, 'suspended', admin);
    expect(at(0)).toEqual(failedWith('deviceSuspended', { device: id }, true));
    rig.identity.setDeviceStatus(id, 'revoked', admin);
    expect(at(0)).toEqual(failedWith('deviceRevoked', {}, true));
    const unknown = { ...caller, fingerprint: 'x' };
    expect(rig.identity.signIn(unknown, { kind: 'totp', code: '000000' })).toEqual(
      failedWith('deviceRevoked', {}, true),
    );
  });

  it('is written down with its outcome, and never the code', async () => {
    const { rig, otp, at, wrong } = await signingIn();
    at(0);
    at(0);
    wrong();
    const said = rig.lines().filter(({ action }) => action.startsWith('signIn.'));
    expect(said.map(({ action, user, details }) => [action, user, details])).toEqual([
      ['signIn.accepted', 'yamada', { kind: 'totp' }],
      ['signIn.refused', 'yamada', { reason: 'otpUsed' }],
      ['signIn.refused', 'yamada', { reason: 'otpWrong', left: 9 }],
    ]);
    const { code } = codeAt(otp, rig.clock.now);
    expect(JSON.stringify(said)).not.toContain(code);
    expect(rig.bytes().includes(otp.secret)).toBe(false);
  });
});

describe('a prompted one-time password', () => {
  const prompted = async () => {
    const rig = await openRig();
    rig.identity.setMethod('yamada', 'prompted', admin);
    const { uri, secret } = rig.identity.resetOtp('yamada', admin);
    const device = await activeDevice(rig);
    return { rig, uri, phone: { secret, algorithm: 'sha1' as const }, ...device };
  };

  it('is made by the phone that scanned the code, and the laptop is given no secret', async () => {
    const { rig, uri, phone, answer, caller } = await prompted();
    expect(answer.otp).toBeNull();
    const url = new URL(uri);
    expect([url.protocol, url.pathname, url.searchParams.get('secret'), url.searchParams.get('issuer')]).toEqual([
      ...['otpauth:', '/Test:yamada', phone.secret, 'Test'],
    ]);
    expect(rig.identity.hello(caller, { client, machine })).toEqual({ method: 'prompted' });
    expect(rig.identity.signIn(caller, codeAt(phone, rig.clock.now))).toMatchObject({ ok: true });
    expect(rig.bytes().includes(phone.secret)).toBe(false);
  });

  it('works once for all of the person’s laptops', async () => {
    const { rig, phone, caller } = await prompted();
    const second = await activeDevice(rig);
    const code = codeAt(phone, rig.clock.now);
    expect(rig.identity.signIn(caller, code)).toMatchObject({ ok: true });
    expect(rig.identity.signIn(second.caller, code)).toEqual(failedWith('otpUsed'));
  });

  it('of the old phone is wrong after a reset', async () => {
    const { rig, phone, caller } = await prompted();
    rig.identity.resetOtp('yamada', admin);
    expect(rig.identity.signIn(caller, codeAt(phone, rig.clock.now))).toEqual(failedWith('otpWrong', { left: 9 }));
  });

  it('is asked of a person whose laptop was given no secret, whatever the method is by now', async () => {
    const { rig, phone, caller } = await prompted();
    rig.identity.setMethod('yamada', 'embedded', admin);
    expect(rig.identity.hello(caller, { client, machine })).toEqual({ method: 'prompted' });
    expect(rig.identity.signIn(caller, codeAt(phone, rig.clock.now))).toMatchObject({ ok: true });
  });

  it('is wrong, whatever it is, as long as no phone was set up', async () => {
    const rig = await openRig();
    rig.identity.setMethod('yamada', 'prompted', admin);
    const { caller } = await activeDevice(rig);
    expect(rig.identity.signIn(caller, { kind: 'totp', code: '000000' })).toEqual(failedWith('otpWrong', { left: 9 }));
  });

  it('is set up only where a phone makes them', async () => {
    const rig = await openRig();
    expect(() => rig.identity.resetOtp('yamada', admin)).toThrow(expect.objectContaining({ problem: 'refused' }));
    expect(() => rig.identity.resetOtp('nobody', admin)).toThrow(expect.objectContaining({ problem: 'unknown' }));
  });
});

describe('an emergency code', () => {
  const withCodes = async () => {
    const setup = await signingIn();
    const codes = setup.rig.identity.emergencyCodes('yamada', admin);
    const use = (code: string) => setup.rig.identity.signIn(setup.caller, { kind: 'emergency', code });
    return { ...setup, codes, use };
  };

  it('works once, one by one, whatever the method', async () => {
    const { rig, codes, use } = await withCodes();
    expect(new Set(codes).size).toBe(10);
    expect(use(codes[0]!)).toMatchObject({ ok: true });
    expect(use(codes[0]!)).toEqual(failedWith('emergencyCodeWrong', { left: 9 }));
    rig.identity.setMethod('yamada', 'prompted', admin);
    expect(use(codes[1]!)).toMatchObject({ ok: true });
    for (const code of codes) expect(rig.bytes().includes(code)).toBe(false);
  });

  it('of another user or an older list is wrong, and counts', async () => {
    const { rig, codes, use } = await withCodes();
    const others = rig.identity.emergencyCodes('sato', admin);
    expect(use(others[0]!)).toEqual(failedWith('emergencyCodeWrong', { left: 9 }));
    rig.identity.emergencyCodes('yamada', admin);
    expect(use(codes[0]!)).toEqual(failedWith('emergencyCodeWrong', { left: 8 }));
    expect(use('000000000001')).toEqual(failedWith('emergencyCodeWrong', { left: 7 }));
    expect(rig.store.user('sato')).toMatchObject({ failures: 0 });
  });

  it('counts together with wrong numbers, and is locked out with them', async () => {
    const { rig, codes, use, wrong } = await withCodes();
    failTimes(rig, 9, wrong);
    expect(use('000000000001')).toEqual(failedWith('userLocked', { seconds: 1800 }, true));
    expect(use(codes[0]!)).toEqual(failedWith('userLocked', { seconds: 1800 }, true));
  });
});

describe('hello', () => {
  it('refuses a client that is too old, in numbers and not in letters, and a loan that is over', async () => {
    const rig = await openRig({ policy: { minimumVersion: '1.10.0' } });
    const { device, code } = rig.identity.createDevice({
      ...{ user: 'yamada', label: 'L', lease: null, hours: 1, actor: admin },
    });
    const answer = await enrol(rig, code);
    const caller = callerOf(answer, answer.certificate);
    const hello = (version: string) => rig.identity.hello(caller, { client: { ...client, version }, machine });
    expect(hello('1.9.9')).toEqual({ refusal: { reason: 'clientTooOld', details: { minimum: '1.10.0' } } });
    expect(hello('1.10.0')).toEqual({ method: 'embedded' });
    expect(rig.store.device(device.id)).toMatchObject({ clientVersion: '1.10.0', lastSeen: rig.clock.now, machine });
    rig.identity.setLease(device.id, rig.clock.now - 1, admin);
    expect(hello('1.10.0')).toEqual({ refusal: { reason: 'leaseOver', details: {} } });
  });

  it('records another machine with both sets of facts, and keeps what it once knew', async () => {
    const { rig, id, caller } = await signingIn();
    const silent = { uuid: null, serial: null, macs: [] };
    rig.identity.hello(caller, { client, machine: silent });
    expect(rig.store.device(id)).toMatchObject({ machine, machineChanged: null });
    const other = { ...machine, serial: 's-2' };
    rig.clock.now += hour;
    expect(rig.identity.hello(caller, { client, machine: other })).toEqual({ method: 'embedded' });
    expect(rig.store.device(id)).toMatchObject({ machine: other, machineChanged: rig.clock.now });
    const [line] = rig.lines().filter(({ action }) => action === 'machine.changed');
    expect(line).toMatchObject({ device: id, user: 'yamada', details: { before: machine, after: other } });
    rig.identity.cloneSeen(caller, machine, other);
    expect(rig.lines().at(-1)).toMatchObject({ action: 'device.cloned', details: { first: machine, second: other } });
  });
});
