import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { maxEvidence } from '#contract/evidence/evidence.ts';
import { type PathReport, pathProbes } from '#contract/evidence/path.ts';
import type { PostureReport } from '#contract/evidence/posture.ts';
import type { Receipt, RulesView } from '#contract/ipc/state.ts';
import { createLogger } from '#contract/log/logger.ts';
import { defaultPolicy, type Policy } from '#contract/policy/policy.ts';
import { createGuard } from '#main/guard/guard.ts';
import type { GuardLine } from '#main/guard/session-guard.ts';
import { signEvidence } from '#main/guard/sign.ts';
import type { UsbStorage } from '#main/guard/usb/usb.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const credentials = { gateway: { host: 'gw', port: 1 }, ca: '', certificate: 'c', privateKey: key };
const stick: UsbStorage = { id: 'a', name: 'Stick', kind: 'usb', bound: true };
const found: Failure = { reason: 'usbStorageFound', details: { device: 'Stick', count: 1 } };
const open: Failure = { reason: 'captureUnprotected', details: {} };
const posture: PostureReport = { os: 'linux', client: '1.0.0', facts: [] };
const closed: PathReport = { results: pathProbes.map((probe) => ({ probe, outcome: 'blocked' })) };
const leaking: PathReport = {
  results: pathProbes.map((probe) => ({ probe, outcome: probe === 'dns' ? 'leaks' : 'blocked' })),
};
const clean = { sid: 's1', files: 4, bytes: 400, found: [], unread: [] };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function start(rules: Partial<Policy> = {}) {
  const policy = { ...defaultPolicy, ...rules };
  let devices: readonly UsbStorage[] = [];
  let seen = true;
  let captured = false;
  let path: () => Promise<PathReport> = async () => closed;
  let posted = 0;
  let pending: { id: number; jws: string; at: number }[] = [];
  let reaches = true;
  let clipboard: () => Promise<string | null> = async () => 'mark';
  let residue: () => Promise<typeof clean> = async () => clean;
  const residues: object[] = [];
  const views: RulesView[] = [];
  const ends: Failure[] = [];
  const testified: { id: number; claims: { nonce?: string; evidence: { kind: string } } }[] = [];
  const told: (readonly [string, object])[] = [];
  let changes = 0;
  const guard = createGuard({
    usb: () => ({ devices: () => devices, seen: () => seen, ready: Promise.resolve() }),
    capture: (rule) => ({
      pause: captured && rule === 'pause' ? open : null,
      notice: captured && rule === 'warn' ? open : null,
    }),
    posture: async () => {
      posted += 1;
      return posture;
    },
    path: () => path(),
    clipboard: () => clipboard(),
    residue: (session) => {
      residues.push(session);
      return residue();
    },
    receipts: {
      add: async ({ jws, at }) => {
        pending.push({ id: (pending.at(-1)?.id ?? 100) + 1, jws, at });
        return pending.at(-1)!.id;
      },
      pending: () => pending,
      delivered: async (ids) => {
        pending = pending.filter(({ id }) => !ids.includes(id));
      },
    },
    deliver: async (_, receipts) => (reaches ? receipts.map(({ id }) => id) : []),
    rules: () => ({ policy, origins: {}, baseline: 'none', lastContact: 5 }),
    gateway: async () => credentials.gateway,
    now: Date.now,
    log: createLogger({ sink: () => undefined, now: () => 0, context: 'test' }),
    onRules: (view) => views.push(view),
  });
  const claimsOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1]!, 'base64url').toString());
  const line: GuardLine = {
    credentials,
    nonce: 'n0nce',
    testify: (id, jws) => testified.push({ id, claims: claimsOf(jws) }),
    tell: (event, details) => told.push([event, details]),
  };
  const begin = () =>
    guard.begin({
      device: 'lt-1',
      gateway: credentials.gateway,
      on: {
        changed: () => {
          changes += 1;
        },
        ends: (failure) => ends.push(failure),
      },
    });
  return {
    ...{ guard, policy, begin, line, views, ends, testified, told, residues },
    kinds: () => testified.map(({ claims }) => claims.evidence.kind),
    posted: () => posted,
    changes: () => changes,
    pending: () => pending,
    plug: (...next: UsbStorage[]) => {
      devices = next;
      guard.changed();
    },
    blind: () => {
      seen = false;
    },
    expose: (on: boolean) => {
      captured = on;
      guard.changed();
    },
    leak: (next: () => Promise<PathReport> = async () => leaking) => {
      path = next;
    },
    offline: () => {
      reaches = false;
    },
    leave: (next: typeof residue) => {
      residue = next;
    },
    clipboard: (next: typeof clipboard) => {
      clipboard = next;
    },
    leaveReceipt: (receipt: { jws: string; at: number }) => {
      pending = [...pending, { id: pending.length + 100, ...receipt }];
    },
    /** Signs in. */
    async admitted() {
      const session = begin();
      await session.admit({ policy, origins: {} }, line);
      return session;
    },
  };
}

