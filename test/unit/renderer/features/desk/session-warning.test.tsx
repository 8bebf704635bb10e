// @vitest-environment happy-dom
import { act, screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { SessionWarning } from '#contract/ipc/state.ts';
import { connectedState, endedState, fakeDevice, lockedDevice } from '#test/fakes/fake-bridge.ts';
import { announced, enter, field, key, nameless, openApp, press, shown, traces, type } from '../../open-app.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const pin = '481516';
const prompted = { ...fakeDevice, method: 'prompted' } as const;
const soon = (kind: SessionWarning['kind'], more: Partial<SessionWarning> = {}) =>
  connectedState({}, { kind, at: Date.now() + 118_000, failure: null, ...more });
const stopTime = () =>
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
const problem = () => within(screen.getByRole('dialog')).getByRole('alert');
const wait = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));

describe('the warning that the session will end', () => {
  it('says politely that nobody touches the laptop, with the time for the eye only, and goes with the first key', async () => {
    const { change } = await openApp({ state: connectedState() });
    stopTime();
    const focus = document.activeElement;
    change(soon('idle'));
    const status = document.querySelector('.warning [role=status]');
    expect(status?.textContent).toContain('操作がないため、まもなく接続を終えます。');
    expect(status?.textContent).toContain('キーを押すか、マウスを動かしてください。');
    expect(screen.getByRole('timer').textContent).toBe('あと1分58秒');
    expect(announced()).not.toContain('1分58秒');
    // Work goes on under it.
    expect(document.activeElement).toBe(focus);
    expect(document.querySelector('.warning button')).toBeNull();
    await wait(60_000);
    expect(screen.getByRole('timer').textContent).toBe('あと58秒');
    change(connectedState());
    expect(document.querySelector('.warning')?.textContent).toBe('');
    // The same element is there before and after: a status that comes with its words is not read.
    expect(document.querySelector('.warning [role=status]')).toBe(status);
  });

  it('counts down to the end of the hours in minutes, says so twice, and offers nothing that would not help', async () => {
    const { change } = await openApp({ state: connectedState() });
    stopTime();
    change(soon('hours', { at: Date.now() + 590_000 }));
    const title = () => document.querySelector('.warning__title')?.textContent;
    expect(title()).toBe('あと10分で使える時間が終わります。');
    expect(announced()).toContain('あと10分で使える時間が終わります。');
    expect(announced()).toContain('作業を保存してください。');
    expect(document.querySelector('.warning button')).toBeNull();
    await wait(60_000);
    expect(title()).toBe('あと9分で使える時間が終わります。');
    expect(announced()).toContain('あと10分');
    await wait(410_000);
    expect(announced()).toContain('あと2分で使える時間が終わります。');
    await wait(80_000);
    expect(title()).toBe('あと40秒で使える時間が終わります。');
  });

  it('leads to the PIN when the sign-in runs out, by the key chord that leaves the desk, too', async () => {
    const { change } = await openApp({ state: connectedState() });
    change(soon('signIn'));
    expect(announced()).toContain('続けて使える時間が、まもなく終わります。');
    expect(announced()).toContain('Ctrl + Alt + Shift');
    await press('PINを入力して続ける');
    expect(screen.getByRole('dialog', { name: 'PINを入力すると、続けて使えます。' })).toBeTruthy();
    expect(document.activeElement).toBe(field('PIN'));
    expect(screen.queryByLabelText('6けたの番号')).toBeNull();
    expect(nameless()).toEqual([]);
  });

  it('is in English, too', async () => {
    const { change } = await openApp({ state: connectedState(), preferences: { language: 'en', theme: 'light' } });
    change(soon('idle'));
    expect(announced()).toContain('To go on, touch any key or move the mouse.');
    change(soon('signIn'));
    await press('Enter the PIN');
    expect(field('PIN')).toBeTruthy();
    expect(nameless()).toEqual([]);
  });

  it('is followed by the end, and by the PIN before anything else', async () => {
    const { change, changeDevice } = await openApp({ state: connectedState() });
    change(soon('idle'));
    change(endedState({ reason: 'idleTooLong', details: {} }));
    changeDevice(lockedDevice());
    expect(shown()).toBe('failed.idleTooLong');
    expect(screen.queryByRole('button', { name: 'もう一度接続' })).toBeNull();
    await press('PINを入力する');
    expect(shown()).toBe('unlock');
  });
});

describe('signing in anew while connected', () => {
  async function ask(device: typeof fakeDevice | typeof prompted = fakeDevice) {
    const app = await openApp({ device, state: connectedState() });
    app.change(soon('signIn'));
    await press('PINを入力して続ける');
    return app;
  }

  it('takes the PIN, keeps nothing of it, and goes with the warning', async () => {
    const { change, named } = await ask();
    await type(field('PIN'), pin);
    await enter(field('PIN'));
    expect(named('session.extend')).toEqual([{ name: 'session.extend', args: [pin, null] }]);
    expect(traces(pin)).toEqual([]);
    expect(announced()).toContain('確かめています。');
    change(connectedState());
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('takes a one-time password, too, where the person has it', async () => {
    const { named } = await ask(prompted);
    await type(field('PIN'), pin);
    await enter(field('PIN'));
    expect(named('session.extend')).toEqual([]);
    expect(problem().textContent).toContain('3 1 0 8');
    await type(field('6けたの番号'), '492 871');
    await enter(field('PIN'));
    expect(named('session.extend')[0]?.args).toEqual([pin, { kind: 'totp', code: '492871' }]);
    expect(traces('492871')).toEqual([]);
  });

  it('says that the PIN was wrong', async () => {
    const { fail } = await ask();
    fail('session.extend', { reason: 'pinWrong', details: { left: 8 } });
    await type(field('PIN'), pin);
    await enter(field('PIN'));
    expect(problem().textContent).toContain('PINが違います。');
    expect(document.activeElement).toBe(field('PIN'));
    expect(traces(pin)).toEqual([]);
  });

  it('waits out a pause', async () => {
    const { fail, named } = await ask();
    stopTime();
    fail('session.extend', { reason: 'pinDelayed', details: { seconds: 5 } });
    await type(field('PIN'), pin);
    await enter(field('PIN'));
    expect(document.querySelector('.wait')?.textContent).toContain('あと5秒お待ちください。');
    await type(field('PIN'), pin);
    await enter(field('PIN'));
    expect(named('session.extend')).toHaveLength(1);
    await wait(5_250);
    await enter(field('PIN'));
    expect(named('session.extend')).toHaveLength(2);
  });

  it('says what the gateway refused, which comes with the state', async () => {
    const { change } = await ask(prompted);
    await type(field('PIN'), pin);
    await type(field('6けたの番号'), '492871');
    await enter(field('PIN'));
    expect(problem().textContent).toBe('');
    change(soon('signIn', { failure: { reason: 'otpWrong', details: { left: 6 } } }));
    expect(problem().textContent).toContain('あと6回');
    expect(field('PIN').readOnly).toBe(false);
  });

  it('opens again when no word comes from the gateway', async () => {
    await ask();
    stopTime();
    await type(field('PIN'), pin);
    await enter(field('PIN'));
    expect(field('PIN').readOnly).toBe(true);
    await wait(5_000);
    expect(field('PIN').readOnly).toBe(false);
  });

  it('can be left for later by its button and by Escape', async () => {
    await ask();
    await key('Escape', field('PIN'));
    expect(screen.queryByRole('dialog')).toBeNull();
    await press('PINを入力して続ける');
    await press('戻る');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.querySelector('.warning--shown')).not.toBeNull();
  });
});
