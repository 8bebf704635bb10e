import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { identityOf, type Office, over, readAnswer, startOffice, until } from '#test/fixtures/gateway/office.ts';

const dayMs = 86_400_000;

describe('the renewal of a certificate', () => {
  let office: Office;
  let ahead = 0;
  beforeAll(async () => {
    office = await startOffice({ clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() } });
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
  });

  /** A laptop that was enrolled 250 days ago: more than two thirds of a year. */
  const oldLaptop = async (user: string) => {
    ahead = -250 * dayMs;
    const device = await office.enrol(user, { id: `pc-${user}`, port: 9 });
    ahead = 0;
    const control = await office.control(device);
    await control.signIn();
    return { device, control };
  };
  const door = async (device: TestDevice) => {
    const socket = await office.dial(device);
    socket.write('GET / HTTP/1.1\r\nHost: g\r\n\r\n');
    const { status, refusal } = await readAnswer(socket);
    await over(socket);
    return `${status} ${refusal ?? ''}`;
  };
  const renewed = async ({ device, control }: Awaited<ReturnType<typeof oldLaptop>>): Promise<TestDevice> => {
    const { csr, privateKey } = await newRequest();
    control.send({ type: 'renew', request: 7, csr });
    const { request, certificate } = await control.next('certificate');
    expect(request).toBe(7);
    return { ...device, credentials: { ...device.credentials, certificate, privateKey } };
  };

  it('leaves the old one working until the new one was used, and refuses it from then on', async () => {
    const laptop = await oldLaptop('yamada');
    const newer = await renewed(laptop);
    expect(await door(laptop.device)).toBe('404 ');
    // Through the door is not used: that is the first hello.
    expect(await door(newer)).toBe('404 ');
    expect(await door(laptop.device)).toBe('404 ');

    const control = await office.control(newer);
    control.send(hello);
    await control.next('challenge');
    expect(await door(laptop.device)).toBe('403 deviceRevoked');
    await control.close();
    await laptop.control.closed;
    const again = await office.control(newer);
    await again.signIn();
    await again.close();
  });

  it('may be asked for again when the answer was lost; the earlier new one is refused', async () => {
    const laptop = await oldLaptop('sato');
    const lost = await renewed(laptop);
    const newer = await renewed(laptop);
    expect(await door(lost)).toBe('403 deviceRevoked');
    expect(await door(newer)).toBe('404 ');
    await laptop.control.close();
  });

  it('is refused in its first two thirds, and for a key that is none; the connection stays', async () => {
    const young = await office.enrol('suzuki', { id: 'pc-suzuki', port: 9 });
    const control = await office.control(young);
    await control.signIn();
    const { csr } = await newRequest();
    control.send({ type: 'renew', request: 1, csr });
    expect(await control.next('refused')).toEqual({ type: 'refused', request: 1, reason: 'badRequest' });
    const old = await oldLaptop('tanaka');
    old.control.send({ type: 'renew', request: 2, csr: '-----BEGIN CERTIFICATE REQUEST-----\nAA==\n' });
    expect(await old.control.next('refused')).toEqual({ type: 'refused', request: 2, reason: 'badRequest' });
    const weak = await newRequest('P-384');
    old.control.send({ type: 'renew', request: 3, csr: weak.csr });
    expect(await old.control.next('refused')).toEqual({ type: 'refused', request: 3, reason: 'badRequest' });
    await renewed(old);
    await Promise.all([control.close(), old.control.close()]);
  });

  it('needs a sign-in first', async () => {
    const { device, control } = await oldLaptop('ito');
    await control.close();
    const { csr } = await newRequest();
    const other = await office.control(identityOf(device));
    other.send(hello);
    await other.next('challenge');
    other.send({ type: 'renew', request: 1, csr });
    expect(await other.closed).toBe(1008);
  });
});