describe('before a desk is asked for', () => {
  it('the laptop testifies to its state and to its path, on this connection', async () => {
    const t = start();
    const session = await t.admitted();
    expect(t.kinds()).toEqual(['posture', 'path']);
    expect(t.testified.every(({ claims }) => claims.nonce === 'n0nce')).toBe(true);
    session.stop();
  });

  it('a leak is testified to, and then refused by its name', async () => {
    const t = start();
    t.leak();
    const session = t.begin();
    await expect(session.admit({ policy: t.policy, origins: {} }, t.line)).rejects.toMatchObject({ reason: 'leakDns' });
    expect(t.kinds()).toContain('path');
    session.stop();
  });

  it('a leak is only said where the office wants no more, and not even looked for where it wants nothing', async () => {
    const warned = start({ closedPath: 'warn' });
    warned.leak();
    const session = await warned.admitted();
    expect(session.burden().notices).toContainEqual({ reason: 'leakDns', details: {} });
    session.stop();
    const ignored = start({ closedPath: 'ignore' });
    ignored.leak(() => Promise.reject(new Error('must not be called')));
    const other = await ignored.admitted();
    expect(ignored.kinds()).toEqual(['posture']);
    other.stop();
  });

  it('rules that become stricter while it is looked at count already', async () => {
    const t = start({ closedPath: 'warn' });
    let answer: (report: PathReport) => void = () => undefined;
    t.leak(() => new Promise((resolve) => (answer = resolve)));
    const session = t.begin();
    const admission = expect(session.admit({ policy: t.policy, origins: {} }, t.line)).rejects.toMatchObject({
      reason: 'leakDns',
    });
    session.rulesChanged({ policy: { ...t.policy, closedPath: 'refuse' }, origins: {} });
    answer(leaking);
    await admission;
    session.stop();
  });

  it('USB storage that is in already ends it, or hides the picture from the first moment on', async () => {
    const ended = start({ usb: 'end' });
    ended.plug(stick);
    const session = ended.begin();
    await expect(session.admit({ policy: ended.policy, origins: {} }, ended.line)).rejects.toMatchObject(found);
    session.stop();
    const paused = start();
    paused.plug(stick);
    const other = await paused.admitted();
    expect(other.burden().pause).toEqual(found);
    expect(paused.told.map(([event]) => event)).toEqual(['usbInserted', 'paused']);
    other.stop();
  });

  it('what was waited for in vain lets nothing open when the session was left meanwhile', async () => {
    const t = start();
    let answer: (report: PathReport) => void = () => undefined;
    t.leak(() => new Promise((resolve) => (answer = resolve)));
    const session = t.begin();
    const admission = expect(session.admit({ policy: t.policy, origins: {} }, t.line)).rejects.toMatchObject({
      reason: 'connectionLost',
    });
    session.stop();
    answer(closed);
    await admission;
    expect(t.testified).toEqual([]);
  });
});

