// @vitest-environment happy-dom
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { SessionState } from '#contract/ipc/state.ts';
import { App } from '#renderer/app/app.tsx';
import {
  connectedState,
  connectingState,
  createFakeBridge,
  endedState,
  type FakeBridgeOptions,
  fakeDevice,
} from '#test/fakes/fake-bridge.ts';
import { fakeReceipt } from '#test/fakes/fake-rules.ts';
import { emptyPageEachTime } from '../page.ts';

emptyPageEachTime();

const connecting = connectingState({ times: { network: 40, gateway: 310 } });

async function open(options: FakeBridgeOptions = {}) {
  const fake = createFakeBridge(options);
  const view = render(<App bridge={fake.bridge} />);
  await vi.waitFor(() => expect(document.querySelector('[data-screen], .bar')).not.toBeNull());
  // The screen is there before React has run its effects, among them the one that follows the session.
  await act(async () => undefined);
  return { ...view, ...fake, change: (next: SessionState) => act(() => fake.change(next)) };
}
const shown = () => document.querySelector('[data-screen]')?.getAttribute('data-screen');
const press = async (name: string | RegExp) => act(async () => screen.getByRole('button', { name }).click());
const key = (name: string, target: Element = document.body, more: KeyboardEventInit = {}) =>
  act(async () => void fireEvent.keyDown(target, { key: name, ...more }));

describe('ready', () => {
  it('names the desk and has one button, which connects', async () => {
    const { named } = await open();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(
      '庁内のあなたのパソコン「総務課 0123」につなぎます。',
    );
    const main = within(screen.getByRole('main'));
    expect(main.getAllByRole('button')).toHaveLength(1);
    await press('接続する');
    expect(named('session.connect')).toEqual([{ name: 'session.connect', args: [] }]);
  });

  it('says so when the desk is not known yet', async () => {
    await open({ device: { ...fakeDevice, desk: null } });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('庁内のあなたのパソコンにつなぎます。');
  });

  it('connects by Enter from anywhere but where Enter has another meaning', async () => {
    const { named } = await open();
    await key('Enter', screen.getByRole('button', { name: 'English' }));
    await key('Enter', document.body, { repeat: true });
    await key('Enter', document.body, { isComposing: true });
    await key('Enter', document.body, { ctrlKey: true });
    expect(named('session.connect')).toHaveLength(0);
    await key('Enter', screen.getByRole('heading', { level: 1 }));
    expect(named('session.connect')).toHaveLength(1);
  });

  it('shows whose laptop this is, and its version', async () => {
    await open();
    const footer = screen.getByRole('contentinfo');
    expect(footer.textContent).toContain('テレワーク端末 017');
    expect(footer.textContent).toContain('山田 花子');
    expect(footer.textContent).toContain('0.1.0');
  });

  it('says why when main refuses to connect, without a session', async () => {
    const { fail, named } = await open();
    fail('session.connect', { reason: 'noDeskAssigned', details: {} });
    await press('接続する');
    expect(shown()).toBe('failed.noDeskAssigned');
    expect(screen.queryByRole('button', { name: 'もう一度接続' })).toBeNull();
    await press('最初の画面に戻る');
    expect(shown()).toBe('ready');
    expect(named('session.connect')).toHaveLength(1);
  });

  it('moves the focus to the heading of each new screen', async () => {
    const { change } = await open();
    expect(document.activeElement?.tagName).toBe('H1');
    change(endedState(null));
    expect(document.activeElement?.textContent).toBe('切断しました。');
  });
});

describe('a laptop that cannot connect', () => {
  it('says why and offers no connect button', async () => {
    const { named, setDevice } = await open({
      device: { state: 'failed', failure: { reason: 'keychainLocked', details: {} } },
    });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('端末の鍵入れが閉じています。');
    expect(screen.queryByRole('button', { name: /接続/ })).toBeNull();
    await key('Enter');
    expect(named('session.connect')).toHaveLength(0);
    await press('アプリを終了する');
    expect(named('app.quit')).toHaveLength(1);
    setDevice(fakeDevice);
    await press('もう一度試す');
    expect(shown()).toBe('ready');
  });

  it('is said, too, when the status itself cannot be read', async () => {
    const fake = createFakeBridge();
    fake.fail('device.status', { reason: 'deviceFileDamaged', details: {} });
    render(<App bridge={fake.bridge} />);
    expect(await screen.findByText('端末の登録情報が壊れています。')).toBeTruthy();
  });
});

