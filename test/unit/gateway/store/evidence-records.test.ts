import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

describe('what laptops testified', () => {
  let store: Store;
  beforeEach(async () => {
    store = openStore(join(await temporaryFolder(), 'store.sqlite'), { create: true });
    onTestFinished(() => store.close());
    store.addUser({ id: 'yamada', name: '山田', created: 0 });
    for (const id of ['a', 'b']) store.addDevice({ id, user: 'yamada', label: id, created: 0, lease: null });
    store.changed();
  });
  const row = { sid: null, received: 0, report: '{}', verdicts: '[]' };
  const said = (device: string) => store.evidence(device, 100).map(({ jws }) => jws);

  it('is kept, the newest only, of each device and kind', () => {
    // The clock goes back meanwhile: what came last is the newest all the same.
    for (let n = 0; n < 8; n++) {
      store.addEvidence({ ...row, device: 'a', kind: 'path', jws: `p${n}`, received: 100 - n }, 5);
    }
    store.addEvidence({ ...row, device: 'a', kind: 'posture', jws: 'q' }, 5);
    store.addEvidence({ ...row, device: 'b', kind: 'path', jws: 'r' }, 5);
    expect(said('a')).toEqual(['q', 'p7', 'p6', 'p5', 'p4', 'p3']);
    expect(said('b')).toEqual(['r']);
    expect(store.lastEvidence('a', 'path')?.jws).toBe('p7');
    expect(store.lastEvidence('b', 'posture')).toBeUndefined();
  });

  it('is found by its own words', () => {
    store.addEvidence({ ...row, device: 'a', kind: 'residue', jws: 'x' }, 5);
    expect(store.hasEvidence('a', 'residue', 'x')).toBe(true);
    expect(store.hasEvidence('a', 'path', 'x')).toBe(false);
    expect(store.hasEvidence('b', 'residue', 'x')).toBe(false);
  });

  it('stands for the latest time when it is said anew', () => {
    store.addEvidence({ ...row, device: 'a', kind: 'posture', jws: 'x' }, 5);
    const { id } = store.lastEvidence('a', 'posture')!;
    store.renewEvidence(id, { received: 7, verdicts: '[1]', jws: 'y' });
    expect(store.evidence('a', 5)).toEqual([
      { ...row, id, device: 'a', kind: 'posture', received: 7, verdicts: '[1]', jws: 'y' },
    ]);
  });

  it('remembers since when an item is bad, not how often it was said', () => {
    store.setBad('a', 'firewall', 5);
    store.setBad('a', 'firewall', 9);
    store.setBad('b', 'updates', 9);
    expect(store.badSince('a')).toEqual(new Map([['firewall', 5]]));
    store.clearBad('a', 'firewall');
    store.clearBad('a', 'updates');
    expect(store.badSince('a')).toEqual(new Map());
    expect(store.badSince('b')).toEqual(new Map([['updates', 9]]));
  });

  it('is no reason for the server to look at everything again', () => {
    store.addEvidence({ ...row, device: 'a', kind: 'path', jws: 'x' }, 5);
    store.setBad('a', 'firewall', 5);
    expect(store.changed()).toBe(false);
  });
});