describe('during a session', () => {
  it('a stick hides the picture until it is out, and the office hears of it', async () => {
    const t = start();
    const session = await t.admitted();
    t.plug(stick);
    expect(session.burden().pause).toEqual(found);
    t.plug();
    expect(session.burden()).toEqual({ pause: null, notices: [] });
    expect(t.told).toEqual([
      ['usbInserted', { device: 'Stick' }],
      ['paused', { reason: 'usbStorageFound' }],
      ['usbRemoved', { device: 'Stick' }],
      ['resumed', { reason: 'usbStorageFound' }],
    ]);
    session.stop();
  });

  it('a stick ends it, or is only mentioned, as the office wants', async () => {
    const ended = start({ usb: 'end' });
    const session = await ended.admitted();
    ended.plug(stick);
    expect(ended.ends).toEqual([found]);
    session.stop();
    const warned = start({ usb: 'warn' });
    const other = await warned.admitted();
    warned.plug(stick);
    expect(other.burden()).toEqual({ pause: null, notices: [found] });
    other.stop();
  });

  it('a window that could be copied hides the picture', async () => {
    const t = start();
    const session = await t.admitted();
    t.expose(true);
    expect(session.burden().pause).toEqual(open);
    t.expose(false);
    expect(session.burden().pause).toBeNull();
    session.stop();
  });

  it('one reason going leaves the other: the picture comes back when both are gone', async () => {
    const t = start();
    const session = await t.admitted();
    t.plug(stick);
    t.expose(true);
    t.plug();
    expect(session.burden().pause).toEqual(open);
    t.expose(false);
    expect(session.burden().pause).toBeNull();
    expect(t.told.filter(([event]) => event === 'paused' || event === 'resumed')).toHaveLength(2);
    session.stop();
  });

  it('the system is looked at in the policy’s rhythm, and no more after it', async () => {
    const t = start({ postureSeconds: 600 });
    const session = await t.admitted();
    expect(t.posted()).toBe(1);
    await vi.advanceTimersByTimeAsync(600_000);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(t.posted()).toBe(3);
    expect(t.kinds().filter((kind) => kind === 'posture')).toHaveLength(3);
    session.stop();
    await vi.advanceTimersByTimeAsync(1_800_000);
    expect(t.posted()).toBe(3);
  });

  it('what the office makes of the system is shown, and on the rules page too', async () => {
    const t = start();
    const session = await t.admitted();
    const { id } = t.testified.find(({ claims }) => claims.evidence.kind === 'posture')!;
    session.kept(id, [
      { item: 'firewall', level: 'warn', until: null },
      { item: 'updates', level: 'grace', until: 9 },
      { item: 'antivirus', level: 'ok', until: null },
    ]);
    expect(session.burden().notices.map(({ reason }) => reason)).toEqual(['firewallOff', 'updatesOverdue']);
    expect(t.views.at(-1)?.posture?.verdicts).toHaveLength(3);
    session.stop();
  });

  it('rules that arrive when it is over start no watch anew', async () => {
    const t = start({ postureSeconds: 600 });
    const session = await t.admitted();
    session.stop();
    session.rulesChanged({ policy: { ...t.policy, postureSeconds: 5 }, origins: {} });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(t.posted()).toBe(1);
  });

  it('rules that change are obeyed at once', async () => {
    const t = start({ usb: 'warn' });
    const session = await t.admitted();
    t.plug(stick);
    expect(session.burden().pause).toBeNull();
    session.rulesChanged({ policy: { ...t.policy, usb: 'pause' }, origins: {} });
    expect(session.burden().pause).toEqual(found);
    session.stop();
  });
});