describe('connecting', () => {
  it('shows five stages with the present one marked, and the time of those done', async () => {
    const { change } = await open();
    change(connecting);
    const items = within(screen.getByRole('list', { name: '接続の進みぐあい' })).getAllByRole('listitem');
    expect(items.map((item) => item.querySelector('.stages__name')?.textContent)).toEqual([
      '回線',
      '受付',
      '本人確認',
      '庁内パソコン',
      '画面',
    ]);
    expect(items.map((item) => item.getAttribute('aria-current'))).toEqual([null, null, 'step', null, null]);
    expect(items[0]?.textContent).toContain('0.1秒未満');
    expect(items[1]?.textContent).toContain('0.3秒');
    expect(items[3]?.textContent).not.toContain('秒');
  });

  it('announces each stage', async () => {
    const { change } = await open();
    change(connecting);
    expect(screen.getByRole('main').querySelector('[role=status]')?.textContent).toBe('本人確認をしています。');
    change(connectingState({ stage: 'picture' }));
    expect(screen.getByRole('main').querySelector('[role=status]')?.textContent).toBe('画面を受け取っています。');
  });

  it.each([
    ['signIn', 3_500, '次のワンタイムパスワードに変わるまで、30秒ほど待つことがあります。'],
    ['signIn', 20_000, '次のワンタイムパスワードに変わるまで、30秒ほど待つことがあります。'],
    ['signIn', 33_500, 'いつもより時間がかかっています。このままお待ちください。'],
    ['desk', 8_500, 'いつもより時間がかかっています。このままお待ちください。'],
    ['signIn', 2_500, null],
    ['desk', 3_500, null],
  ] as const)('says at %s after %d ms why it waits: %s', async (stage, ms, said) => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { change } = await open();
    change(connectingState({ stage }));
    await act(async () => void vi.advanceTimersByTime(ms));
    expect(document.querySelector('.connecting__slow')?.textContent ?? null).toBe(said);
  });

  it('gives no reason while the person is being asked, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { change } = await open();
    change(connectingState({ prompt: { failure: null, busy: false } }));
    await act(async () => void vi.advanceTimersByTime(60_000));
    expect(document.querySelector('.connecting__slow')).toBeNull();
  });

  it('asks who signs in to an RDP desk, sends it on, and says that it is on its way', async () => {
    const { named, change } = await open();
    change(connectingState({ stage: 'desk', login: { busy: false } }));
    const dialog = screen.getByRole('dialog', { name: '庁内パソコンへのサインイン' });
    const [user, password] = ['ユーザー名', 'パスワード'].map(
      (name) => within(dialog).getByLabelText(name) as HTMLInputElement,
    ) as [HTMLInputElement, HTMLInputElement];
    expect(document.activeElement).toBe(user);
    const submit = () => act(async () => void fireEvent.submit(user.form!));
    user.value = ' CITY\\yamada ';
    await submit();
    expect(named('session.login')).toEqual([]);
    expect(document.activeElement).toBe(password);
    password.value = 'Himitsu-1234';
    await submit();
    expect(named('session.login').map(({ args }) => args)).toEqual([
      [{ user: 'CITY\\yamada', password: 'Himitsu-1234' }],
    ]);
    expect(password.value).toBe('');
    change(connectingState({ stage: 'desk', login: { busy: true } }));
    expect(screen.queryByRole('dialog')).toBeNull();
    change(connectingState({ stage: 'desk', login: { busy: false } }));
    expect((screen.getByLabelText('ユーザー名') as HTMLInputElement).value).toBe('CITY\\yamada');
    expect((screen.getByLabelText('パスワード') as HTMLInputElement).value).toBe('');
  });

  it('shows how waking the office PC gets on, and for how long that is usual', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { change } = await open();
    const lines = () =>
      within(screen.getByRole('list', { name: '起動の進みぐあい' }))
        .getAllByRole('listitem')
        .map((item) => [item.textContent, item.getAttribute('aria-current')]);
    const said = () => screen.getByRole('main').querySelector('.connecting__doing')?.textContent;
    change(connectingState({ stage: 'desk', wake: 'sent' }));
    expect(lines()).toEqual([
      ['起動の合図を送りました', null],
      ['起動を待っています', 'step'],
    ]);
    expect(screen.getByText('起動には1〜3分かかります。')).toBeTruthy();
    await act(async () => void vi.advanceTimersByTime(170_000));
    expect(said()).toBe('庁内パソコンを起動しています。');
    await act(async () => void vi.advanceTimersByTime(11_000));
    expect(said()).toContain('いつもより時間がかかっています。');
    change(connectingState({ stage: 'desk', wake: 'answers' }));
    expect(lines().at(-1)).toEqual(['使えるようになるのを待っています', 'step']);
    change(connectingState({ stage: 'desk', wake: 'ready' }));
    expect(lines().map(([line]) => line)).toEqual(['起動の合図を送りました', '起動しました', '使えるようになりました']);
    change(connectingState({ stage: 'picture', wake: 'ready' }));
    expect(screen.queryByRole('list', { name: '起動の進みぐあい' })).toBeNull();
  });

  it('can be cancelled', async () => {
    const { change, named } = await open();
    change(connecting);
    await press('中止');
    expect(named('session.disconnect')).toHaveLength(1);
  });
});

