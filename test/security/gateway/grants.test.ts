import { X509Certificate } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from '#gateway/pki/judge.ts';
import type { ControlClient } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { fillWords, forgeGrant, grantVectors, type Words } from '#test/fixtures/gateway/forge-grant.ts';
import { type Office, over, readAnswer, startOffice } from '#test/fixtures/gateway/office.ts';

/* test-targets no. 10, on the real gateway: vectors from one file, then reuse. */

describe('grants at the relay', () => {
  let office: Office;
  let echo: FakeDesk;
  let owner: TestDevice;
  let thief: TestDevice;
  let control: ControlClient;
  let thiefControl: ControlClient;
  let words: Words;
  beforeAll(async () => {
    office = await startOffice({ limits: { messageBurst: 1000 } });
    echo = await startEchoDesk();
    owner = await office.enrol('yamada', { id: 'pc-1', port: echo.port });
    thief = await office.enrol('sato', { id: 'pc-2', port: echo.port });
    control = await office.control(owner);
    await control.signIn();
    thiefControl = await office.control(thief);
    await thiefControl.signIn();
    const otherCertificate = fingerprintOf(new X509Certificate(thief.credentials.certificate).raw);
    words = { otherDesk: 'pc-2', otherUser: 'sato', otherCertificate };
  });
  afterAll(async () => {
    await control.close();
    await thiefControl.close();
    await office.stop();
    await echo.stop();
  });

  const grantOf = async (who = control, desk = 'pc-1') => {
    const grant = await who.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    return grant;
  };

  it.each(grantVectors)('$name: $expected', async (vector) => {
    const { token, sid } = await grantOf();
    const seconds = Math.floor(Date.now() / 1000);
    const forged = forgeGrant(vector, decodeJwt(token), office.gateway.site.grantKey, words, seconds);
    const target = fillWords(vector.target ?? 'pc-1', words, seconds) as string;
    const caller = vector.caller === 'other' ? thief : owner;
    const before = office.log.length;
    const { status, refusal, socket } = await office.connect(caller, target, forged);
    await over(socket.end());
    if (vector.expected === 'accepted') {
      expect(status).toBe(200);
    } else {
      expect([status, refusal]).toEqual([403, vector.expected]);
      expect(office.log.slice(before).join()).toContain(`"problem":"${vector.problem}"`);
      // The refusal burned nothing: what was really granted still works.
      const genuine = await office.connect(owner, 'pc-1', token);
      expect(genuine.status).toBe(200);
      await over(genuine.socket.end());
    }
    control.send({ type: 'close', sid });
  });

  it('works once: a second use is refused while the session lives and after it ended', async () => {
    const { token, sid } = await grantOf();
    const first = await office.connect(owner, 'pc-1', token);
    expect(first.status).toBe(200);
    const second = await office.connect(owner, 'pc-1', token);
    expect([second.status, second.refusal]).toEqual([403, 'grantRefused']);
    control.send({ type: 'close', sid });
    await Promise.all([over(first.socket), over(second.socket)]);
    const third = await office.connect(owner, 'pc-1', token);
    expect([third.status, third.refusal]).toEqual([403, 'grantRefused']);
    await over(third.socket);
  });

  it('works exactly once among 50 uses at the same time', async () => {
    const { token, sid } = await grantOf();
    const answers = await Promise.all(Array.from({ length: 50 }, () => office.connect(owner, 'pc-1', token)));
    const outcomes = answers.map(({ status, refusal }) => `${status} ${refusal ?? ''}`).sort();
    expect(outcomes).toEqual(['200 ', ...Array(49).fill('403 grantRefused')]);
    control.send({ type: 'close', sid });
    await Promise.all(answers.map(({ socket }) => over(socket)));
  });

  it('is refused after its session was closed unused', async () => {
    const { token, sid } = await grantOf();
    control.send({ type: 'close', sid });
    control.send({ type: 'ping', n: 7 });
    await control.next('pong');
    const late = await office.connect(owner, 'pc-1', token);
    expect([late.status, late.refusal]).toEqual([403, 'grantRefused']);
    await over(late.socket);
  });

  it('is not given for the desk of another user, nor for one that does not exist', async () => {
    expect(await control.open('pc-2')).toMatchObject({ type: 'refused', reason: 'deskNotAssigned' });
    expect(await control.open('pc-404')).toMatchObject({ type: 'refused', reason: 'deskNotAssigned' });
  });

  it('is refused when the desk was unassigned after the grant', async () => {
    const { token } = await grantOf(thiefControl, 'pc-2');
    office.gateway.store.unassign('pc-2', 'sato');
    const { status, refusal, socket } = await office.connect(thief, 'pc-2', token);
    expect([status, refusal]).toEqual([403, 'deskNotAssigned']);
    await over(socket);
  });

  it('is needed: no token, another scheme or an address instead of a desk open nothing', async () => {
    const { token, sid } = await grantOf();
    const lines: readonly (readonly [string, string, number])[] = [
      ['CONNECT pc-1.desk:vnc', '', 403],
      ['CONNECT pc-1.desk:vnc', `Authorization: Basic ${token}\r\n`, 403],
      ['CONNECT pc-1.desk:vnc', `Authorization: Bearer ${token} ${token}\r\n`, 403],
      [`CONNECT 127.0.0.1:${echo.port}`, `Authorization: Bearer ${token}\r\n`, 400],
      ['CONNECT pc-1.desk:ssh', `Authorization: Bearer ${token}\r\n`, 400],
      ['CONNECT ../pc-1.desk:vnc', `Authorization: Bearer ${token}\r\n`, 400],
    ];
    for (const [line, header, status] of lines) {
      const socket = await office.dial(owner);
      socket.write(`${line} HTTP/1.1\r\nHost: g\r\n${header}\r\n`);
      expect((await readAnswer(socket)).status, line).toBe(status);
      await over(socket);
    }
    control.send({ type: 'close', sid });
  });
});
