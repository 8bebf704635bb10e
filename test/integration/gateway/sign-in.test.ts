import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPolicy, policyClaims, trialRules } from '#contract/policy/policy.ts';
import { closeCodes } from '#gateway/server/control-port.ts';
import { type ControlClient, dialControl, hello } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { freshOtp, type TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { identityOf, type Office, over, startOffice, until } from '#test/fixtures/gateway/office.ts';
import { totp } from '#test/fixtures/gateway/totp.ts';

const admin = { kind: 'admin', name: 'test' } as const;
const sessionMs = defaultPolicy.sessionSeconds * 1000;

/* The clock of this gateway stands still unless a test moves it: steps of one-time passwords do not change under way. */
describe('a sign-in', () => {
  let office: Office;
  let echo: FakeDesk;
  let now = Date.now();
  let people = 0;
  beforeAll(async () => {
    office = await startOffice({
      clock: { now: () => now, monotonic: () => performance.now() },
      limits: { signInLookMs: 20 },
    });
    echo = await startEchoDesk();
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
    await echo.stop();
  });

  const person = async () => {
    const name = `user-${people++}`;
    // A certificate of a later day would not be valid yet for TLS, which has the real clock.
    const later = now;
    now = Date.now();
    const device = await office.enrol(name, { id: `pc-${name}`, port: echo.port });
    now = later;
    const control = await office.control(device);
    return { name, device, control };
  };
  const challenged = async (control: ControlClient) => {
    control.send(hello);
    return control.next('challenge');
  };
  const right = (device: TestDevice) => freshOtp(office.gateway.store, device, now);
  const wrong = (device: TestDevice) => {
    const { code } = right(device);
    return { kind: 'totp', code: String((Number(code) + 1) % 1_000_000).padStart(6, '0') };
  };
  const openScreen = async (control: ControlClient, device: TestDevice) => {
    const grant = await control.open(`pc-${device.user.id}`);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { status, socket } = await office.connect(device, grant.desk.id, grant.token);
    expect(status).toBe(200);
    return { sid: grant.sid, socket };
  };

  it('gives until, lease and a policy that the site signed for this device', async () => {
    const { device, control } = await person();
    const lease = now + 86_400_000;
    office.gateway.identity.setLease(device.device.id, lease, admin);
    const ok = await control.signIn();
    expect(ok).toMatchObject({ until: now + sessionMs, lease });
    const key = createPublicKey(device.answer.policyKey);
    const { payload } = await jwtVerify(ok.policy, key, { algorithms: ['ES256'], currentDate: new Date(now) });
    const claims = v.parse(policyClaims, payload);
    expect(claims).toMatchObject({ sub: device.device.id, policy: { ...defaultPolicy, ...trialRules } });
    await control.close();
  });

  it('may be tried again on the same connection after a wrong one-time password', async () => {
    const { device, control } = await person();
    const { nonce, method } = await challenged(control);
    expect(method).toBe('embedded');
    control.send({ type: 'auth', nonce, otp: wrong(device) });
    expect(await control.next('authFail')).toMatchObject({ reason: 'otpWrong', details: { left: 9 }, final: false });
    expect(await openRefusedBeforeSignIn(device)).toBe(closeCodes.policy);
    control.send({ type: 'auth', nonce, otp: right(device) });
    await control.next('authOk');
    await control.close();
  });
  /** On another connection of the same device, which has said hello only. */
  const openRefusedBeforeSignIn = async (device: TestDevice) => {
    const other = await office.control(device);
    await challenged(other);
    other.send({ type: 'open', request: 1, desk: `pc-${device.user.id}` });
    return other.closed;
  };

  it('takes a one-time password once, also on another connection', async () => {
    const { device, control } = await person();
    const otp = totp(device.otpSecret!, now);
    const first = await challenged(control);
    control.send({ type: 'auth', nonce: first.nonce, otp });
    await control.next('authOk');
    const again = await office.control(device);
    const { nonce } = await challenged(again);
    again.send({ type: 'auth', nonce, otp });
    expect(await again.next('authFail')).toMatchObject({ reason: 'otpUsed', final: false });
    expect(control.ws.readyState).toBe(control.ws.OPEN);
    await Promise.all([control.close(), again.close()]);
  });

  it('is refused for a clock that is 60 or 90 s off, with the seconds, and taken within 30 s', async () => {
    const { device, control } = await person();
    const { nonce } = await challenged(control);
    for (const seconds of [60, 90, -60, -90]) {
      control.send({ type: 'auth', nonce, otp: totp(device.otpSecret!, now + seconds * 1000) });
      const answer = await control.next('authFail');
      expect(answer).toMatchObject({ reason: 'otpClock', details: { seconds }, final: false });
    }
    await control.close();
    for (const seconds of [-30, 0, 30]) {
      const taken = await office.control(device);
      const asked = await challenged(taken);
      taken.send({ type: 'auth', nonce: asked.nonce, otp: totp(device.otpSecret!, now + seconds * 1000) });
      await taken.next('authOk');
      expect(office.gateway.store.device(device.device.id)?.drift).toBe(seconds);
      await taken.close();
    }
  });

  it('is delayed from the third wrong try on and locked at the tenth, for this user only', async () => {
    const { name, device, control } = await person();
    const { nonce } = await challenged(control);
    const heard: string[] = [];
    for (let n = 1; n <= 10; n++) {
      control.send({ type: 'auth', nonce, otp: wrong(device) });
      const { reason, final } = await control.next('authFail');
      heard.push(reason);
      expect(final).toBe(reason === 'userLocked');
      if (n < 3 || final) continue;
      // Even the right one has to wait.
      control.send({ type: 'auth', nonce, otp: right(device) });
      const { reason: pause, details } = await control.next('authFail');
      expect(pause).toBe('otpDelayed');
      now += Number(details.seconds) * 1000;
    }
    expect(heard).toEqual([...Array(9).fill('otpWrong'), 'userLocked']);
    expect(await control.closed).toBe(closeCodes.policy);

    const other = await person();
    await other.control.signIn();
    const locked = await office.control(device);
    await expect(locked.signIn()).rejects.toThrow('userLocked');
    office.gateway.identity.unlockUser(name, admin);
    const unlocked = await office.control(device);
    await unlocked.signIn();
    await Promise.all([other.control.close(), unlocked.close()]);
  });

  it('is not even tried without a device certificate', async () => {
    const failed = dialControl(office.port, { ca: office.ca.certificate });
    await expect(failed).rejects.toThrow('403');
  });

  it('works with an emergency code, once', async () => {
    const { name, device, control } = await person();
    const [code] = office.gateway.identity.emergencyCodes(name, admin);
    const { nonce } = await challenged(control);
    control.send({ type: 'auth', nonce, otp: { kind: 'emergency', code } });
    await control.next('authOk');
    const again = await office.control(device);
    const second = await challenged(again);
    again.send({ type: 'auth', nonce: second.nonce, otp: { kind: 'emergency', code } });
    expect(await again.next('authFail')).toMatchObject({ reason: 'emergencyCodeWrong', final: false });
    await Promise.all([control.close(), again.close()]);
  });

  it('is over at `until`: the session ends, the client learns why, nothing new opens', async () => {
    const { device, control } = await person();
    await control.signIn();
    const { sid, socket } = await openScreen(control, device);
    now += sessionMs;
    expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'signInExpired' });
    expect(await control.closed).toBe(closeCodes.policy);
    await over(socket);
    expect(office.gateway.store.session(sid)?.reason).toBe('signInExpired');
  });

  it.each([
    ['runs out', (id: string) => office.gateway.identity.setLease(id, now + 60_000, admin), 60_001],
    ['is ended by the office', (id: string) => office.gateway.identity.setLease(id, now - 1, admin), 0],
  ])('is over when the loan of the laptop %s, with its session', async (_, lend, wait) => {
    const { device, control } = await person();
    await control.signIn();
    const { sid, socket } = await openScreen(control, device);
    lend(device.device.id);
    now += wait;
    expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'leaseOver' });
    expect(await control.closed).toBe(closeCodes.policy);
    await over(socket);
    expect(office.gateway.store.session(sid)?.reason).toBe('leaseOver');
  });

  it('lasts longer when it is extended with a fresh one-time password, and only then', async () => {
    const { device, control } = await person();
    const { until: first } = await control.signIn();
    const { sid, socket } = await openScreen(control, device);
    now += sessionMs - 60_000;
    control.send({ type: 'extend', otp: wrong(device) });
    expect(await control.next('authFail')).toMatchObject({ reason: 'otpWrong', final: false });
    control.send({ type: 'extend', otp: right(device) });
    expect(await control.next('extended')).toEqual({ type: 'extended', until: now + sessionMs });
    now = first + 1000;
    // Twice as long as the gateway needs to notice.
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(office.gateway.store.session(sid)?.state).toBe('open');
    await control.close();
    await over(socket);
  });

  it('ends with its sessions when the tries to extend it lock the user', async () => {
    const { device, control } = await person();
    await control.signIn();
    const { sid, socket } = await openScreen(control, device);
    for (;;) {
      control.send({ type: 'extend', otp: wrong(device) });
      const { reason, details, final } = await control.next('authFail');
      if (final) {
        expect(reason).toBe('userLocked');
        break;
      }
      if (reason === 'otpDelayed') now += Number(details.seconds) * 1000;
    }
    expect(await control.closed).toBe(closeCodes.policy);
    await over(socket);
    expect(office.gateway.store.session(sid)?.reason).toBe('userLocked');
  });

  it('is refused to a client that is too old, and to a laptop whose loan is over', async () => {
    const { device, control } = await person();
    control.send({ ...hello, client: { version: 'no number', platform: 'test' } });
    expect(await control.next('authFail')).toEqual({
      ...{ type: 'authFail', reason: 'clientTooOld', details: { minimum: '0.0.0' }, final: true },
    });
    expect(await control.closed).toBe(closeCodes.policy);
    office.gateway.identity.setLease(device.device.id, now - 1, admin);
    const late = await office.control(device);
    late.send(hello);
    expect(await late.next('authFail')).toMatchObject({ reason: 'leaseOver', final: true });
    expect(await late.closed).toBe(closeCodes.policy);
  });

  it('asks a person whose phone makes the numbers, and takes only those', async () => {
    const { store, identity } = office.gateway;
    const owner = await person();
    await owner.control.close();
    identity.setMethod(owner.name, 'prompted', admin);
    const { secret } = identity.resetOtp(owner.name, admin);
    const control = await dialControl(office.port, identityOf(owner.device));
    const { nonce, method } = await challenged(control);
    expect(method).toBe('prompted');
    control.send({ type: 'auth', nonce, otp: freshOtp(store, owner.device, now) });
    expect(await control.next('authFail')).toMatchObject({ reason: 'otpWrong' });
    control.send({ type: 'auth', nonce, otp: totp(secret, now, 'sha1') });
    await control.next('authOk');
    await control.close();
  });
});
