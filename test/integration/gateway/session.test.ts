import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes } from '#gateway/server/control-port.ts';
import type { ControlClient } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { connectRequest, type Office, over, readAnswer, startOffice, until } from '#test/fixtures/gateway/office.ts';

describe('a session through the gateway', () => {
  let office: Office;
  let echo: FakeDesk;
  beforeAll(async () => {
    office = await startOffice({ limits: { deskConnectMs: 500 } });
    echo = await startEchoDesk();
  });
  afterAll(async () => {
    await office.stop();
    await echo.stop();
    expect(office.gateway.figures()).toEqual({ sockets: 0, controls: 0, sessions: 0 });
  });

  let people = 0;
  /** A person of their own for each test, signed in, with a session that echoes. */
  const connected = async () => {
    const name = `user-${people++}`;
    const desk = `pc-${name}`;
    const device = await office.enrol(name, { id: desk, port: echo.port });
    const control = await office.control(device);
    await control.signIn();
    const { sid, socket } = await openScreen(control, device, desk);
    return { name, desk, device, control, sid, socket };
  };
  const openScreen = async (control: ControlClient, device: TestDevice, desk: string) => {
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { status, socket } = await office.connect(device, desk, grant.token);
    expect(status).toBe(200);
    return { sid: grant.sid, socket };
  };
  const echoes = async (socket: Awaited<ReturnType<Office['dial']>>, text: string) => {
    socket.write(text);
    const [reply] = await once(socket, 'data');
    expect(reply.toString()).toBe(text);
  };

  it('signs in, shows the assigned desk without an address, relays, and counts', async () => {
    const device = await office.enrol('yamada', { id: 'pc-1', port: echo.port });
    const control = await office.control(device);
    const { user, desks } = await control.signIn();
    expect(user).toEqual({ id: 'yamada', name: 'yamada' });
    expect(desks).toEqual([{ id: 'pc-1', name: 'pc-1', protocol: 'vnc' }]);
    const { sid, socket } = await openScreen(control, device, 'pc-1');
    await echoes(socket, 'こんにちは');
    const row = office.gateway.store.session(sid);
    expect(row).toMatchObject({ state: 'open', user: 'yamada', desk: 'pc-1', device: device.device.id });
    await control.close();
    await over(socket);
    expect(office.gateway.store.session(sid)).toMatchObject({
      ...{ state: 'ended', reason: 'userEnded', to_desk: 15, from_desk: 15 },
    });
    await until(() => echo.sockets.size === 0);
  });

  it('ends with the control connection, when that breaks', async () => {
    const { control, socket, sid } = await connected();
    control.ws.terminate();
    await over(socket);
    await until(() => office.gateway.store.session(sid)?.reason === 'connectionLost');
  });

  it('ends when the client closes it, and a new one opens on the same control connection', async () => {
    const { control, socket, sid, device, desk } = await connected();
    control.send({ type: 'close', sid });
    await over(socket);
    expect(office.gateway.store.session(sid)?.reason).toBe('userEnded');
    const again = await openScreen(control, device, desk);
    await echoes(again.socket, 'again');
    await control.close();
    await over(again.socket);
  });

  it('cannot be closed by another device', async () => {
    const mine = await connected();
    const theirs = await connected();
    theirs.control.send({ type: 'close', sid: mine.sid });
    theirs.control.send({ type: 'ping', n: 1 });
    await theirs.control.next('pong');
    await echoes(mine.socket, 'still here');
    await Promise.all([mine.control.close(), theirs.control.close()]);
    await Promise.all([over(mine.socket), over(theirs.socket)]);
  });

  it('tells the client when the desk closes or breaks', async () => {
    for (const act of ['end', 'resetAndDestroy'] as const) {
      const { control, socket, sid } = await connected();
      for (const desk of echo.sockets) desk[act]();
      expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'deskClosed' });
      await over(socket);
      await until(() => office.gateway.store.session(sid)?.reason === 'deskClosed');
      await control.close();
    }
  });

  it('lets the desk go when the client breaks off', async () => {
    const { control, socket, sid } = await connected();
    socket.destroy();
    await until(() => echo.sockets.size === 0);
    expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'connectionLost' });
    await control.close();
  });

  it('is refused with deskDown when the desk does not answer; the control connection stays', async () => {
    const gone = await startEchoDesk();
    await gone.stop();
    const device = await office.enrol('sato', { id: 'pc-down', port: gone.port });
    const control = await office.control(device);
    await control.signIn();
    const grant = await control.open('pc-down');
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { status, refusal, socket } = await office.connect(device, 'pc-down', grant.token);
    expect([status, refusal]).toEqual([502, 'deskDown']);
    await over(socket);
    expect(office.gateway.store.session(grant.sid)).toMatchObject({ state: 'ended', reason: 'deskDown' });
    expect((await control.open('pc-down')).type).toBe('grant');
    await control.close();
  });

  it('is cut when its desk is unassigned, and the client learns why', async () => {
    const { control, socket, sid, desk, name } = await connected();
    office.gateway.store.unassign(desk, name);
    expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'deskNotAssigned' });
    await over(socket);
    await control.close();
  });

  it('ends when the same device signs in anew; the newer connection lives', async () => {
    const { control, socket, device, desk } = await connected();
    const newer = await office.control(device);
    await newer.signIn();
    expect(await control.closed).toBe(closeCodes.replaced);
    await over(socket);
    const again = await openScreen(newer, device, desk);
    await echoes(again.socket, 'new');
    await newer.close();
    await over(again.socket);
  });

  it('passes on bytes that came right behind the CONNECT', async () => {
    const { device, control, desk, socket } = await connected();
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const second = await office.dial(device);
    second.write(`${connectRequest(desk, grant.token)}early`);
    expect((await readAnswer(second)).status).toBe(200);
    const chunk = (second.read() as Buffer | null) ?? ((await once(second, 'data'))[0] as Buffer);
    expect(chunk.toString()).toBe('early');
    await control.close();
    await Promise.all([over(socket), over(second)]);
  });
});
