import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy, policyClaims, type Rules, trialRules } from '#contract/policy/policy.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { hoursEndingSoon } from '#test/fixtures/gateway/hours.ts';
import { type Handshake, type Office, over, startOffice } from '#test/fixtures/gateway/office.ts';
import { bad, path, pathReport, posture, postureReport } from '#test/fixtures/gateway/statements.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const { hours, end: evening } = hoursEndingSoon(Date.now());
const never = { ...hours, week: {} };
const refuse = { action: 'refuse', graceDays: 0 } as const;

/* Both clocks are the test's: the wall clock moves to the hours in question, the other for what is overdue. */
describe('a session that is open follows the rules', () => {
  let office: Office;
  let echo: FakeDesk;
  let ahead = 0;
  let late = 0;
  beforeAll(async () => {
    const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + late };
    office = await startOffice({ clock, limits: { signInLookMs: 20, storePollMs: 20 } });
    echo = await startEchoDesk();
  });
  beforeEach(() => {
    ahead = 0;
  });
  afterAll(async () => {
    await office.stop();
    await echo.stop();
  });

  let people = 0;
  /** @param rules of the site. @param at by the wall clock, ms since 1970. @param screen of its own connection. */
  const session = async (rules: Rules = {}, at = Date.now(), screen: Handshake = {}) => {
    office.rule(rules);
    const name = `user-${people++}`;
    const desk = `pc-${name}`;
    // A certificate of a later moment would not be valid yet for TLS, which has the real clock.
    ahead = Math.min(0, at - Date.now());
    const device = await office.enrol(name, { id: desk, port: echo.port });
    ahead = at - Date.now();
    const control = await office.control(device);
    const { policy } = await control.signIn();
    const say = (evidence: Parameters<Office['statement']>[2]) =>
      control.testify(office.statement(device, control, evidence));
    await say(posture());
    await say(path());
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { sid } = grant;
    const { status, socket } = await office.connect(device, desk, grant.token, screen);
    expect(status).toBe(200);
    const ends = async (reason: string, more: object = {}) => {
      expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason, ...more });
      await over(socket);
      expect(office.gateway.store.session(sid)).toMatchObject({ state: 'ended', reason });
    };
    const leave = async () => {
      await control.close();
      await over(socket);
    };
    return { name, desk, device, control, policy, sid, socket, say, ends, leave };
  };
  const claimsOf = async (policy: string, { answer, device }: Awaited<ReturnType<typeof session>>['device']) => {
    const key = createPublicKey(answer.policyKey);
    const { payload } = await jwtVerify(policy, key, { algorithms: ['ES256'], subject: device.id });
    return v.parse(policyClaims, payload);
  };

  it('and ends when only its screen comes from a network that is not allowed any more', async () => {
    const { ends, control } = await session({}, Date.now(), { localAddress: '127.0.0.2' });
    office.rule({ networks: ['127.0.0.1/32'] });
    await ends('networkRefused');
    await control.close();
  });

  it('and hears of each change, signed, with a larger version, and of nothing else', async () => {
    const { device, control, policy, name, leave } = await session();
    const before = await claimsOf(policy, device);
    expect(before.policy).toMatchObject(trialRules);
    office.rule({ watermark: false, idleSeconds: 60 });
    const after = await claimsOf((await control.next('policy')).policy, device);
    expect(after.policy).toMatchObject({ ...trialRules, watermark: false, idleSeconds: 60 });
    expect(after.policy.version).toBeGreaterThan(before.policy.version);
    expect(after.origins).toMatchObject({ watermark: 'site', usb: 'file' });
    const heard: string[] = [];
    control.ws.on('message', (data) => heard.push(String(data)));
    // A change that is none to the rules.
    office.gateway.store.addDesk({ id: `more-${name}`, name: 'x', protocol: 'vnc', host: 'h', port: 1, created: 0 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard.filter((line) => line.includes('"policy"'))).toEqual([]);
    await leave();
  });

  it.each<[string, Rules, string, object?]>([
    ['the oldest program', { minimumVersion: '1.2.0' }, 'clientTooOld', { details: { minimum: '1.2.0' } }],
    ['networks', { networks: ['10.0.0.0/8'] }, 'networkRefused'],
    ['hours that are over', { hours: never }, 'hoursOver'],
  ])('and ends by a change of %s, of which it hears first', async (_, rules, reason, more) => {
    const { control, ends, leave } = await session();
    office.rule(rules);
    await control.next('policy');
    await ends(reason, more);
    expect(control.ws.readyState).toBe(control.ws.OPEN);
    await leave();
  });

  it('and ends when its desk gets a class that is refused, or its class becomes one', async () => {
    const tagged = await session();
    office.gateway.store.setDesk(tagged.desk, { class: 'my-number' });
    await tagged.ends('deskClassRefused');
    await tagged.leave();
    const open = await session();
    office.gateway.store.setDesk(open.desk, { class: 'archive' });
    office.rule({ refusedDeskClasses: ['archive'] });
    await open.ends('deskClassRefused');
    await open.leave();
  });

  it('and ends when what it has testified is no longer good enough', async () => {
    const weak = await session();
    await weak.say(posture(postureReport({ firewall: bad })));
    await weak.say(path(pathReport('proxy')));
    office.rule({ firewall: refuse });
    await weak.ends('firewallOff');
    await weak.leave();
    const leaky = await session();
    await leaky.say(path(pathReport('proxy')));
    office.rule({ closedPath: 'refuse' });
    await leaky.ends('leakProxy');
    await leaky.leave();
  });

  it('and its sign-in is over earlier when it is to last less long, not later when longer', async () => {
    const { control, ends } = await session();
    office.rule({ sessionSeconds: 3600 });
    await control.next('policy');
    office.rule({ sessionSeconds: 86_400 });
    await control.next('policy');
    ahead += 3_600_000;
    await ends('signInExpired');
    await control.closed;
  });

  it('and is told ten minutes and two minutes before its hours end, once each, and ends with them', async () => {
    const { control, ends, leave } = await session({ hours }, evening - 30 * minuteMs);
    const told: number[] = [];
    control.ws.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; at: number };
      if (message.type === 'closing') told.push(message.at);
    });
    // Twice as long as the gateway needs to notice.
    const wait = () => new Promise((resolve) => setTimeout(resolve, 60));
    await wait();
    expect(told).toEqual([]);
    ahead += 20 * minuteMs;
    await control.next('closing');
    await wait();
    expect(told).toEqual([evening]);
    ahead += 8 * minuteMs;
    await control.next('closing');
    await wait();
    expect(told).toEqual([evening, evening]);
    ahead += 2 * minuteMs;
    await ends('hoursOver');
    await leave();
  });

  it('and is told at once when it begins in the last minutes', async () => {
    const { control, leave } = await session({ hours }, evening - 5 * minuteMs);
    expect(await control.next('closing')).toEqual({ type: 'closing', at: evening });
    await leave();
  });

  it('and ends when the clock jumps over the end of its hours', async () => {
    const { ends, leave } = await session({ hours }, evening - 60 * minuteMs);
    ahead += 3 * 60 * minuteMs;
    await ends('hoursOver');
    await leave();
  });

  it('and is told anew when its hours are moved', async () => {
    const { control, leave } = await session({ hours }, evening - minuteMs);
    expect(await control.next('closing')).toMatchObject({ at: evening });
    office.rule({ hours: { ...hours, offset: hours.offset - 5 } });
    expect(await control.next('closing')).toMatchObject({ at: evening + 5 * minuteMs });
    await leave();
  });

  it('and ends by a report that is bad, after hearing what the office makes of it', async () => {
    const { control, device, ends, leave } = await session({ screenLock: refuse });
    const said = posture(postureReport({ screenLock: bad, timeSync: bad }));
    control.send({ type: 'evidence', id: 90, jws: office.statement(device, control, said) });
    const { id, verdicts } = await control.next('kept');
    expect(id).toBe(90);
    expect(verdicts.filter(({ level }) => level !== 'ok')).toEqual([
      { item: 'screenLock', level: 'refuse', until: null },
      { item: 'timeSync', level: 'warn', until: null },
    ]);
    await ends('screenLockOff');
    await leave();
  });

  it('and ends when the grace of what is bad is over, without another report', async () => {
    const { say, device, ends, leave } = await session({ updates: { action: 'refuse', graceDays: 1 / 24 } });
    await say(posture(postureReport({ updates: bad })));
    expect(office.gateway.store.badSince(device.device.id).has('updates')).toBe(true);
    ahead += dayMs / 24;
    await ends('updatesOverdue');
    await leave();
    await expect(say(posture())).rejects.toThrow();
  });

  it('and forgets what was bad once it is good', async () => {
    const { say, device, leave } = await session();
    await say(posture(postureReport({ updates: bad })));
    await say(posture());
    expect(office.gateway.store.badSince(device.device.id)).toEqual(new Map());
    await leave();
  });

  it('and ends when no report comes any more where one is demanded', async () => {
    const { say, ends, leave } = await session({ diskEncryption: refuse, postureSeconds: 100 });
    late += 299_000;
    await say(posture());
    late += 299_000;
    await new Promise((resolve) => setTimeout(resolve, 60));
    late += 2_000;
    await ends('postureMissing');
    await leave();
  });

  it('and does not end for a missing report where none is demanded, nor at once where one is demanded now', async () => {
    const { sid, control, leave } = await session({ postureSeconds: 100 });
    late += 1_000_000;
    await new Promise((resolve) => setTimeout(resolve, 60));
    office.rule({ diskEncryption: refuse, postureSeconds: 100 });
    await control.next('policy');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(office.gateway.store.session(sid)?.state).toBe('open');
    await leave();
  });

  it('and the strictest rules are the default', () => {
    expect(defaultPolicy).toMatchObject({ closedPath: 'refuse', firewall: refuse, refusedDeskClasses: ['my-number'] });
  });
});
