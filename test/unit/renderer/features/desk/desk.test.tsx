// @vitest-environment happy-dom
import { act, fireEvent, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectedState, endedState } from '#test/fakes/fake-bridge.ts';
import { emptyPageEachTime } from '../../page.ts';
import { bar, handle, openDesk as open, press, wait } from './open-desk.tsx';

emptyPageEachTime();
beforeEach(() => vi.useFakeTimers());

describe('the session bar', () => {
  it('says whose screen this is and that nothing is kept, the state, and the link in words', () => {
    open(connectedState({ quality: 'fair', rttMs: 123.6 }));
    expect(bar()?.textContent).toContain('いま操作しているのは庁内のパソコンです。この端末には何も保存されません。');
    expect(bar()?.textContent).toContain('接続中');
    expect(document.querySelector('.meter')?.textContent).toContain('ふつう');
    expect(document.querySelector('.meter')?.textContent).toContain('124ミリ秒');
  });

  it('says that the round trip is being measured before it is known', () => {
    open(connectedState({ rttMs: null }));
    expect(document.querySelector('.meter')?.textContent).toContain('測定中');
  });

  it('gives the keyboard to the desk when the picture appears', () => {
    expect(open().host.focus).toHaveBeenCalled();
  });

  it('disconnects with one press', async () => {
    const { onDisconnect } = open();
    await press('切断');
    expect(onDisconnect).toHaveBeenCalledOnce();
  });

  it('takes the keyboard on the leave chord and gives it back on Escape', async () => {
    const { leave, host } = open();
    await leave();
    expect(bar()?.contains(document.activeElement)).toBe(true);
    host.focus.mockClear();
    fireEvent.keyDown(document.activeElement!, { key: 'Escape' });
    expect(host.focus).toHaveBeenCalledOnce();
  });

  it('sends key chords by plain names, and then returns to the desk', async () => {
    const { host } = open();
    const names = ['Ctrl + Alt + Del', 'Windowsキー', 'Alt + Tab', '半角/全角', 'Print Screen'];
    for (const name of names) {
      await press('キー');
      host.focus.mockClear();
      await act(async () => screen.getByRole('menuitem', { name: new RegExp(name.replaceAll('+', '\\+')) }).click());
      await wait(200);
      expect(host.focus, name).toHaveBeenCalled();
    }
    expect(host.sendChord.mock.calls.flat()).toEqual([
      'ctrl-alt-del',
      'win',
      'alt-tab',
      'hankaku-zenkaku',
      'print-screen',
    ]);
  });

  it('changes the size of the picture', async () => {
    const { host } = open();
    await press('キー');
    expect(screen.getByRole('menuitemradio', { name: '全体を表示' }).getAttribute('aria-checked')).toBe('true');
    await act(async () => screen.getByRole('menuitemradio', { name: '原寸' }).click());
    expect(host.setScale).toHaveBeenCalledWith('actual');
  });
});

describe('full screen', () => {
  it('is asked of main by the button and by F11 in the bar', async () => {
    const { named } = open();
    await press('全画面');
    await act(async () => void fireEvent.keyDown(screen.getByRole('button', { name: '全画面を終了' }), { key: 'F11' }));
    expect(named('window.setFullScreen').map((call) => call.args[0])).toEqual([true, false]);
  });

  it('folds the bar to a handle that still says where one is', async () => {
    open();
    await press('全画面');
    expect(bar()).not.toBeNull();
    await wait(3000);
    expect(bar()).toBeNull();
    expect(handle()?.textContent).toContain('庁内のパソコンを操作中');
  });

  it('brings the bar back under a moving pointer, and folds it again', async () => {
    open();
    await press('全画面');
    await wait(3000);
    await act(async () => void fireEvent.pointerMove(handle()!));
    expect(bar()).not.toBeNull();
    await wait(2000);
    await act(async () => void fireEvent.pointerMove(bar()!));
    await wait(2000);
    expect(bar()).not.toBeNull();
    await wait(1000);
    expect(bar()).toBeNull();
  });

  it('keeps the bar while the keyboard is in it', async () => {
    const { leave } = open();
    await press('全画面');
    await wait(3000);
    await leave();
    expect(bar()?.contains(document.activeElement)).toBe(true);
    await wait(60_000);
    expect(bar()).not.toBeNull();
  });

  it('keeps the bar while its menu is open', async () => {
    open();
    await press('全画面');
    await press('キー');
    await wait(60_000);
    expect(screen.getByRole('menu')).toBeTruthy();
  });

  it('puts the keyboard into the bar when the handle is pressed', async () => {
    open();
    await press('全画面');
    await wait(3000);
    await act(async () => void fireEvent.click(handle()!));
    expect(bar()?.contains(document.activeElement)).toBe(true);
  });

  it('ends with the session', async () => {
    const { show, named } = open();
    await press('全画面');
    show(endedState(null));
    expect(named('window.setFullScreen').at(-1)?.args).toEqual([false]);
  });
});

