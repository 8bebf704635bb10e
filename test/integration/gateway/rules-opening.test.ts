import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PathProbe, pathErrors, pathProbes } from '#contract/evidence/path.ts';
import { type PostureItem, postureErrors, postureItems } from '#contract/evidence/posture.ts';
import type { Rules } from '#contract/policy/policy.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { hoursEndingSoon } from '#test/fixtures/gateway/hours.ts';
import { type Office, over, startOffice, until } from '#test/fixtures/gateway/office.ts';
import { bad, path, pathReport, posture, postureReport } from '#test/fixtures/gateway/statements.ts';

/* Under the strictest rules there are: whatever a laptop is not, is a reason. Only the rule that is named is different. */
describe('a session is opened by the rules', () => {
  let office: Office;
  let echo: FakeDesk;
  let ahead = 0;
  beforeAll(async () => {
    const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() };
    office = await startOffice({ policy: {}, clock });
    echo = await startEchoDesk();
  });
  afterAll(async () => {
    await office.stop();
    await echo.stop();
  });

  let people = 0;
  type Said = { posture?: Partial<Record<PostureItem, object>>; leaks?: PathProbe[]; omit?: 'posture' | 'path' };
  /** A person of their own for each test, signed in, whose laptop is as the rules want it but for what is named. */
  const laptop = async (said: Said = {}) => {
    const name = `user-${people++}`;
    const desk = `pc-${name}`;
    const device = await office.enrol(name, { id: desk, port: echo.port });
    const control = await office.control(device);
    await control.signIn();
    const testify = async () => {
      const of = (evidence: Parameters<Office['statement']>[2]) => office.statement(device, control, evidence);
      if (said.omit !== 'posture') await control.testify(of(posture(postureReport(said.posture))));
      if (said.omit !== 'path') await control.testify(of(path(pathReport(...(said.leaks ?? [])))));
    };
    await testify();
    return { desk, device, control, testify };
  };
  const refusal = async (said: Said = {}) => {
    const { desk, control } = await laptop(said);
    const answer = await control.open(desk);
    await control.close();
    return answer.type === 'refused' ? answer : answer.type;
  };
  const ruled = async <T>(rules: Rules, work: () => Promise<T>): Promise<T> => {
    office.rule(rules);
    try {
      return await work();
    } finally {
      office.rule({});
    }
  };

  it('when the laptop is as they want it', async () => {
    const { desk, device, control } = await laptop();
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { status, socket } = await office.connect(device, desk, grant.token);
    expect(status).toBe(200);
    expect(office.gateway.store.session(grant.sid)).toMatchObject({ state: 'open', source: '127.0.0.1' });
    await control.close();
    await over(socket);
  });

  it.each(postureItems)('and refused by name for what is bad: %s', async (item) => {
    const at = { action: 'refuse', graceDays: 0 } as const;
    await ruled({ [item]: at }, async () => {
      expect(await refusal({ posture: { [item]: bad } })).toMatchObject({ reason: postureErrors[item] });
    });
  });

  it('also while an item is bad that has its grace, or of which the office is only told', async () => {
    expect(await refusal({ posture: { antivirus: bad } })).toBe('grant');
    const warn = { action: 'warn', graceDays: 0 } as const;
    await ruled({ firewall: warn }, async () => expect(await refusal({ posture: { firewall: bad } })).toBe('grant'));
  });

  it.each(pathProbes)('and refused by name for what leaks: %s', async (probe) => {
    expect(await refusal({ leaks: [probe] })).toMatchObject({ reason: pathErrors[probe] });
  });

  it('and refused when the laptop has not said how it is, or how its path is', async () => {
    expect(await refusal({ omit: 'posture' })).toMatchObject({ reason: 'postureMissing' });
    expect(await refusal({ omit: 'path' })).toMatchObject({ reason: 'pathUnchecked' });
  });

  it('and refused when it said so long ago', async () => {
    await ruled({ postureSeconds: 5 }, async () => {
      let late = 0;
      const clock = { now: Date.now, monotonic: () => performance.now() + late };
      const own = await startOffice({ policy: { postureSeconds: 5, closedPath: 'ignore' }, clock });
      const device = await own.enrol('yamada', { id: 'pc-1', port: echo.port });
      const control = await own.control(device);
      await control.signIn();
      await control.testify(own.statement(device, control, posture()));
      late = 16_000;
      expect(await control.open('pc-1')).toMatchObject({ reason: 'postureMissing' });
      await control.testify(own.statement(device, control, posture()));
      expect((await control.open('pc-1')).type).toBe('grant');
      await control.close();
      await own.stop();
    });
  });

  it('and refused outside the hours, with when they begin', async () => {
    const { hours, end } = hoursEndingSoon(Date.now());
    const next = new Date(end + (24 - 9.5) * 3_600_000 + hours.offset * 60_000).toISOString();
    const opens = `${next.slice(5, 7)}/${next.slice(8, 10)} 08:30`;
    await ruled({ hours }, async () => {
      const { desk, control, testify } = await laptop();
      ahead = end - Date.now();
      await testify();
      expect(await control.open(desk)).toMatchObject({ reason: 'outsideHours', details: { opens } });
      ahead -= 60_000;
      expect((await control.open(desk)).type).toBe('grant');
      await control.close();
    }).finally(() => {
      ahead = 0;
    });
  });

  it('and refused from another network, on both of its connections', async () => {
    await ruled({ networks: ['10.0.0.0/8', '2001:db8::/32'] }, async () => {
      expect(await refusal()).toMatchObject({ reason: 'networkRefused' });
    });
    await ruled({ networks: ['127.0.0.1/32'] }, async () => {
      const { desk, device, control } = await laptop();
      const grant = await control.open(desk);
      if (grant.type !== 'grant') throw new Error(grant.reason);
      const from = { localAddress: '127.0.0.2' };
      const elsewhere = await office.connect(device, desk, grant.token, from);
      expect([elsewhere.status, elsewhere.refusal]).toEqual([403, 'networkRefused']);
      // The refusal burned nothing.
      const { status, socket } = await office.connect(device, desk, grant.token);
      expect(status).toBe(200);
      await control.close();
      await Promise.all([over(elsewhere.socket), over(socket)]);
    });
  });

  it('and refused for a desk of a class that is not used from outside', async () => {
    const { desk, control } = await laptop();
    office.gateway.store.setDesk(desk, { class: 'my-number' });
    expect(await control.open(desk)).toMatchObject({ reason: 'deskClassRefused' });
    office.gateway.store.setDesk(desk, { class: 'general' });
    expect((await control.open(desk)).type).toBe('grant');
    await control.close();
  });

  it('and refused to a program that has become too old', async () => {
    const { desk, control } = await laptop();
    await ruled({ minimumVersion: '1.0.1' }, async () => {
      const refused = { reason: 'clientTooOld', details: { minimum: '1.0.1' } };
      expect(await control.open(desk)).toMatchObject(refused);
    });
    await control.close();
  });

  it('one on each desk: another device is refused, the same one replaces what it had', async () => {
    const first = await laptop();
    const granted = await first.control.open(first.desk);
    if (granted.type !== 'grant') throw new Error(granted.reason);
    const other = await laptop();
    office.gateway.store.assign(first.desk, other.device.user.id, Date.now());
    expect(await other.control.open(first.desk)).toMatchObject({ reason: 'deskInUse' });
    const again = await first.control.open(first.desk);
    expect(again.type).toBe('grant');
    expect(office.gateway.store.session(granted.sid)).toMatchObject({ state: 'ended', reason: 'connectionLost' });
    await first.control.close();
    await until(() => office.gateway.store.sessionsOn(first.desk).length === 0);
    expect((await other.control.open(first.desk)).type).toBe('grant');
    await other.control.close();
  });
});