describe('after a session', () => {
  const receiptsOf = async (session: ReturnType<ReturnType<typeof start>['begin']>) => {
    const receipts: Receipt[] = [];
    await session.receipt((receipt) => receipts.push(receipt));
    return receipts;
  };

  it('its remains are looked for, with what was remembered at its beginning', async () => {
    const t = start();
    const session = await t.admitted();
    const since = Date.now();
    session.opened('s1');
    vi.advanceTimersByTime(60_000);
    session.stop();
    const receipts = await receiptsOf(session);
    expect(t.residues).toEqual([{ sid: 's1', since, markers: ['s1', 'n0nce'], clipboard: 'mark' }]);
    expect(receipts.map(({ clean: isClean, kept }) => [isClean, kept])).toEqual([
      [true, 'laptop'],
      [true, 'office'],
    ]);
    expect(t.pending()).toEqual([]);
  });

  it('a receipt that the office could not be given waits for the next sign-in', async () => {
    const t = start();
    t.offline();
    const session = await t.admitted();
    session.opened('s1');
    session.stop();
    expect((await receiptsOf(session)).map(({ kept }) => kept)).toEqual(['laptop']);
    expect(t.pending()).toHaveLength(1);
    const next = await t.admitted();
    const sent = t.testified.find(({ claims }) => claims.evidence.kind === 'residue')!;
    next.kept(sent.id, []);
    expect(t.pending()).toEqual([]);
    next.stop();
  });

  it('a stock of receipts never stands in the way of what the session depends on, and goes after 30 days', async () => {
    const t = start();
    const day = 86_400_000;
    const by = { device: 'lt-1', privateKey: key, nonce: null, now: Date.now() };
    const jws = signEvidence({ kind: 'residue', report: clean }, by);
    for (let age = 50; age > 0; age -= 1) t.leaveReceipt({ jws, at: Date.now() - age * day });
    const session = await t.admitted();
    expect(t.kinds().slice(0, 2)).toEqual(['posture', 'path']);
    // The office's limit is 40 statements at once (gateway/evidence/testimony.ts).
    // The connection that delivers after the session counts too, and so does coming back at once.
    expect(t.kinds().length).toBeLessThanOrEqual(10);
    expect(t.pending()).toHaveLength(30);
    session.opened('s1');
    session.stop();
    await receiptsOf(session);
    expect(t.pending()).toHaveLength(31 - 8);
  });

  it('a clipboard that cannot be read harms nobody', async () => {
    const t = start();
    t.clipboard(() => Promise.reject(new Error('no')));
    const session = await t.admitted();
    session.opened('s1');
    // Unhandled, the rejection would end the process in between.
    await vi.advanceTimersByTimeAsync(10);
    session.stop();
    expect(await receiptsOf(session)).toHaveLength(2);
    expect(t.residues).toMatchObject([{ clipboard: null }]);
  });

  it('it is never longer than the office takes, whatever what was found is called', async () => {
    const t = start();
    t.offline();
    const names = Array.from({ length: 50 }, () => ({ place: 'profile', what: '画'.repeat(80), removed: true }));
    t.leave(async () => ({ ...clean, found: names }) as never);
    const session = await t.admitted();
    session.opened('s1');
    session.stop();
    await receiptsOf(session);
    const { jws } = t.pending()[0]!;
    expect(jws.length).toBeLessThanOrEqual(maxEvidence);
    expect(JSON.parse(Buffer.from(jws.split('.')[1]!, 'base64url').toString()).evidence.report.found).toHaveLength(50);
  });

  it('it says what was found, and is not clean', async () => {
    const t = start();
    t.leave(async () => ({ ...clean, found: [{ place: 'temp', what: 'x', removed: true }] }) as never);
    const session = await t.admitted();
    session.opened('s1');
    session.stop();
    expect((await receiptsOf(session))[0]).toMatchObject({ clean: false, found: [{ what: 'x' }] });
  });

  it('there is none where no desk was opened', async () => {
    const t = start();
    const session = await t.admitted();
    session.stop();
    expect(await receiptsOf(session)).toEqual([]);
  });
});

describe('the rules page', () => {
  it('shows what a look has found, and that it is looking', async () => {
    const t = start();
    t.leak();
    await t.guard.check();
    expect(t.views[0]).toMatchObject({ checking: true });
    const last = t.views.at(-1)!;
    expect(last).toMatchObject({ checking: false, baseline: 'none', receivedAt: 5 });
    expect(last.rules.find(({ name }) => name === 'closedPath')?.failure?.reason).toBe('leakDns');
  });

  it('does not call it good that no USB storage was seen where nothing can see it', () => {
    const t = start();
    const usb = () => t.guard.rules().rules.find(({ name }) => name === 'usb');
    expect(usb()).toMatchObject({ effective: 'yes', failure: null });
    t.blind();
    expect(usb()).toMatchObject({ checkedAt: null, effective: 'unknown' });
    t.plug(stick);
    expect(usb()).toMatchObject({ effective: 'no', failure: found });
  });

  it('shows what it can when a look fails', async () => {
    const t = start();
    t.leak(() => Promise.reject(new Error('no')));
    await t.guard.check();
    expect(t.views.at(-1)).toMatchObject({ checking: false });
  });
});
