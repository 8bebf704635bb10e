// @vitest-environment happy-dom
import { act, createEvent, fireEvent, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectedState, endedState } from '#test/fakes/fake-bridge.ts';
import { emptyPageEachTime } from '../../page.ts';
import { bar, handle, openDesk as open, press, wait } from './open-desk.tsx';

emptyPageEachTime();
beforeEach(() => vi.useFakeTimers());

const usb = { reason: 'usbStorageFound', details: { device: 'Cruzer' } } as const;
const paused = () => connectedState({}, null, { pause: usb });
const frame = () => document.querySelector('iframe')!;
/** happy-dom’s events know no modifier states. */
function hideKey(target: Element | Window = window, more: KeyboardEventInit = {}) {
  const event = createEvent.keyDown(target, { key: ' ', code: 'Space', ctrlKey: true, altKey: true, ...more });
  return act(async () => void fireEvent(target, Object.assign(event, { getModifierState: () => false })));
}

describe('a pause by a rule', () => {
  it('hides the picture wholly, puts it out of reach, and says why and what to do', () => {
    const { show, host } = open();
    expect(frame().hasAttribute('inert')).toBe(false);
    show(paused());
    expect(document.querySelector('.desk__picture--covered iframe')).toBe(frame());
    expect(frame().hasAttribute('inert')).toBe(true);
    expect(host.cover).toHaveBeenLastCalledWith(true);
    const panel = screen.getByRole('alert').textContent ?? '';
    for (const part of ['USBメモリーが差し込まれています。', '「Cruzer」', '抜くと続けられます。', '7 1 0 1']) {
      expect(panel).toContain(part);
    }
    expect(bar()?.textContent).toContain('停止中');
  });

  it('takes the keyboard from the desk and gives it to nothing that a key could press', async () => {
    const { show, host, leave } = open();
    host.focus.mockClear();
    show(paused());
    expect(document.activeElement?.textContent).toBe('USBメモリーが差し込まれています。');
    await leave();
    fireEvent.keyDown(document.activeElement!, { key: 'Escape' });
    expect(host.focus).not.toHaveBeenCalled();
  });

  it('ends by itself when the reason is gone, with the keyboard at the desk', () => {
    const { show, host } = open(paused());
    host.focus.mockClear();
    show(connectedState());
    expect(frame().hasAttribute('inert')).toBe(false);
    expect(host.cover).toHaveBeenLastCalledWith(false);
    expect(host.focus).toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toBe('');
  });

  it('can be left by disconnecting, and leads to the rules', async () => {
    const { onDisconnect } = open(paused());
    const panel = within(screen.getByRole('alert'));
    await act(async () => panel.getByRole('button', { name: '切断' }).click());
    expect(onDisconnect).toHaveBeenCalledOnce();
    await act(async () => panel.getByRole('button', { name: 'この端末の規則' }).click());
    expect(screen.getByRole('dialog', { name: 'この端末の規則' })).toBeTruthy();
  });

  it('says nothing of a silent link over it', () => {
    open(connectedState({ quality: 'silent' }, null, { pause: usb }));
    expect(document.querySelector('.silent--shown')).toBeNull();
    expect(document.querySelector('.desk__picture--old')).toBeNull();
  });

  it('brings the bar out of full screen’s handle', async () => {
    const { show } = open();
    await press('全画面');
    await wait(3000);
    expect(bar()).toBeNull();
    show(paused());
    expect(bar()).not.toBeNull();
  });
});

describe('hiding the picture', () => {
  it('is done by the key from anywhere in the window, and undone by it', async () => {
    const { host } = open();
    await hideKey(screen.getByRole('button', { name: '切断' }));
    expect(screen.getByRole('alert').textContent).toContain('画面を隠しています。');
    expect(frame().hasAttribute('inert')).toBe(true);
    expect(host.cover).toHaveBeenLastCalledWith(true);
    host.focus.mockClear();
    await hideKey(document.activeElement!);
    expect(frame().hasAttribute('inert')).toBe(false);
    expect(host.cover).toHaveBeenLastCalledWith(false);
    expect(host.focus).toHaveBeenCalled();
  });

  it('is not undone by a key held down, by other keys or by a stray one on the panel', async () => {
    const { hide } = open();
    await hide();
    await hideKey(window, { repeat: true });
    await hideKey(window, { shiftKey: true });
    await hideKey(window, { altKey: false });
    await act(async () => void fireEvent.keyDown(document.activeElement!, { key: 'Enter' }));
    expect(frame().hasAttribute('inert')).toBe(true);
  });

  it('is asked for by the screen’s page, which never shows it again', async () => {
    const { hide } = open();
    await hide();
    await hide();
    expect(frame().hasAttribute('inert')).toBe(true);
    await act(async () => within(screen.getByRole('alert')).getByRole('button', { name: '画面を出す' }).click());
    expect(frame().hasAttribute('inert')).toBe(false);
  });

  it('is a button in the bar, too', async () => {
    open();
    await press('目隠し');
    expect(document.activeElement?.textContent).toBe('画面を隠しています。');
    expect(bar()?.textContent).toContain('目隠し中');
  });

  it('lasts over a pause and ends with the session', async () => {
    const { hide, show } = open();
    await hide();
    show(paused());
    expect(screen.getByRole('alert').textContent).toContain('USBメモリー');
    show(connectedState());
    expect(screen.getByRole('alert').textContent).toContain('画面を隠しています。');
    show(endedState(null));
    show(connectedState());
    expect(screen.getByRole('alert').textContent).toBe('');
  });

  it('does nothing without a session', async () => {
    open(endedState(null));
    await hideKey();
    expect(screen.queryByText('画面を隠しています。')).toBeNull();
  });
});

