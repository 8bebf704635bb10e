import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialControl } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { freshOtp, type TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import {
  connectRequest,
  dialTls,
  identityOf,
  type Office,
  over,
  readAnswer,
  startOffice,
  until,
} from '#test/fixtures/gateway/office.ts';
import { startReplica } from '#test/fixtures/gateway/replica.ts';

/* Two processes that share nothing but the data folder; this one stands for the office's command line. */
describe('two gateways on one store', () => {
  const children: ChildProcess[] = [];
  let office: Office;
  let echo: FakeDesk;
  let ports: [number, number];
  beforeAll(async () => {
    office = await startOffice();
    echo = await startEchoDesk();
    const started = await Promise.all(['one', 'two'].map((name) => startReplica(office.dataDir, name)));
    children.push(...started.map(({ child }) => child));
    ports = [started[0]!.port, started[1]!.port];
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill('SIGTERM') && once(child, 'exit')));
    await office.stop();
    await echo.stop();
  });

  const signedIn = async (port: number, device: TestDevice) => {
    const control = await dialControl(port, identityOf(device), { otp: () => freshOtp(office.gateway.store, device) });
    await control.signIn();
    return control;
  };
  const screen = async (port: number, device: TestDevice, desk: string) => {
    const control = await signedIn(port, device);
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const socket = await dialTls(port, office.ca.certificate, device);
    socket.write(connectRequest(desk, grant.token));
    expect((await readAnswer(socket)).status).toBe(200);
    return { control, socket, sid: grant.sid };
  };
  const rowOf = (sid: string) => office.gateway.store.session(sid);

  it('give a desk to one device only, whichever of them it is asked', async () => {
    const first = await office.enrol('yamada', { id: 'pc-shared', port: echo.port });
    const second = await office.enrol('sato', { id: 'pc-shared', port: echo.port });
    const held = await screen(ports[0], first, 'pc-shared');
    for (const port of ports) {
      const control = await signedIn(port, second);
      expect(await control.open('pc-shared')).toMatchObject({ type: 'refused', reason: 'deskInUse' });
      await control.close();
    }
    await held.control.close();
    await over(held.socket);
    await until(() => rowOf(held.sid)?.state === 'ended');
    const next = await screen(ports[1], second, 'pc-shared');
    await next.control.close();
    await over(next.socket);
  });

  it('give it to one of two devices that ask both at once', async () => {
    const devices = await Promise.all(
      ['ito', 'mori'].map((user) => office.enrol(user, { id: 'pc-race', port: echo.port })),
    );
    const controls = await Promise.all(devices.map((device, index) => signedIn(ports[index]!, device)));
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(controls.map((control) => control.open('pc-race')));
      const shown = answers.map((answer) => (answer.type === 'refused' ? answer.reason : answer.type));
      expect(shown.toSorted()).toEqual(['deskInUse', 'grant']);
      for (const [index, answer] of answers.entries()) {
        if (answer.type === 'grant') controls[index]!.send({ type: 'close', sid: answer.sid });
      }
      await until(() => office.gateway.store.sessionsOn('pc-race').length === 0);
    }
    await Promise.all(controls.map((control) => control.close()));
  });

  it('end a device’s session at the one when it opens the same desk at the other', async () => {
    const device = await office.enrol('suzuki', { id: 'pc-suzuki', port: echo.port });
    const old = await screen(ports[0], device, 'pc-suzuki');
    const young = await screen(ports[1], device, 'pc-suzuki');
    expect(await old.control.next('closed')).toMatchObject({ sid: old.sid, reason: 'connectionLost' });
    await over(old.socket);
    expect(rowOf(old.sid)).toMatchObject({ state: 'ended', reason: 'connectionLost', replica: 'one' });
    expect(rowOf(young.sid)).toMatchObject({ state: 'open', replica: 'two' });
    await Promise.all([old.control.close(), young.control.close()]);
    await over(young.socket);
  });

  it('both tell their laptops of changed rules, and end what these forbid', async () => {
    const screens = await Promise.all(
      ports.map(async (port, index) => {
        const id = `pc-rules-${index}`;
        return screen(port, await office.enrol(`user-${index}`, { id, port: echo.port }), id);
      }),
    );
    const start = performance.now();
    office.rule({ networks: ['10.0.0.0/8'] });
    const times = await Promise.all(
      screens.map(async ({ control, socket, sid }) => {
        await control.next('policy');
        expect(await control.next('closed')).toMatchObject({ sid, reason: 'networkRefused' });
        await over(socket);
        return `${(performance.now() - start).toFixed(0)} ms`;
      }),
    );
    console.log(`changed rules: live sessions of two gateways ended after ${times.join(' and ')}`);
    office.rule({});
    await Promise.all(screens.map(({ control }) => control.close()));
  });

  it('do not keep a desk for a session whose gateway died', async () => {
    const first = await office.enrol('abe', { id: 'pc-left', port: echo.port });
    const second = await office.enrol('baba', { id: 'pc-left', port: echo.port });
    const held = await screen(ports[1], first, 'pc-left');
    const dying = children.pop()!;
    dying.kill('SIGKILL');
    await once(dying, 'exit');
    await over(held.socket);
    expect(rowOf(held.sid)?.state).toBe('open');
    const next = await screen(ports[0], second, 'pc-left');
    expect(rowOf(held.sid)).toMatchObject({ state: 'ended', reason: 'connectionLost' });
    await next.control.close();
    await over(next.socket);
  });
});
