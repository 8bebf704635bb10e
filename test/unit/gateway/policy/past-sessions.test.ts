import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceKind } from '#contract/evidence/evidence.ts';
import { pastSessions } from '#gateway/policy/past-sessions.ts';
import { openStore, type Store } from '#gateway/store/store.ts';

const minute = 60_000;
const day = 1440 * minute;

describe('pastSessions', () => {
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hanare-past-'));
    store = openStore(join(folder, 'store.sqlite'), { create: true });
    store.addUser({ id: 'yamada', name: 'Yamada', created: 1 });
    const desk = { name: 'D', protocol: 'vnc', host: '192.0.2.1', port: 5900, created: 1 } as const;
    store.addDesk({ id: 'pc-1', ...desk, class: 'tax' });
    for (const id of ['d1', 'd2']) store.addDevice({ id, user: 'yamada', label: 'L', created: 1, lease: null });
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const session = (granted: number, over: { device?: string; source?: string | null } = {}) => {
    const { device = 'd1', source = '203.0.113.7' } = over;
    const sid = `s${granted}`;
    store.addSession({ sid, device, user: 'yamada', desk: 'pc-1', granted, replica: 'main', source });
    store.openSession(sid, granted + 1);
  };
  const report = (client: string) => ({ os: 'linux', client, facts: [] });
  const evidence = (received: number, value: unknown, kind: EvidenceKind = 'posture', device = 'd1') => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    store.addEvidence({ device, sid: null, kind, received, report: text, verdicts: '[]', jws: '' }, 100);
  };
  const clients = () => pastSessions(store, 0).map(({ posture }) => posture?.client);

  it('tells who, where, when and from where, oldest first, from a moment on', () => {
    session(3 * day);
    session(day);
    session(2 * day, { source: null });
    store.endSession(`s${2 * day}`, 2 * day + minute, 'userEnded');
    const same = { user: 'yamada', device: 'd1', deskClass: 'tax', posture: undefined, path: undefined };
    expect(pastSessions(store, 2 * day)).toEqual([
      { ...same, granted: 2 * day, ended: 2 * day + minute, source: null },
      { ...same, granted: 3 * day, ended: null, source: '203.0.113.7' },
    ]);
  });

  it('leaves out what never came to be a session', () => {
    const grant = { device: 'd1', user: 'yamada', desk: 'pc-1', granted: day, replica: 'main' };
    store.addSession({ sid: 'refused', ...grant });
    store.endSession('refused', day + minute, 'wakeNoAnswer');
    store.addSession({ sid: 'waking', ...grant });
    expect(pastSessions(store, 0)).toEqual([]);
  });

  it('takes the report of its own sign-in, of its own laptop and kind', () => {
    session(day);
    evidence(day - 10 * minute, report('old'));
    evidence(day - minute, report('own'));
    evidence(day - 2, { results: [{ probe: 'dns', outcome: 'leaks' }] }, 'path');
    evidence(day - 1, report('other laptop'), 'posture', 'd2');
    evidence(day + minute, report('later'));
    expect(pastSessions(store, 0)).toMatchObject([
      { posture: { client: 'own' }, path: { results: [{ probe: 'dns', outcome: 'leaks' }] } },
    ]);
  });

  it('takes a report that held then and was confirmed later', () => {
    evidence(day, report('before'));
    session(5 * day);
    // First said at the sign-in, and the same again ever since.
    evidence(9 * day, report('held'));
    evidence(12 * day, report('after'));
    expect(clients()).toEqual(['held']);
  });

  it('takes the last one known when nothing was said since', () => {
    evidence(day, report('known'));
    session(5 * day);
    expect(clients()).toEqual(['known']);
  });

  it('knows nothing of a time before reports were kept', () => {
    session(day, { source: null });
    evidence(3 * day, report('later'));
    expect(clients()).toEqual([undefined]);
  });

  it.each(['{', '{"os":"linux"}', 'null'])('knows nothing by a report that cannot be read: %s', (text) => {
    evidence(day, text);
    session(day);
    expect(clients()).toEqual([undefined]);
  });
});
