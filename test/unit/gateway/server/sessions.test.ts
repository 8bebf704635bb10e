import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { createLogger } from '#contract/log/logger.ts';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import { createGrants } from '#gateway/grants/grants.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';
import { createSessions, type Sessions } from '#gateway/server/sessions.ts';
import { openStore, type Store } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const now = Date.UTC(2026, 10, 20, 9);

/* Two sets of sessions, each on its own connection to one store file, as two processes have it. */
describe('sessions', () => {
  let one: Sessions;
  let two: Sessions;
  let store: Store;
  let serving: Set<string>;
  beforeEach(async () => {
    const path = join(await temporaryFolder(), 'store.sqlite');
    store = openStore(path, { create: true });
    const other = openStore(path);
    onTestFinished(() => {
      store.close();
      other.close();
    });
    const clock = { now: () => now, monotonic: () => 0 };
    const logger = createLogger({ sink: () => undefined, now: () => now, context: 'test' });
    const grants = createGrants({ key: newPrivateKey(), issuer: 'urn:test', now: () => now });
    serving = new Set(['one', 'two']);
    const serves = (replica: string) => serving.has(replica);
    one = createSessions({ store, grants, clock, logger, serves, replica: 'one' });
    two = createSessions({ store: other, grants, clock, logger, serves, replica: 'two' });
    store.addUser({ id: 'yamada', name: '山田', created: 0 });
    for (const id of ['a', 'b']) store.addDevice({ id, user: 'yamada', label: id, created: 0, lease: null });
    for (const id of ['pc-1', 'pc-2']) {
      store.addDesk({ id, name: id, protocol: 'vnc', host: 'h', port: 1, created: 0 });
    }
  });

  const laptop = (device: string) => {
    const heard: GatewayMessage[] = [];
    const ended: Failure[] = [];
    const caller = { device, user: 'yamada', fingerprint: device };
    const control = { send: (message: GatewayMessage) => void heard.push(message) };
    const reserve = (sessions: Sessions, desk = 'pc-1') =>
      sessions.reserve(control, { caller, desk, source: '10.1.2.3' }, (failure) => ended.push(failure));
    return { heard, ended, control, reserve };
  };

  it('keeps a desk for one device, in all processes, until it is free again', async () => {
    const [a, b] = [laptop('a'), laptop('b')];
    const sid = a.reserve(one)!;
    expect(store.session(sid)).toMatchObject({ device: 'a', desk: 'pc-1', replica: 'one', source: '10.1.2.3' });
    for (const sessions of [one, two]) {
      expect(b.reserve(sessions)).toBeUndefined();
      expect([sessions.taken('pc-1', 'b'), sessions.taken('pc-1', 'a')]).toEqual([true, false]);
    }
    expect(b.reserve(two, 'pc-2')).toBeDefined();
    one.end(sid, 'userEnded', false);
    expect(b.reserve(two)).toBeDefined();
  });

  it('replaces the device’s own session on that desk, in this process and in another', async () => {
    const a = laptop('a');
    const first = a.reserve(one)!;
    await one.grant(first);
    const second = a.reserve(one)!;
    expect(a.heard).toEqual([{ type: 'closed', sid: first, reason: 'connectionLost' }]);
    await one.grant(second);
    const third = a.reserve(two)!;
    expect(store.session(second)).toMatchObject({ state: 'ended', reason: 'connectionLost' });
    one.follow();
    expect(a.heard.at(-1)).toEqual({ type: 'closed', sid: second, reason: 'connectionLost' });
    expect([one.size(), two.size()]).toEqual([0, 1]);
    two.follow();
    expect(two.get(third)?.state).toBe('reserved');
  });

  it('frees a desk whose session was of a process that is gone', () => {
    const sid = laptop('a').reserve(one)!;
    serving.delete('one');
    expect(laptop('b').reserve(two)).toBeDefined();
    expect(store.session(sid)).toMatchObject({ state: 'ended', reason: 'connectionLost' });
  });

  it('frees a desk whose session ended here while the store could not be written', () => {
    const sid = laptop('a').reserve(one)!;
    const write = vi.spyOn(store, 'endSession').mockImplementationOnce(() => {
      throw new Error('database is locked');
    });
    one.end(sid, 'userEnded', false);
    expect(write).toHaveBeenCalledOnce();
    expect(store.session(sid)?.state).toBe('granted');
    expect(laptop('b').reserve(one)).toBeDefined();
    expect(store.session(sid)).toMatchObject({ state: 'ended', reason: 'connectionLost' });
  });

  it('does not replace its session on another desk', () => {
    const a = laptop('a');
    expect([a.reserve(one), a.reserve(one, 'pc-2')]).not.toContain(undefined);
    expect(one.of(a.control).map(({ desk }) => desk)).toEqual(['pc-1', 'pc-2']);
  });

  it('tells who waits, not the laptop, when a session ends that the laptop has not heard of', async () => {
    const a = laptop('a');
    const sid = a.reserve(one)!;
    one.end(sid, 'outsideHours', true, { opens: '11/23 08:30' });
    expect(a.ended).toEqual([{ reason: 'outsideHours', details: { opens: '11/23 08:30' } }]);
    expect(a.heard).toEqual([]);
    expect(await one.grant(sid)).toBeUndefined();
  });

  it('gives no grant for a session that ends while the grant is made', async () => {
    const a = laptop('a');
    const sid = a.reserve(one)!;
    const grant = one.grant(sid);
    one.endOf(a.control, 'userEnded', false);
    expect(await grant).toBeUndefined();
    expect(a.ended).toEqual([{ reason: 'connectionLost', details: {} }]);
  });

  it('says why a session ended with what explains it, and nothing empty', async () => {
    const a = laptop('a');
    for (const details of [{ minimum: '2.0.0' }, undefined]) {
      const sid = a.reserve(one)!;
      await one.grant(sid);
      one.end(sid, 'clientTooOld', true, details);
      const more = details === undefined ? {} : { details };
      expect(a.heard.at(-1)).toEqual({ type: 'closed', sid, reason: 'clientTooOld', ...more });
    }
  });
});
