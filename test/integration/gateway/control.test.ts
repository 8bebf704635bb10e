import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxControlBytes, wireVersion } from '#contract/wire/messages.ts';
import { closeCodes } from '#gateway/server/control-port.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { type Office, startOffice, until } from '#test/fixtures/gateway/office.ts';

describe('the control connection', () => {
  let office: Office;
  let device: TestDevice;
  beforeAll(async () => {
    office = await startOffice({ limits: { signInMs: 600, heartbeatMs: 80, silenceMs: 400, sessionsPerControl: 2 } });
    device = await office.enrol('yamada', { id: 'pc-1', port: 9 });
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
  });

  it('gives the gateway time with the challenge', async () => {
    const before = Date.now();
    const control = await office.control(device);
    control.send(hello);
    const { serverTime } = await control.next('challenge');
    expect(serverTime).toBeGreaterThanOrEqual(before);
    expect(serverTime).toBeLessThanOrEqual(Date.now());
    await control.close();
  });

  it('stays alive as long as the client answers, and dies of silence', async () => {
    const control = await office.control(device);
    await control.signIn();
    let pings = 0;
    const answered = new Promise<void>((resolve) => {
      control.ws.on('message', (data) => {
        if (data.toString().includes('"ping"') && ++pings === 10) resolve();
      });
    });
    await answered;
    expect(control.ws.readyState).toBe(control.ws.OPEN);
    control.ws.removeAllListeners('message');
    expect(await control.closed).toBe(1006);
  });

  it('is closed when nobody signs in', async () => {
    const control = await office.control(device);
    const chatter = setInterval(() => control.ws.ping(), 100);
    expect(await control.closed).toBe(closeCodes.policy);
    clearInterval(chatter);
  });

  it('refuses a user who was stopped', async () => {
    const other = await office.enrol('sato', { id: 'pc-2', port: 9 });
    const { DatabaseSync } = await import('node:sqlite');
    const { sitePaths } = await import('#gateway/site/site.ts');
    const db = new DatabaseSync(sitePaths(office.dataDir).store);
    db.exec("UPDATE users SET status = 'stopped' WHERE id = 'sato'");
    db.close();
    const control = await office.control(other);
    control.send(hello);
    expect(await control.next('authFail')).toEqual({
      ...{ type: 'authFail', reason: 'signInRefused', details: {}, final: true },
    });
    expect(await control.closed).toBe(closeCodes.policy);
  });

  const otp = { kind: 'totp', code: '000000' };
  const short = { type: 'auth', nonce: 'x', otp: { kind: 'totp', code: '12345' } };
  const wrong: readonly (readonly [string, readonly (string | Buffer)[], number])[] = [
    ['something before hello', ['{"type":"ping","n":1}'], closeCodes.policy],
    ['a second hello', [JSON.stringify(hello), JSON.stringify(hello)], closeCodes.policy],
    ['an open before sign-in', [JSON.stringify(hello), '{"type":"open","request":1,"desk":"pc-1"}'], closeCodes.policy],
    ['a wrong nonce', [JSON.stringify(hello), JSON.stringify({ type: 'auth', nonce: 'x', otp })], closeCodes.policy],
    [
      'an extension before sign-in',
      [JSON.stringify(hello), JSON.stringify({ type: 'extend', otp })],
      closeCodes.policy,
    ],
    ['an erasing that nobody asked for', [JSON.stringify(hello), '{"type":"erased"}'], closeCodes.policy],
    ['a one-time password of five digits', [JSON.stringify(hello), JSON.stringify(short)], closeCodes.protocol],
    ['no JSON', ['hello'], closeCodes.protocol],
    ['an unknown message', ['{"type":"admin"}'], closeCodes.protocol],
    ['an unknown field', [JSON.stringify({ ...hello, extra: 1 })], closeCodes.protocol],
    ['another version', [JSON.stringify({ ...hello, version: wireVersion - 1 })], closeCodes.protocol],
    ['a hello without machine', [JSON.stringify({ ...hello, machine: undefined })], closeCodes.protocol],
    ['a binary frame', [Buffer.from(JSON.stringify(hello))], closeCodes.binary],
    ['a frame that is too long', ['x'.repeat(maxControlBytes + 1)], 1009],
  ];
  it.each(wrong)('is closed by %s', async (_, frames, code) => {
    const control = await office.control(device);
    for (const frame of frames) control.ws.send(frame);
    expect(await control.closed).toBe(code);
  });

  it('is closed by a flood of messages, and of bare frames', async () => {
    const control = await office.control(device);
    await control.signIn();
    for (let n = 0; n < 200; n++) control.send({ type: 'ping', n });
    expect(await control.closed).toBe(closeCodes.policy);
    const pinger = await office.control(device);
    for (let n = 0; n < 200; n++) pinger.ws.ping();
    expect(await pinger.closed).toBe(1006);
  });

  it('grants only so many sessions at a time', async () => {
    const control = await office.control(device);
    await control.signIn();
    for (const id of ['pc-3', 'pc-4']) await office.enrol('yamada', { id, port: 9 });
    const first = await control.open('pc-1');
    expect([first.type, (await control.open('pc-3')).type]).toEqual(['grant', 'grant']);
    expect(await control.open('pc-4')).toMatchObject({ type: 'refused', reason: 'gatewayBusy' });
    if (first.type === 'grant') control.send({ type: 'close', sid: first.sid });
    expect((await control.open('pc-4')).type).toBe('grant');
    await control.close();
  });

  it('hears when a grant was never used', async () => {
    let now = Date.now();
    const clock = { now: () => now, monotonic: () => performance.now() };
    const late = await startOffice({ clock });
    const control = await late.control(await late.enrol('yamada', { id: 'pc-1', port: 9 }));
    await control.signIn();
    const grant = await control.open('pc-1');
    now += 61_000;
    expect(await control.next('closed')).toMatchObject({ reason: 'grantRefused', sid: (grant as { sid: string }).sid });
    await control.close();
    await late.stop();
  });

  it('is told to drain when the gateway stops, gets no new session, and is closed', async () => {
    const stopping = await startOffice({ limits: { drainMs: 300 } });
    const control = await stopping.control(await stopping.enrol('yamada', { id: 'pc-1', port: 9 }));
    await control.signIn();
    const stopped = stopping.stop();
    const { deadline } = await control.next('drain');
    expect(deadline).toBeGreaterThan(Date.now() - 1000);
    expect(await control.open('pc-1')).toMatchObject({ type: 'refused', reason: 'gatewayBusy' });
    expect(await control.closed).toBe(closeCodes.goingAway);
    await stopped;
    expect(stopping.gateway.figures()).toEqual({ sockets: 0, controls: 0, sessions: 0 });
  });
});