describe('ended', () => {
  it('is calm when the person ended it, and says what was found of what the session left', async () => {
    const { change } = await open();
    change(endedState(null, { receipt: 'pending' }));
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('切断しました。');
    expect(screen.queryByText('コード')).toBeNull();
    const note = () => screen.getByRole('region', { name: '端末に残っていないかの確認' }).textContent;
    expect(note()).toBe('残っていないか確かめています…');
    const status = screen.getByRole('main').querySelector('[role=status]');
    change(endedState(null, { receipt: fakeReceipt }));
    expect(note()).toContain('この接続の情報は、この端末に何も残っていません。');
    // The same element: a status that comes with its words is not read.
    expect(screen.getByRole('main').querySelector('[role=status]')).toBe(status);
  });

  it('stays put aside, and keeps its time, when the receipt comes later', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22, 3, 0, 0) });
    const { change } = await open();
    change(endedState({ reason: 'connectionLost', details: {} }, { receipt: 'pending' }));
    const time = document.querySelector('.failure__time')?.textContent;
    vi.setSystemTime(Date.UTC(2026, 10, 22, 3, 0, 9));
    change(endedState({ reason: 'connectionLost', details: {} }, { receipt: fakeReceipt }));
    expect(document.querySelector('.failure__time')?.textContent).toBe(time);
    await press('最初の画面に戻る');
    change(endedState({ reason: 'connectionLost', details: {} }, { receipt: { ...fakeReceipt, kept: 'laptop' } }));
    expect(shown()).toBe('ready');
  });

  it('offers to try again where that can help', async () => {
    const { change, named } = await open();
    change(endedState({ reason: 'gatewayTimeout', details: { host: 'gw.example' } }, { stage: 'gateway' }));
    expect(screen.getByText(/「gw.example」へ送りました/)).toBeTruthy();
    await press('もう一度接続');
    expect(named('session.connect')).toHaveLength(1);
  });

  it('offers only the way back where it cannot', async () => {
    const { change } = await open();
    change(endedState({ reason: 'deviceRevoked', details: {} }));
    expect(screen.queryByRole('button', { name: 'もう一度接続' })).toBeNull();
    await press('最初の画面に戻る');
    expect(shown()).toBe('ready');
  });

  it('is shown again for the next end, though the last was put aside', async () => {
    const { change } = await open();
    change(endedState(null));
    await press('最初の画面に戻る');
    change(connecting);
    change(endedState({ reason: 'connectionLost', details: {} }));
    expect(shown()).toBe('failed.connectionLost');
  });

  it('does not connect by an Enter that was meant for the desk', async () => {
    const { change, named } = await open({ state: connectedState() });
    change(endedState({ reason: 'connectionLost', details: {} }));
    await key('Enter');
    expect(named('session.connect')).toHaveLength(0);
  });

  it('has what the helpdesk asks one press away, read aloud digit by digit', async () => {
    const { change } = await open();
    change(endedState({ reason: 'deskDown', details: {} }, { stage: 'desk' }));
    expect(document.querySelector('.failure__code')?.textContent).toBe('4 1 0 1');
    const disclosure = screen.getByRole('button', { name: '窓口に伝えること' });
    expect(disclosure.getAttribute('aria-expanded')).toBe('false');
    await press('窓口に伝えること');
    expect(disclosure.getAttribute('aria-expanded')).toBe('true');
    const panel = document.querySelector('.tell__list')?.textContent ?? '';
    for (const part of ['4 1 0 1', '庁内パソコン', 'テレワーク端末 017', '山田 花子', '総務課 0123', '0.1.0']) {
      expect(panel).toContain(part);
    }
  });
});

