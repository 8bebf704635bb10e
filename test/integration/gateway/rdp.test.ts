import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlClient } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { connectRequest, type Office, over, readAnswer, startOffice } from '#test/fixtures/gateway/office.ts';

const [first, other] = ['ab'.repeat(32), 'cd'.repeat(32)];

describe('an RDP desk at the gateway', () => {
  let office: Office;
  let echo: FakeDesk;
  beforeAll(async () => {
    office = await startOffice();
    echo = await startEchoDesk();
  });
  afterAll(async () => {
    await office.stop();
    await echo.stop();
  });

  const signedIn = async (user: string, protocol: 'vnc' | 'rdp' = 'rdp') => {
    const desk = `pc-${user}`;
    const device = await office.enrol(user, { id: desk, port: echo.port, protocol });
    const control = await office.control(device);
    const { desks } = await control.signIn();
    return { desk, desks, device, control };
  };
  const grantOf = async (control: ControlClient, desk: string) => {
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    return grant;
  };
  /** Returns when the gateway has heard it. */
  const say = async (control: ControlClient, sid: string, sha256: string) => {
    control.send({ type: 'deskCertificate', sid, sha256 });
    control.send({ type: 'ping', n: 1 });
    await control.next('pong');
  };
  const linesOf = (desk: string) =>
    office
      .audit()
      .filter((line) => line.desk === desk && line.action.startsWith('desk.certificate'))
      .map(({ action, user, details }) => ({ action, user, details }));
  const pinOf = (desk: string) => office.gateway.store.desk(desk)?.certificate;

  it('is reached under its own name, and every byte goes through as it is', async () => {
    const { desk, desks, device, control } = await signedIn('yamada');
    expect(desks).toEqual([{ id: desk, name: desk, protocol: 'rdp' }]);
    const { token, rdp } = await grantOf(control, desk);
    expect(rdp).toEqual({ security: 'nla', certificate: null });
    const { status, socket } = await office.connect(device, desk, token);
    expect(status).toBe(200);
    // X.224 Connection Request (MS-RDPBCGR 2.2.1.1), then every value that a byte has.
    const request = Buffer.from('030000130ee000000000000100080003000000', 'hex');
    const sent = Buffer.concat([request, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
    socket.write(sent);
    let back = Buffer.alloc(0);
    while (back.length < sent.length) back = Buffer.concat([back, (await once(socket, 'data'))[0] as Buffer]);
    expect(back).toEqual(sent);
    await control.close();
    await over(socket);
  });

  it('is not reached under the name of a VNC desk', async () => {
    const { desk, device, control } = await signedIn('tanaka');
    const { token } = await grantOf(control, desk);
    const socket = await office.dial(device);
    socket.write(connectRequest(desk, token, 'vnc'));
    expect(await readAnswer(socket)).toMatchObject({ status: 403, refusal: 'grantRefused' });
    await control.close();
    await over(socket);
  });

  it('has the first certificate that it shows as its pin; another is written down once a session', async () => {
    const { desk, control } = await signedIn('sato');
    const { sid } = await grantOf(control, desk);
    await say(control, sid, first);
    await say(control, sid, first);
    expect(pinOf(desk)).toBe(first);
    const pinned = { action: 'desk.certificatePinned', user: 'sato', details: { sha256: first, sid } };
    expect(linesOf(desk)).toEqual([pinned]);

    await say(control, sid, other);
    await say(control, sid, other);
    const changed = { action: 'desk.certificateChanged', user: 'sato' };
    const details = { sha256: other, known: first };
    expect(linesOf(desk)).toEqual([pinned, { ...changed, details: { ...details, sid } }]);
    control.send({ type: 'close', sid });
    const next = await grantOf(control, desk);
    expect(next.rdp).toEqual({ security: 'nla', certificate: first });
    await say(control, next.sid, other);
    expect(linesOf(desk).slice(2)).toEqual([{ ...changed, details: { ...details, sid: next.sid } }]);
    expect(pinOf(desk)).toBe(first);
    await control.close();
  });

  it('is not pinned by another laptop, nor after its session', async () => {
    const mine = await signedIn('suzuki');
    const theirs = await signedIn('kato');
    const { sid } = await grantOf(mine.control, mine.desk);
    await say(theirs.control, sid, other);
    mine.control.send({ type: 'close', sid });
    await say(mine.control, sid, other);
    expect(pinOf(mine.desk)).toBeNull();
    expect([...linesOf(mine.desk), ...linesOf(theirs.desk)]).toEqual([]);
    await Promise.all([mine.control.close(), theirs.control.close()]);
  });

  it('is no VNC desk: that one’s grant says nothing of RDP, and it has no pin', async () => {
    const { desk, control } = await signedIn('ito', 'vnc');
    const { sid, rdp } = await grantOf(control, desk);
    expect(rdp).toBeUndefined();
    await say(control, sid, first);
    expect(pinOf(desk)).toBeNull();
    await control.close();
  });
});
