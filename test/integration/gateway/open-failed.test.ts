import { expect, it, onTestFinished, vi } from 'vitest';
import { startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { startOffice } from '#test/fixtures/gateway/office.ts';

it('a session whose opening cannot be written down ends, and keeps its desk from nobody', async () => {
  const office = await startOffice();
  const echo = await startEchoDesk();
  onTestFinished(async () => {
    await office.stop();
    await echo.stop();
  });
  const device = await office.enrol('yamada', { id: 'pc-1', port: echo.port });
  const control = await office.control(device);
  await control.signIn();
  const grant = await control.open('pc-1');
  if (grant.type !== 'grant') throw new Error(grant.reason);
  const { store } = office.gateway;
  vi.spyOn(store, 'openSession').mockImplementationOnce(() => {
    throw new Error('database is locked');
  });
  expect((await office.connect(device, 'pc-1', grant.token)).status).toBe(0);
  expect(await control.next('closed')).toMatchObject({ sid: grant.sid, reason: 'internal' });
  expect(store.session(grant.sid)).toMatchObject({ state: 'ended', reason: 'internal' });
  await control.close();
});
