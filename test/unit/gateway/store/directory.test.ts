import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '#gateway/store/store.ts';

describe('desks in the store', () => {
  let folder: string;
  let store: Store;
  const plain = { name: 'Desk', protocol: 'vnc', host: '192.0.2.1', port: 5900, created: 1 } as const;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hanare-directory-'));
    store = openStore(join(folder, 'store.sqlite'), { create: true });
    store.addDesk({ id: 'pc-1', ...plain });
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('have no class and cannot be woken when nothing was said of it', () => {
    expect(store.desk('pc-1')).toEqual({
      id: 'pc-1',
      ...plain,
      class: null,
      mac: null,
      wakeTo: null,
      security: null,
      certificate: null,
    });
  });

  it('keep class, card and where to wake them', () => {
    const more = {
      security: null,
      certificate: null,
      class: 'my-number',
      mac: '00:1b:44:11:3a:b7',
      wakeTo: '192.0.2.255:9',
    };
    store.addDesk({ id: 'pc-2', ...plain, ...more });
    expect(store.desk('pc-2')).toEqual({ id: 'pc-2', ...plain, ...more });
    expect(store.desks()[1]).toEqual({ id: 'pc-2', ...plain, ...more, users: [] });
  });

  it('show a laptop neither class nor any address', () => {
    store.addUser({ id: 'yamada', name: 'Yamada', created: 1 });
    store.assign('pc-1', 'yamada', 1);
    store.setDesk('pc-1', { class: 'general', mac: '00:1b:44:11:3a:b7' });
    expect(store.desksOf('yamada')).toEqual([{ id: 'pc-1', name: 'Desk', protocol: 'vnc' }]);
  });

  it('change only in what is given, and tell what it was before', () => {
    expect(store.setDesk('pc-1', { class: 'general', port: 5901, name: 'Desk' })).toEqual({ class: null, port: 5900 });
    expect(store.setDesk('pc-1', { class: null, mac: '00:1b:44:11:3a:b7' })).toEqual({ class: 'general', mac: null });
    const after = {
      ...plain,
      port: 5901,
      class: null,
      mac: '00:1b:44:11:3a:b7',
      wakeTo: null,
      security: null,
      certificate: null,
    };
    expect(store.desk('pc-1')).toEqual({ id: 'pc-1', ...after });
  });

  it('have serving processes look again after a change, and only then', () => {
    store.changed();
    expect(store.setDesk('pc-1', { class: null })).toEqual({});
    expect(store.changed()).toBe(false);
    store.setDesk('pc-1', { class: 'my-number' });
    expect(store.changed()).toBe(true);
  });

  it('that do not exist are not changed', () => {
    expect(() => store.setDesk('pc-9', { name: 'x' })).toThrow('There is no desk "pc-9".');
  });
});
