// @vitest-environment happy-dom
import { act, screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { fakeDevice, lockedDevice } from '#test/fakes/fake-bridge.ts';
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

const oldPin = '481516';
const newPin = '230897';

async function open(options: Parameters<typeof openApp>[0] = {}) {
  const app = await openApp(options);
  await press(options.preferences?.language === 'en' ? 'This laptop' : 'この端末');
  return app;
}
const facts = () =>
  Object.fromEntries(
    [...document.querySelectorAll('.laptop__facts > div')].map((row) => [
      row.querySelector('dt')?.textContent,
      row.querySelector('dd')?.textContent,
    ]),
  );

describe('the page of this laptop', () => {
  it('says whose it is, until when, and how it stands with the office', async () => {
    await open();
    expect(shown()).toBe('laptop');
    expect(heading()).toContain('テレワーク端末 017');
    expect(facts()).toEqual({
      借りている人: '山田 花子',
      貸し出しの期限: '2027年3月31日',
      端末の証明書: '2027年11月22日まで2027年7月24日から、接続したときに自動で新しくなります。',
      最後の接続: expect.stringContaining('2026年11月22日'),
      受付: 'みどり市役所',
    });
    expect(document.title).toBe('この端末 - Hanare');
    expect(nameless()).toEqual([]);
  });

  it('says so when no return date is set, and in English', async () => {
    await open({ device: { ...fakeDevice, lease: null }, preferences: { language: 'en', theme: 'light' } });
    expect(facts()).toMatchObject({ 'Lent to': '山田 花子', 'Lent until': 'No date set' });
    expect(nameless()).toEqual([]);
  });

  it('has the fingerprint and the numbers one press away', async () => {
    await open();
    const more = screen.getByRole('button', { name: '窓口に聞かれたときに見るところ' });
    expect(more.getAttribute('aria-expanded')).toBe('false');
    await act(async () => more.click());
    const panel = document.querySelector('.tell__panel')?.textContent ?? '';
    for (const part of ['dev-1', '4F2A91C07D3B', 'gw.example:443', '0123 4567 89AB CDEF'])
      expect(panel).toContain(part);
  });

  it('is left by its button, and by Enter connects nothing', async () => {
    const { named } = await open();
    await key('Enter', screen.getByRole('heading', { level: 1 }));
    expect(named('session.connect')).toEqual([]);
    await press('戻る');
    expect(shown()).toBe('ready');
  });

  it('locks at once, and is not open again after the PIN', async () => {
    const { named } = await open();
    await press('今すぐ施錠する');
    expect(named('device.lock')).toHaveLength(1);
    expect(shown()).toBe('unlock');
    await type(field('PIN'), oldPin);
    await enter(field('PIN'));
    expect(shown()).toBe('ready');
  });

  it.each([
    ['locked', lockedDevice()],
    ['held', { ...fakeDevice, hold: { reason: 'leaseOver', challenge: 'KT18FPXY' } } as const],
    ['unusable', { state: 'failed', failure: { reason: 'vaultDamaged', details: {} } } as const],
  ])('has no way to it while the laptop is %s', async (_, device) => {
    await openApp({ device });
    expect(screen.queryByRole('button', { name: 'この端末' })).toBeNull();
  });
});

describe('changing the PIN', () => {
  async function ask() {
    const app = await open();
    await press('PINを変える');
    const dialog = within(screen.getByRole('dialog', { name: 'PINを変える' }));
    return { ...app, submit: () => act(async () => dialog.getByRole('button', { name: 'PINを変える' }).click()) };
  }
  async function fill(old = oldPin, next = newPin, again = next) {
    await type(field('いまのPIN'), old);
    await type(field('新しいPIN'), next);
    await type(field('新しいPIN（もう一度）'), again);
  }

  it('takes the old one and the new one twice, and keeps nothing of either', async () => {
    const { named } = await ask();
    expect(document.activeElement).toBe(field('いまのPIN'));
    expect(nameless()).toEqual([]);
    await fill();
    await enter(field('いまのPIN'));
    expect(named('device.changePin')).toEqual([{ name: 'device.changePin', args: [oldPin, newPin] }]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(announced()).toContain('PINを変えました。');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'PINを変える' }));
    expect([...traces(oldPin), ...traces(newPin)]).toEqual([]);
  });

  it('refuses the old one as the new one, and one that breaks the office’s rules', async () => {
    const { named, submit } = await ask();
    await fill(oldPin, oldPin);
    await submit();
    expect(announced()).toContain('いまのPINとは別のものにしてください。');
    await fill(oldPin, '121212');
    await submit();
    expect(announced()).toContain('くり返しは使えません。');
    expect(named('device.changePin')).toEqual([]);
  });

  it('asks for as many characters as the office wants', async () => {
    const { named } = await openApp({ device: { ...fakeDevice, pinMinimum: 8 } });
    await press('この端末');
    await press('PINを変える');
    expect(screen.getByRole('list', { name: 'PINの決まり' }).textContent).toContain('8文字以上');
    await fill();
    await enter(field('いまのPIN'));
    expect(announced()).toContain('8文字以上にしてください。');
    expect(named('device.changePin')).toEqual([]);
  });

  it.each([
    ['pinWrong', { left: 7 }, 'あと7回間違えると'],
    ['pinWeak', {}, 'このPINは使えません。'],
    ['diskFull', {}, '端末の空きがありません。'],
  ] as const)('says %s in place, with empty fields', async (reason, details, said) => {
    const { fail, submit } = await ask();
    fail('device.changePin', { reason, details });
    await fill();
    await submit();
    expect(screen.getByRole('alert').textContent).toContain(said);
    expect(document.activeElement).toBe(field('いまのPIN'));
    expect([...traces(oldPin), ...traces(newPin)]).toEqual([]);
  });

  it('says no longer what was wrong with the last try when the next has a fault of its own', async () => {
    const { fail, submit } = await ask();
    fail('device.changePin', { reason: 'pinWrong', details: { left: 7 } });
    await fill();
    await submit();
    await fill(oldPin, oldPin);
    await submit();
    expect(screen.getByRole('alert').textContent).toBe('');
    expect(field('いまのPIN').getAttribute('aria-invalid')).toBe('false');
  });

  it('waits out a pause', async () => {
    const { fail, named, submit } = await ask();
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    fail('device.changePin', { reason: 'pinDelayed', details: { seconds: 10 } });
    await fill();
    await submit();
    expect(screen.getByRole('timer').textContent).toBe('あと10秒お待ちください。');
    await fill();
    await enter(field('いまのPIN'));
    expect(named('device.changePin')).toHaveLength(1);
  });

  it('gives way to the locked screen at the tenth wrong PIN', async () => {
    const { fail, setDevice, submit } = await ask();
    fail('device.changePin', { reason: 'pinLocked', details: {} });
    setDevice({ state: 'pinLocked', label: '017', challenge: 'KT18FPXY' });
    await fill();
    await submit();
    expect(shown()).toBe('lift.pinLocked');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is left without a change by Escape', async () => {
    const { named } = await ask();
    await fill();
    await key('Escape', field('いまのPIN'));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(named('device.changePin')).toEqual([]);
    expect([...traces(oldPin), ...traces(newPin)]).toEqual([]);
  });
});
