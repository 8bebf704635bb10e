// @vitest-environment happy-dom
import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { connectedState, endedState, fakeDesk, fakeDevice, lockedDevice } from '#test/fakes/fake-bridge.ts';
import { heading, nameless, openApp, press, shown } from '../open-app.tsx';
import { emptyPageEachTime } from '../page.ts';

emptyPageEachTime();

const challenge = 'KT18FPXY';
const screens: readonly (readonly [string, DeviceStatus])[] = [
  ['enrol.code', { state: 'notEnrolled', site: null }],
  ['unlock', lockedDevice()],
  ['lift.pinLocked', { state: 'pinLocked', label: '017', challenge }],
  ['lift.leaseOver', { ...fakeDevice, hold: { reason: 'leaseOver', challenge } }],
  ['lift.offlineTooLong', { ...fakeDevice, hold: { reason: 'offlineTooLong', challenge } }],
  ['failed.vaultDamaged', { state: 'failed', failure: { reason: 'vaultDamaged', details: {} } }],
  ['ready', fakeDevice],
];

describe('the screen outside a session', () => {
  it.each(screens)('is %s by what the laptop says of itself, and at once when that changes', async (name, device) => {
    const { changeDevice } = await openApp({ device });
    expect(shown()).toBe(name);
    for (const [next, status] of screens) {
      changeDevice(status);
      expect(shown()).toBe(next);
    }
  });

  it.each(screens)('%s can be named whole in English, and offers to connect only when ready', async (name, device) => {
    await openApp({ device, preferences: { language: 'en', theme: 'light' } });
    expect(nameless()).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Connect' }) !== null).toBe(name === 'ready');
    expect(document.querySelectorAll('main .button--primary')).toHaveLength(1);
  });

  it.each([
    'keychainMissing',
    'keychainLocked',
    'vaultDamaged',
    'vaultNewer',
    'vaultOtherDevice',
    'vaultKeyMissing',
    'diskReadOnly',
    'deviceFileDamaged',
  ] as const)('says %s with its own words, and can try again', async (reason) => {
    const { setDevice } = await openApp({ device: { state: 'failed', failure: { reason, details: {} } } });
    const entry = catalogue[reason];
    const main = screen.getByRole('main').textContent ?? '';
    for (const part of [entry.title.ja, entry.cause.ja, entry.user.ja, [...entry.code].join(' ')]) {
      expect(main).toContain(part);
    }
    setDevice(lockedDevice());
    await press('もう一度試す');
    expect(shown()).toBe('unlock');
  });

  it('does not cover a session that is up', async () => {
    const { changeDevice } = await openApp({ state: connectedState() });
    changeDevice(lockedDevice());
    expect(shown()).toBeUndefined();
    expect(document.querySelector('.bar')).not.toBeNull();
  });

  it('comes after the end of a session has been read', async () => {
    const { change, changeDevice } = await openApp({ state: connectedState() });
    change(endedState({ reason: 'deviceErased', details: {} }));
    changeDevice({ state: 'notEnrolled', site: null });
    expect(shown()).toBe('failed.deviceErased');
    await press('最初の画面に戻る');
    expect(shown()).toBe('enrol.code');
  });

  it('asks the laptop again when main refuses to connect', async () => {
    const { fail, setDevice } = await openApp();
    fail('session.connect', { reason: 'deviceLocked', details: {} });
    setDevice(lockedDevice());
    await press('接続する');
    expect(heading()).toBe('端末はPINで閉じられています。');
    await press('PINを入力する');
    expect(shown()).toBe('unlock');
  });

  it('names in its footer the laptop that it knows, and the user only when it is open', async () => {
    const { changeDevice } = await openApp({ device: lockedDevice() });
    const footer = () => screen.getByRole('contentinfo').textContent;
    expect(footer()).toContain('テレワーク端末 017');
    expect(footer()).not.toContain('山田 花子');
    changeDevice({ ...fakeDevice, desk: fakeDesk });
    expect(footer()).toContain('山田 花子');
    await act(async () => undefined);
  });
});
