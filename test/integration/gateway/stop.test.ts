import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes } from '#gateway/server/control-port.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { type Office, over, readAnswer, startOffice, until } from '#test/fixtures/gateway/office.ts';

const admin = { kind: 'admin', name: 'test' } as const;

describe('a device that is stopped', () => {
  let office: Office;
  let echo: FakeDesk;
  let people = 0;
  beforeAll(async () => {
    office = await startOffice({ limits: { eraseMs: 600 } });
    echo = await startEchoDesk();
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
    await echo.stop();
  });

  const working = async () => {
    const name = `user-${people++}`;
    const device = await office.enrol(name, { id: `pc-${name}`, port: echo.port });
    const control = await office.control(device);
    await control.signIn();
    const grant = await control.open(`pc-${name}`);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { status, socket } = await office.connect(device, grant.desk.id, grant.token);
    expect(status).toBe(200);
    return { name, device, control, sid: grant.sid, socket };
  };
  const stop = (device: TestDevice, status: 'suspended' | 'revoked' | 'retired') =>
    office.gateway.identity.setDeviceStatus(device.device.id, status, admin);
  const row = (device: TestDevice) => office.gateway.store.device(device.device.id);
  const door = async (device: TestDevice) => {
    const socket = await office.dial(device);
    socket.write('GET / HTTP/1.1\r\nHost: g\r\n\r\n');
    const { status, refusal } = await readAnswer(socket);
    await over(socket);
    return `${status} ${refusal ?? ''}`;
  };
  const confirmations = (device: TestDevice) => {
    const lines = readFileSync(sitePaths(office.dataDir).audit, 'utf8').trim().split('\n');
    const all = lines.map((line) => JSON.parse(line) as { action: string; device?: string });
    return all.filter((line) => line.action === 'device.erased' && line.device === device.device.id).length;
  };

  it('is cut with its session when it is revoked, erases itself, says so, and is refused from then on', async () => {
    const { device, control, sid, socket } = await working();
    const cut = over(socket).then(() => performance.now());
    const start = performance.now();
    stop(device, 'revoked');
    console.log(`revoked device: live session cut after ${((await cut) - start).toFixed(0)} ms`);
    await control.next('erase');
    expect(office.gateway.store.session(sid)).toMatchObject({ state: 'ended', reason: 'deviceRevoked' });
    expect(row(device)?.erase).toBe('asked');
    control.send({ type: 'erased' });
    expect(await control.closed).toBe(closeCodes.done);
    expect(row(device)?.erase).toBe('done');
    expect(confirmations(device)).toBe(1);
    expect(await door(device)).toBe('403 deviceRevoked');
  });

  it('does not get far while it is to erase itself: what was on its way is overheard, nothing opens', async () => {
    const { name, device, control } = await working();
    stop(device, 'revoked');
    await control.next('erase');
    control.send({ type: 'open', request: 9, desk: `pc-${name}` });
    control.send({ type: 'extend', otp: { kind: 'totp', code: '000000' } });
    control.send({ type: 'ping', n: 4 });
    // The answer to the ping is the first that comes: there was none to the others.
    expect(await control.next('pong')).toEqual({ type: 'pong', n: 4 });
    expect(office.gateway.figures().sessions).toBe(0);
    expect(await control.closed).toBe(closeCodes.policy);
  });

  it('hears of it at its next connection when it was away, on the control connection and nowhere else', async () => {
    const { device, control, socket, name } = await working();
    await control.close();
    await over(socket);
    stop(device, 'retired');
    const other = await office.connect(device, `pc-${name}`, 'a.b.c');
    expect([other.status, other.refusal]).toEqual([403, 'deviceRevoked']);
    await over(other.socket);
    expect(await door(device)).toBe('404 ');

    const back = await office.control(device);
    back.send(hello);
    const [first] = await once(back.ws, 'message');
    expect(JSON.parse(first.toString())).toEqual({ type: 'erase' });
    back.send({ type: 'erased' });
    expect(await back.closed).toBe(closeCodes.done);
    expect(confirmations(device)).toBe(1);
    expect(await door(device)).toBe('403 deviceRevoked');
  });

  it('is told in whatever version it speaks', async () => {
    const { device, control, socket } = await working();
    await control.close();
    await over(socket);
    stop(device, 'revoked');
    const old = await office.control(device);
    old.send({ type: 'hello', version: 1, client: { version: '0.1.0', platform: 'test' } });
    await old.next('erase');
    expect(await old.closed).toBe(closeCodes.protocol);
  });

  it('is told again until it confirms, and the confirmation is written down once', async () => {
    const { device, control } = await working();
    stop(device, 'revoked');
    await control.next('erase');
    // limits.eraseMs later, unconfirmed.
    expect(await control.closed).toBe(closeCodes.policy);
    const both = await Promise.all([office.control(device), office.control(device)]);
    for (const one of both) {
      one.send(hello);
      await one.next('erase');
    }
    for (const one of both) one.send({ type: 'erased' });
    await Promise.all(both.map((one) => one.closed));
    expect(confirmations(device)).toBe(1);
  });

  it('is cut when it is suspended, keeps its registration, and works again when it is brought back', async () => {
    const { device, control, sid, socket } = await working();
    stop(device, 'suspended');
    expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'deviceSuspended' });
    expect(await control.closed).toBe(closeCodes.policy);
    await over(socket);
    expect(await door(device)).toBe('403 deviceSuspended');
    office.gateway.identity.unlockDevice(device.device.id, { challenge: null, actor: admin });
    const again = await office.control(device);
    await again.signIn();
    await again.close();
  });

  it('cannot use a grant that it got before', async () => {
    const { name, device, control, socket } = await working();
    const grant = await control.open(`pc-${name}`);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    // The connection is through the door already, and asks only after the device was stopped.
    const early = await office.dial(device);
    stop(device, 'suspended');
    early.write(`CONNECT pc-${name}.desk:vnc HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer ${grant.token}\r\n\r\n`);
    const { status, refusal } = await readAnswer(early);
    expect([status, refusal]).toEqual([403, 'deviceSuspended']);
    await Promise.all([over(early), over(socket), control.closed]);
  });
});
