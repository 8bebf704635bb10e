import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '#contract/wire/messages.ts';
import { closeCodes } from '#gateway/server/control-port.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import { enrolTestDevice, type TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { type Office, startOffice, until } from '#test/fixtures/gateway/office.ts';

const original: Machine = { uuid: 'u-1', serial: 's-1', macs: ['00:00:00:00:00:01', '00:00:00:00:00:02'] };
const copies: readonly (readonly [string, Machine])[] = [
  ['another UUID', { ...original, uuid: 'u-2' }],
  ['another serial number', { ...original, serial: 's-2' }],
  ['no address in common', { ...original, macs: ['00:00:00:00:00:03'] }],
];
const same: readonly (readonly [string, Machine])[] = [
  ['the same facts', original],
  ['one address in common', { ...original, macs: ['00:00:00:00:00:02', '00:00:00:00:00:09'] }],
  ['nothing to say of itself', { uuid: null, serial: null, macs: [] }],
];

describe('a second machine with the registration of one that is connected', () => {
  let office: Office;
  let people = 0;
  beforeAll(async () => {
    office = await startOffice();
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
  });

  const laptop = async (): Promise<TestDevice> => {
    const user = `user-${people++}`;
    office.gateway.store.addUser({ id: user, name: user, created: 0 });
    const gateway = { host: '127.0.0.1', port: office.port };
    return enrolTestDevice(office.gateway.identity, { user, gateway, machine: original });
  };
  const audited = (device: TestDevice, action: string) => {
    const lines = readFileSync(sitePaths(office.dataDir).audit, 'utf8').trim().split('\n');
    const all = lines.map((line) => JSON.parse(line) as { action: string; device?: string; details?: unknown });
    return all.filter((line) => line.action === action && line.device === device.device.id);
  };

  it.each(copies)('is refused with %s; the first stays, and both are written down', async (_, copy) => {
    const device = await laptop();
    const first = await office.control(device);
    await first.signIn();
    const second = await office.control(device);
    second.send({ ...hello, machine: copy });
    expect(await second.next('authFail')).toEqual({
      ...{ type: 'authFail', reason: 'deviceCloned', details: {}, final: true },
    });
    expect(await second.closed).toBe(closeCodes.policy);
    expect(audited(device, 'device.cloned')).toMatchObject([{ details: { first: original, second: copy } }]);
    // The copy's facts did not take the place of the recorded ones.
    expect(office.gateway.store.device(device.device.id)?.machine).toEqual(original);
    first.send({ type: 'ping', n: 1 });
    await first.next('pong');
    await first.close();
  });

  it.each(same)('is the same laptop come back, with %s: it replaces the first', async (_, facts) => {
    const device = await laptop();
    const first = await office.control(device);
    await first.signIn();
    const second = await office.control({ ...device, machine: facts });
    await second.signIn();
    expect(await first.closed).toBe(closeCodes.replaced);
    expect(audited(device, 'device.cloned')).toEqual([]);
    await second.close();
  });

  it('is let in when the first has left, and the change is recorded for IT', async () => {
    const device = await laptop();
    const first = await office.control(device);
    await first.signIn();
    await first.close();
    await until(() => office.gateway.figures().controls === 0);
    const moved = { ...original, serial: 's-9' };
    const second = await office.control({ ...device, machine: moved });
    await second.signIn();
    const row = office.gateway.store.device(device.device.id);
    expect(row).toMatchObject({ machine: moved, machineChanged: expect.any(Number) });
    expect(audited(device, 'machine.changed')).toMatchObject([{ details: { before: original, after: moved } }]);
    await second.close();
  });

  it('is refused also when the first has not signed in yet', async () => {
    const device = await laptop();
    const first = await office.control(device);
    first.send({ ...hello, machine: original });
    await first.next('challenge');
    const second = await office.control(device);
    second.send({ ...hello, machine: copies[0]![1] });
    expect(await second.next('authFail')).toMatchObject({ reason: 'deviceCloned', final: true });
    await second.closed;
    await first.close();
  });
});