describe('the window as a whole', () => {
  it('keeps one iframe for the screen from the first screen on, out of reach until there is a picture', async () => {
    const { change } = await open();
    const frame = document.querySelector('iframe');
    expect(frame?.getAttribute('src')).toBe('http://screen.test/screen.html');
    expect(frame?.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin');
    expect(frame?.closest('[inert]')).not.toBeNull();
    change(connecting);
    expect(document.querySelector('iframe')).toBe(frame);
    expect(frame?.closest('[inert]')).not.toBeNull();
  });

  it('switches its language at once, keeps it, and says so to the document', async () => {
    const { named } = await open();
    expect(document.documentElement.lang).toBe('ja');
    await press('English');
    expect(screen.getByRole('button', { name: 'Connect' })).toBeTruthy();
    expect(document.documentElement.lang).toBe('en');
    expect(named('preferences.set')[0]?.args).toEqual([{ language: 'en', theme: 'light' }]);
    await press('日本語');
    expect(screen.getByRole('button', { name: '接続する' })).toBeTruthy();
  });

  it('takes the theme that was chosen', async () => {
    const { named } = await open({ preferences: { language: 'ja', theme: 'dark' } });
    expect(document.documentElement.dataset.theme).toBe('dark');
    await press('配色');
    await act(async () => screen.getByRole('menuitemradio', { name: '明るい' }).click());
    expect(document.documentElement.dataset.theme).toBe('light');
    expect(named('preferences.set').at(-1)?.args).toEqual([{ language: 'ja', theme: 'light' }]);
  });

  it('has a title for each state', async () => {
    const { change } = await open();
    expect(document.title).toBe('Hanare');
    change(connecting);
    expect(document.title).toBe('接続しています - Hanare');
    change(endedState({ reason: 'deskDown', details: {} }));
    expect(document.title).toBe('庁内パソコンにつながりません。 - Hanare');
    change(endedState(null));
    expect(document.title).toBe('切断しました - Hanare');
    change(connectedState());
    expect(document.title).toBe('総務課 0123 - Hanare');
    change(connectedState({}, null, { pause: { reason: 'captureUnprotected', details: {} } }));
    expect(document.title).toBe('画面を止めています - 総務課 0123 - Hanare');
  });

  it.each([
    ['stand-in', '開発用の代替実行環境'],
    ['electron', null],
  ] as const)('on %s shows the label %s', async (host, label) => {
    await open({ info: { host } });
    expect(document.querySelector('.page__stand-in')?.textContent ?? null).toBe(label);
  });

  it('shows a plain screen when main does not answer', async () => {
    const fake = createFakeBridge();
    fake.fail('app.info', { reason: 'internal', details: {} });
    render(<App bridge={fake.bridge} />);
    expect((await screen.findByRole('alert')).textContent).toContain('アプリの中で思わぬ問題が起きました。');
  });

  it('shows a plain screen when its own code fails, and has main end the session', async () => {
    const { change, reports } = await open();
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    change({ ...connecting, stage: undefined, times: null } as unknown as SessionState);
    expect(shown()).toBe('crash');
    expect(screen.getByRole('alert').textContent).toContain('9 1 0 2');
    expect(screen.getByRole('button', { name: '画面を開き直す' })).toBeTruthy();
    expect(reports()).toEqual([{ type: 'ended', reason: 'internal', details: {} }]);
    quiet.mockRestore();
  });

  it('leaves no listener behind', async () => {
    const { unmount, listeners } = await open();
    unmount();
    expect(listeners()).toBe(0);
  });
});