describe('several displays', () => {
  const span = [
    { x: 0, y: 0, width: 1280, height: 1024, primary: false },
    { x: 1280, y: 100, width: 1920, height: 1080, primary: true },
  ];
  const button = () => screen.queryByRole('button', { name: 'すべての画面を使う' });

  it('are offered only where there are some', async () => {
    const { changeDisplays } = open();
    expect(button()).toBeNull();
    await act(async () => changeDisplays({ count: 2, span: null }));
    expect(button()).not.toBeNull();
  });

  it('are asked of main and left by the same button, the bar on the main one of them', async () => {
    const { changeDisplays, named, host } = open();
    await act(async () => changeDisplays({ count: 2, span: null }));
    await press('すべての画面を使う');
    await act(async () => changeDisplays({ count: 2, span }));
    expect(host.setMonitors).toHaveBeenLastCalledWith(span);
    expect(bar()?.className).toContain('bar--floating');
    expect(document.documentElement.style.getPropertyValue('--main-left')).toBe('1280px');
    await press('1 つの画面に戻す');
    expect(named('window.setAllDisplays').map((call) => call.args[0])).toEqual([true, false]);
    await act(async () => changeDisplays({ count: 2, span: null }));
    expect(host.setMonitors).toHaveBeenLastCalledWith(null);
    expect(document.documentElement.style.getPropertyValue('--main-left')).toBe('');
  });

  it('are left with the session', async () => {
    const { changeDisplays, show, named } = open();
    await act(async () => changeDisplays({ count: 2, span }));
    show(endedState(null));
    expect(named('window.setAllDisplays').at(-1)?.args).toEqual([false]);
  });
});

describe('the desk’s sound', () => {
  const loud = connectedState({}, null, { audio: true });

  it('has no button where it may not be heard, and is off', () => {
    const { host } = open();
    expect(screen.queryByRole('button', { name: '音を消す' })).toBeNull();
    expect(host.setSound).toHaveBeenLastCalledWith(false);
  });

  it('is heard, silenced and heard again', async () => {
    const { host } = open(loud);
    expect(host.setSound).toHaveBeenLastCalledWith(true);
    await press('音を消す');
    expect(host.setSound).toHaveBeenLastCalledWith(false);
    await press('音を出す');
    expect(host.setSound).toHaveBeenLastCalledWith(true);
  });

  it('is silent at once when the office forbids it', () => {
    const { host, show } = open(loud);
    show(connectedState());
    expect(host.setSound).toHaveBeenLastCalledWith(false);
    expect(screen.queryByRole('button', { name: '音を消す' })).toBeNull();
  });
});

describe('a silent link', () => {
  it('dims the picture and says plainly what is going on, until it is back', () => {
    const { show } = open();
    expect(document.querySelector('.desk__picture--old')).toBeNull();
    show(connectedState({ quality: 'silent' }));
    expect(document.querySelector('.desk__picture--old')).not.toBeNull();
    expect(document.querySelector('.silent [role=status]')?.textContent).toContain('回線から返事がありません。');
    expect(bar()?.textContent).toContain('返事待ち');
    expect(document.querySelector('.meter')?.textContent).not.toContain('24ミリ秒');
    show(connectedState());
    expect(document.querySelector('.silent [role=status]')?.textContent).toBe('');
  });
});

describe('the warning that the session will end', () => {
  const warned = () => connectedState({}, { kind: 'signIn', at: Date.now() + 90_000, failure: null });
  const extend = () => screen.getByRole('button', { name: 'PINを入力して続ける' });

  it('takes the keyboard on the leave chord, before the bar, and gives it back on Escape', async () => {
    const { leave, host } = open(warned());
    await leave();
    expect(document.activeElement).toBe(extend());
    host.focus.mockClear();
    fireEvent.keyDown(extend(), { key: 'Escape' });
    expect(host.focus).toHaveBeenCalledOnce();
  });

  it('gives the keyboard back to the desk when it goes with its dialog open', async () => {
    const { show, host } = open(warned());
    await press('PINを入力して続ける');
    host.focus.mockClear();
    show(connectedState());
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(host.focus).toHaveBeenCalled();
  });

  it('asks a person with a phone for a one-time password, too', async () => {
    open(warned(), 'prompted');
    await press('PINを入力して続ける');
    expect(screen.getByLabelText('6けたの番号')).toBeTruthy();
  });
});
