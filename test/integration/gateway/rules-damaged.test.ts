import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sitePaths } from '#gateway/site/site.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { type Office, startOffice, until } from '#test/fixtures/gateway/office.ts';

/* As after a restored backup, or somebody's hand in the store: the rules for one person cannot be read. */
describe('rules that cannot be read', () => {
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

  const signedIn = async (user: string) => {
    const desk = `pc-${user}`;
    const device = await office.enrol(user, { id: desk, port: echo.port });
    const control = await office.control(device);
    await control.signIn();
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    return { device, control, sid: grant.sid };
  };

  it('end the connection that they are for, and keep no other from being looked at', async () => {
    const damaged = await signedIn('ito');
    const revoked = await signedIn('sato');
    const other = await signedIn('yamada');
    const { store, identity } = office.gateway;
    const db = new DatabaseSync(sitePaths(office.dataDir).store);
    db.prepare("INSERT INTO policy_layers VALUES ('user:ito', '{\"usb\":', 0, 'hand')").run();
    db.close();
    expect(await damaged.control.next('closed')).toMatchObject({ sid: damaged.sid, reason: 'internal' });

    identity.setDeviceStatus(revoked.device.device.id, 'suspended', { kind: 'admin', name: 'test' });
    expect(await revoked.control.next('closed')).toMatchObject({ sid: revoked.sid, reason: 'deviceSuspended' });
    await until(() => store.session(revoked.sid)?.state === 'ended');
    expect(store.session(other.sid)?.state).toBe('granted');
    await other.control.close();
  });
});
