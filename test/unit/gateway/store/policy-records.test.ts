import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '#gateway/store/store.ts';

describe('what the store decides about rules', () => {
  let folder: string;
  let store: Store;
  const layer = (scope: 'site' | 'user:sato', rules: string) => ({ scope, rules, changed: 7, actor: 'tanaka' });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hanare-policy-'));
    store = openStore(join(folder, 'store.sqlite'), { create: true });
    for (const id of ['yamada', 'sato']) store.addUser({ id, name: id, created: 1 });
    store.changed();
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is nothing at first', () => {
    expect(store.policyLayers()).toEqual([]);
    expect(store.policyLayer('site')).toBeUndefined();
    expect([store.policySerial(), store.memberships(), store.groupsOf('sato')]).toEqual([0, [], []]);
  });

  it('replaces a layer as a whole, and keeps who did it and when', () => {
    store.setPolicyLayer(layer('site', '{"usb":"end"}'));
    store.setPolicyLayer({ ...layer('site', '{}'), changed: 8, actor: 'ito' });
    store.setPolicyLayer(layer('user:sato', '{"usb":"warn"}'));
    expect(store.policyLayer('site')).toEqual({ scope: 'site', rules: '{}', changed: 8, actor: 'ito' });
    expect(store.policyLayers().map(({ scope }) => scope)).toEqual(['site', 'user:sato']);
    expect(store.clearPolicyLayer('site')).toBe(true);
    expect(store.clearPolicyLayer('site')).toBe(false);
    expect(store.policyLayer('site')).toBeUndefined();
  });

  it('gives groups in the order of the alphabet', () => {
    for (const group of ['night', 'b', 'Tax', 'a1']) expect(store.joinGroup(group, 'sato')).toBe(true);
    store.joinGroup('night', 'yamada');
    expect(store.groupsOf('sato')).toEqual(['Tax', 'a1', 'b', 'night']);
    expect(store.memberships().filter(({ name }) => name === 'night')).toEqual([
      { name: 'night', user: 'sato' },
      { name: 'night', user: 'yamada' },
    ]);
  });

  it('refuses a member that does not exist', () => {
    for (const act of [store.joinGroup, store.leaveGroup]) {
      expect(() => act('night', 'ghost')).toThrow(expect.objectContaining({ problem: 'unknown' }));
    }
    expect(store.policySerial()).toBe(0);
  });

  it.each<[string, () => unknown]>([
    ['a layer set', () => store.setPolicyLayer(layer('site', '{}'))],
    ['a layer cleared', () => store.clearPolicyLayer('user:sato')],
    ['a membership more', () => store.joinGroup('night', 'yamada')],
    ['a membership less', () => store.leaveGroup('night', 'sato')],
  ])('grows by one with %s, and the server looks', (_, act) => {
    store.setPolicyLayer(layer('user:sato', '{}'));
    store.joinGroup('night', 'sato');
    store.changed();
    const before = store.policySerial();
    act();
    expect(store.policySerial()).toBe(before + 1);
    expect(store.changed()).toBe(true);
  });

  it('does not grow when it was so already', () => {
    store.joinGroup('night', 'sato');
    store.changed();
    expect(store.joinGroup('night', 'sato')).toBe(false);
    expect(store.leaveGroup('day', 'sato')).toBe(false);
    expect(store.clearPolicyLayer('site')).toBe(false);
    expect([store.policySerial(), store.changed()]).toEqual([1, false]);
  });

  it('takes the serial back with the change', () => {
    const fail = () =>
      store.transaction(() => {
        store.setPolicyLayer(layer('site', '{}'));
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect([store.policySerial(), store.policyLayers()]).toEqual([0, []]);
  });

  it('does not happen when the serial cannot grow', () => {
    const db = new DatabaseSync(join(folder, 'store.sqlite'));
    db.exec("CREATE TRIGGER full BEFORE UPDATE ON policy_serial BEGIN SELECT RAISE(ABORT, 'no'); END");
    db.close();
    expect(() => store.setPolicyLayer(layer('site', '{}'))).toThrow('no');
    expect(() => store.joinGroup('night', 'sato')).toThrow('no');
    expect([store.policyLayers(), store.memberships()]).toEqual([[], []]);
  });

  it('is seen by another process at once', () => {
    const other = openStore(join(folder, 'store.sqlite'));
    store.setPolicyLayer(layer('site', '{"usb":"end"}'));
    expect(other.changed()).toBe(true);
    expect(other.policyLayer('site')?.rules).toBe('{"usb":"end"}');
    expect(other.policySerial()).toBe(1);
    other.close();
  });
});