describe('the watermark', () => {
  const marked = () => connectedState({}, null, { watermark: { user: '山田 花子', device: '端末 017' } });
  const mark = () => document.querySelector('.watermark');

  it('is over the picture with user, laptop and minute, for the eye only', async () => {
    vi.setSystemTime(new Date(2026, 10, 22, 9, 5, 30));
    open(marked());
    const lines = () => new Set([...mark()!.querySelectorAll('text')].map((line) => line.textContent));
    expect(lines()).toEqual(new Set(['山田 花子 · 端末 017', '2026-11-22 09:05']));
    expect(mark()?.getAttribute('aria-hidden')).toBe('true');
    expect(mark()?.closest('.desk__picture')?.contains(frame())).toBe(true);
    await wait(30_000);
    expect(lines()).toContain('2026-11-22 09:06');
  });

  it('is not painted anew within a minute', async () => {
    vi.setSystemTime(new Date(2026, 10, 22, 9, 5, 0));
    const { show } = open(marked());
    const changes = vi.fn();
    new MutationObserver(changes).observe(mark()!, { subtree: true, childList: true, attributes: true });
    await wait(59_000);
    show(connectedState({ rttMs: 99 }, null, { watermark: { user: '山田 花子', device: '端末 017' } }));
    await act(async () => undefined);
    expect(changes).not.toHaveBeenCalled();
  });

  it('is there only where the office wants it, and not over a hidden picture', () => {
    const { show } = open();
    expect(mark()).toBeNull();
    show(marked());
    expect(mark()).not.toBeNull();
    show(connectedState({}, null, { watermark: { user: 'a', device: 'b' }, pause: usb }));
    expect(mark()).toBeNull();
  });
});

describe('rules that are only warned of', () => {
  const warned = () =>
    connectedState({}, null, {
      notices: [
        { reason: 'antivirusOff', details: {} },
        { reason: 'leakLan', details: {} },
      ],
    });

  it('are counted in the bar and announced, and told one press away', async () => {
    const { show } = open();
    expect(screen.queryByRole('button', { name: /注意/ })).toBeNull();
    show(warned());
    expect([...document.querySelectorAll('[role=status]')].map((one) => one.textContent).join()).toContain(
      '2件あります',
    );
    await press('注意 2件');
    const panel = within(screen.getByRole('dialog', { name: '確かめが必要なこと' }));
    expect(panel.getByText('ウイルス対策が働いていないか、古いままです。')).toBeTruthy();
    expect(panel.getByText('更新してから、もう一度接続してください。')).toBeTruthy();
    expect(panel.getByText('端末が近くの機器と通信できます。')).toBeTruthy();
  });

  it('lead to the rules', async () => {
    open(warned());
    await press('注意 2件');
    await press('この端末の規則');
    expect(screen.getByRole('dialog', { name: 'この端末の規則' })).toBeTruthy();
    expect(screen.queryByRole('dialog', { name: '確かめが必要なこと' })).toBeNull();
  });

  it('are marked on the handle of full screen', async () => {
    open(warned());
    await press('全画面');
    await wait(3000);
    expect(handle()?.querySelector('.notices__sign')).not.toBeNull();
  });
});

describe('the rules during a session', () => {
  it('open from the bar’s menu, leave the session alone, and give the keyboard back to the desk', async () => {
    const { host, named, onDisconnect } = open();
    await press('キー');
    await act(async () => screen.getByRole('menuitem', { name: 'この端末の規則' }).click());
    const dialog = screen.getByRole('dialog', { name: 'この端末の規則' });
    expect(within(dialog).getByText('すべての規則が守られています。')).toBeTruthy();
    expect(named('rules.get')).toHaveLength(1);
    await wait(200);
    expect(host.focus).toHaveBeenCalledTimes(1);
    await act(async () => within(dialog).getByRole('button', { name: '閉じる' }).click());
    await wait(200);
    expect(host.focus.mock.calls.length).toBeGreaterThan(1);
    expect(onDisconnect).not.toHaveBeenCalled();
  });

  it('go with the session', async () => {
    const { show } = open();
    await press('キー');
    await act(async () => screen.getByRole('menuitem', { name: 'この端末の規則' }).click());
    show(endedState(null));
    expect(screen.queryByRole('dialog')).toBeNull();
    show(connectedState());
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
