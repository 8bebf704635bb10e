// @vitest-environment happy-dom
import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { lockedDevice } from '#test/fakes/fake-bridge.ts';
import {
  announced,
  enter,
  field,
  heading,
  key,
  nameless,
  openApp,
  press,
  shown,
  traces,
  type,
} from '../../open-app.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const pin = '481516';
const pinField = () => field('PIN');
const open = (options: Parameters<typeof openApp>[0] = {}) => openApp({ device: lockedDevice(), ...options });

describe('unlocking', () => {
  it('asks for the PIN of the laptop by its label, with the keyboard in the field', async () => {
    await open();
    expect(heading()).toBe('PINを入力してください。');
    expect(screen.getByRole('main').textContent).toContain('端末「テレワーク端末 017」');
    expect(pinField().type).toBe('password');
    expect(pinField().autocomplete).toBe('off');
    expect(document.activeElement).toBe(pinField());
    expect(document.title).toBe('PINの入力 - Hanare');
    expect(nameless()).toEqual([]);
  });

  it('opens the laptop, and keeps nothing of the PIN', async () => {
    const { named, hold } = await open();
    const release = hold('device.unlock');
    await type(pinField(), pin);
    await enter(pinField());
    expect(named('device.unlock')).toEqual([{ name: 'device.unlock', args: [pin] }]);
    expect(traces(pin)).toEqual([]);
    expect(announced()).toContain('PINを確かめています。');
    await enter(pinField());
    expect(named('device.unlock')).toHaveLength(1);
    await act(async () => release());
    expect(shown()).toBe('ready');
    expect(traces(pin)).toEqual([]);
  });

  it('takes letters, and full-width characters as plain ones', async () => {
    const { named } = await open();
    await type(pinField(), 'ｈａｎａ－７Ａ');
    expect(pinField().value).toBe('hana-7A');
    expect(announced()).toContain('全角の文字を半角に直しました。');
    await enter(pinField());
    expect(named('device.unlock')[0]?.args).toEqual(['hana-7A']);
  });

  it.each([
    ['nothing', '', 'PINを入力してください。'],
    ['less than any PIN has', '12345', 'PINは6文字以上です。回数には数えていません。'],
    ['what no PIN can be', 'ひみつのばんごう', '半角の英数字と記号だけが使えます。'],
  ])('does not spend a try on %s', async (_, typed, said) => {
    const { named } = await open();
    await type(pinField(), typed);
    await enter(pinField());
    expect(named('device.unlock')).toEqual([]);
    expect(announced()).toContain(said);
  });

  it('says that it was wrong, how many tries are left, and the code; and puts the keyboard back', async () => {
    const { fail, setDevice } = await open();
    fail('device.unlock', { reason: 'pinWrong', details: { left: 8 } });
    setDevice(lockedDevice(8));
    await type(pinField(), pin);
    await enter(pinField());
    expect(screen.getByRole('alert').textContent).toContain('PINが違います。');
    expect(screen.getByRole('alert').textContent).toContain('あと8回間違えると、端末は止まります。');
    expect(screen.getByRole('alert').textContent).toContain('6 4 0 1');
    expect(document.activeElement).toBe(pinField());
    expect(traces(pin)).toEqual([]);
  });

  it.each([
    [10, null],
    [8, null],
    [7, 'あと7回間違えると、端末は止まります。'],
    [1, 'あと1回間違えると、端末は止まります。'],
  ])('with %d tries left says beforehand: %s', async (left, said) => {
    await open({ device: lockedDevice(left) });
    expect(document.querySelector('.unlock__left')?.textContent ?? null).toBe(said);
  });

  it('says so in English, too', async () => {
    await open({ device: lockedDevice(1), preferences: { language: 'en', theme: 'light' } });
    expect(heading()).toBe('Enter your PIN.');
    expect(document.querySelector('.unlock__left')?.textContent).toBe('After 1 more wrong try the laptop is locked.');
    expect(nameless()).toEqual([]);
  });

  it('waits out the pause after wrong tries, counting down for the eye only', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    const { named } = await open({ device: lockedDevice(6, Date.now() + 65_000) });
    expect(screen.getByRole('timer').textContent).toBe('あと1分5秒お待ちください。');
    expect(announced()).not.toContain('1分5秒');
    expect(announced()).toContain('続けて間違えたため、間をあけています。');
    await type(pinField(), pin);
    await enter(pinField());
    expect(named('device.unlock')).toEqual([]);
    await act(async () => void vi.advanceTimersByTime(6_000));
    expect(screen.getByRole('timer').textContent).toBe('あと59秒お待ちください。');
    await act(async () => void vi.advanceTimersByTime(59_250));
    expect(screen.queryByRole('timer')).toBeNull();
    await enter(pinField());
    expect(named('device.unlock')).toHaveLength(1);
  });

  it('becomes the locked screen at the tenth wrong PIN', async () => {
    const { fail, setDevice } = await open({ device: lockedDevice(1) });
    fail('device.unlock', { reason: 'pinLocked', details: {} });
    setDevice({ state: 'pinLocked', label: '017', challenge: 'KT18FPXY' });
    await type(pinField(), pin);
    await enter(pinField());
    expect(shown()).toBe('lift.pinLocked');
  });

  it.each(['keychainLocked', 'vaultDamaged'] as const)('says %s in place when unlocking meets it', async (reason) => {
    const { fail } = await open();
    fail('device.unlock', { reason, details: {} });
    await type(pinField(), pin);
    await enter(pinField());
    expect(screen.getByRole('alert').textContent).not.toBe('');
    expect(shown()).toBe('unlock');
  });

  it('warns of Caps Lock while the key is on, and of Japanese input', async () => {
    await open();
    const caps = (on: boolean) => {
      const event = new KeyboardEvent('keydown', { key: 'a', bubbles: true });
      Object.defineProperty(event, 'getModifierState', { value: (name: string) => on && name === 'CapsLock' });
      return act(async () => void pinField().dispatchEvent(event));
    };
    await caps(true);
    expect(announced()).toContain('Caps Lockがオンです。');
    await caps(false);
    expect(announced()).not.toContain('Caps Lock');
    await act(async () => void fireEvent.compositionStart(pinField()));
    expect(announced()).toContain('日本語入力がオンです。');
    pinField().value = '１２';
    await act(async () => void fireEvent.compositionEnd(pinField()));
    expect(pinField().value).toBe('12');
    expect(announced()).not.toContain('日本語入力がオンです。');
  });

  it('shows the characters when asked, and hides them when they are sent', async () => {
    const { hold } = await open();
    hold('device.unlock');
    await type(pinField(), pin);
    await act(async () => screen.getByRole('checkbox', { name: '文字を表示する' }).click());
    expect(pinField().type).toBe('text');
    await enter(pinField());
    expect(pinField().type).toBe('password');
  });
});

describe('the PIN pad', () => {
  it('types into the field, takes back, and says how much there is, not what', async () => {
    const { named } = await open();
    for (const digit of '48151') await press(digit);
    expect(pinField().value).toBe('48151');
    expect(announced()).toContain('5文字入力しました。');
    await press('1文字消す');
    expect(pinField().value).toBe('4815');
    await press('全部消す');
    expect(pinField().value).toBe('');
    for (const digit of pin) await press(digit);
    await press('解錠');
    expect(named('device.unlock')[0]?.args).toEqual([pin]);
    expect(traces(pin)).toEqual([]);
  });

  it('leaves the keyboard in the field under a finger or a mouse', async () => {
    await open();
    // A press whose default is prevented moves no focus.
    expect(fireEvent.mouseDown(screen.getByRole('button', { name: '4' }))).toBe(false);
  });

  it('is one stop of the Tab key, with arrows within', async () => {
    await open();
    const one = screen.getByRole('button', { name: '1' });
    expect(screen.getByRole('toolbar', { name: '数字の入力' }).contains(one)).toBe(true);
    one.focus();
    await key('ArrowRight', one);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: '2' }));
  });
});
