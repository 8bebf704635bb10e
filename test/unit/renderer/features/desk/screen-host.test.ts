// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScreenPortMessage } from '#contract/ipc/bridge.ts';
import { createScreenHost, type ScreenHost } from '#renderer/features/desk/screen-host.ts';
import type { ScreenCommand, ScreenEvent, ScreenStart } from '#renderer/screen/api.ts';
import {
  connectedState,
  createFakeBridge,
  endedState,
  type FakeBridge,
  fakeDesk,
  fakeUser,
} from '#test/fakes/fake-bridge.ts';

const screenOrigin = 'http://screen.test';
const figures = { width: 8, height: 6, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };
const connecting = {
  phase: 'connecting',
  stage: 'picture',
  times: {},
  desk: fakeDesk,
  prompt: null,
  login: null,
  wake: null,
} as const;

type Posted = Readonly<{ message: ScreenStart; origin: string; ports: readonly MessagePort[] }>;

/** An iframe whose page only notes what it is sent. */
function fakeFrame() {
  const posted: Posted[] = [];
  const contentWindow = {
    postMessage: (message: ScreenStart, origin: string, ports: readonly MessagePort[]) =>
      posted.push({ message, origin, ports }),
  };
  const focus = vi.fn();
  return { posted, focus, element: { contentWindow, focus } as unknown as HTMLIFrameElement };
}

let fake: FakeBridge;
let frame: ReturnType<typeof fakeFrame>;
let host: ScreenHost;
let stop: () => void;
const onLeave = vi.fn();
const onHide = vi.fn();

function post(data: unknown, from: Partial<MessageEventInit>): void {
  const event = new MessageEvent('message', { data });
  for (const [name, value] of Object.entries(from)) Object.defineProperty(event, name, { value });
  window.dispatchEvent(event);
}
const sayReady = (from: Partial<MessageEventInit> = {}) =>
  post({ hanare: 'screen.ready' }, { source: frame.element.contentWindow!, origin: screenOrigin, ports: [], ...from });

const vncDesk: Omit<ScreenPortMessage, 'hanare'> = { desk: fakeDesk, user: fakeUser, rdp: null };
const rdpDesk = {
  ...vncDesk,
  desk: { ...fakeDesk, protocol: 'rdp' },
  rdp: { selectedProtocol: 2, audio: false },
} as const;

function handPort(from: Partial<MessageEventInit> = {}, what = vncDesk): MessagePort {
  const { port1, port2 } = new MessageChannel();
  post({ hanare: 'screen.port', ...what }, { source: window, origin: window.location.origin, ports: [port1], ...from });
  return port2;
}

/** Starts a session up to the screen's own end of the control port. */
function run(what = vncDesk) {
  host.sessionChanged(connecting);
  sayReady();
  handPort({}, what);
  const control = frame.posted.at(-1)!.ports[0]!;
  const commands: ScreenCommand[] = [];
  control.onmessage = ({ data }) => commands.push(data as ScreenCommand);
  return { commands, say: (event: ScreenEvent | unknown) => control.postMessage(event) };
}
const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 });

beforeEach(() => {
  onLeave.mockClear();
  onHide.mockClear();
  fake = createFakeBridge();
  frame = fakeFrame();
  host = createScreenHost({
    session: fake.bridge.session,
    screenUrl: `${screenOrigin}/index.html`,
    page: window,
    onLeave,
    onHide,
  });
  host.attach(frame.element);
  stop = host.listen();
});
afterEach(() => {
  host.sessionChanged(endedState(null));
  stop();
  vi.useRealTimers();
});

describe('the hand-over of the port', () => {
  it('starts the screen with its control port and main’s port, to its origin only', () => {
    sayReady();
    handPort();
    expect(frame.posted).toHaveLength(1);
    const { message, origin, ports } = frame.posted[0]!;
    expect(origin).toBe(screenOrigin);
    expect(message).toMatchObject({
      hanare: 'screen.start',
      options: { protocol: 'vnc', scale: 'fit', resize: 'match' },
    });
    expect(ports).toHaveLength(2);
    expect(host.get()).toMatchObject({ running: true, ready: true });
  });

  it('tells the screen of an RDP desk what main has agreed on with it', () => {
    sayReady();
    handPort({}, rdpDesk);
    expect(frame.posted[0]!.message.options).toEqual({
      ...{ protocol: 'rdp', rdp: { selectedProtocol: 2, audio: false }, scale: 'fit', resize: 'match' },
    });
  });

  it('lets no RDP desk ask for an answer to a challenge', async () => {
    const { say } = run(rdpDesk);
    say({ type: 'challenge', challenge: new Uint8Array(16) });
    await until(() => expect(fake.reports()).toMatchObject([{ type: 'ended', reason: 'screenProtocolError' }]));
    expect(host.get().challenge).toBeNull();
  });

  it('waits for the page when the port comes first', () => {
    handPort();
    expect(frame.posted).toHaveLength(0);
    sayReady();
    expect(frame.posted).toHaveLength(1);
  });

  it('passes on main’s very port', async () => {
    sayReady();
    const main = handPort();
    const arrived = new Promise((resolve) => {
      main.onmessage = (event) => resolve(event.data);
    });
    frame.posted[0]!.ports[1]!.postMessage('bytes');
    expect(await arrived).toBe('bytes');
    main.close();
  });

  it.each<[string, Partial<MessageEventInit>]>([
    ['another window', { source: { postMessage() {} } as unknown as Window }],
    ['another origin', { origin: 'http://evil.test' }],
  ])('believes no “ready” of %s', (_, from) => {
    sayReady(from);
    handPort();
    expect(frame.posted).toHaveLength(0);
  });

  it.each<[string, Partial<MessageEventInit>]>([
    ['the screen’s own frame', { source: { postMessage() {} } as unknown as Window }],
    ['another origin', { origin: screenOrigin }],
    ['a message without a port', { ports: [] }],
  ])('takes no port from %s', (_, from) => {
    sayReady();
    handPort(from);
    expect(frame.posted).toHaveLength(0);
  });

  it('ends the session when the screen’s page does not get ready', () => {
    vi.useFakeTimers();
    host.sessionChanged(connecting);
    handPort();
    vi.advanceTimersByTime(10_000);
    expect(fake.reports()).toEqual([{ type: 'ended', reason: 'screenCrashed', details: {} }]);
  });

  it('knows the origin of a scheme that URL does not know as standard', () => {
    const own = createScreenHost({
      session: fake.bridge.session,
      screenUrl: 'hanare://screen/i.html',
      page: window,
      onLeave,
      onHide,
    });
    const ownFrame = fakeFrame();
    own.attach(ownFrame.element);
    const stopOwn = own.listen();
    post({ hanare: 'screen.ready' }, { source: ownFrame.element.contentWindow!, origin: 'hanare://screen', ports: [] });
    handPort();
    expect(ownFrame.posted[0]?.origin).toBe('hanare://screen');
    own.sessionChanged(endedState(null));
    stopOwn();
  });
});

describe('what the screen says', () => {
  it('reaches main: the first picture once, figures no more often than they can be read', async () => {
    const { say } = run();
    say({ type: 'opened', name: 'desk', width: 8, height: 6 });
    say({ type: 'firstPicture', figures });
    say({ type: 'firstPicture', figures });
    for (let n = 0; n < 50; n++) say({ type: 'figures', figures: { ...figures, frames: n } });
    say({ type: 'leave' });
    await until(() => expect(onLeave).toHaveBeenCalledOnce());
    expect(fake.reports().filter((report) => report.type === 'firstPicture')).toHaveLength(1);
    const passed = fake.reports().filter((report) => report.type === 'figures');
    expect(passed.length).toBeGreaterThan(0);
    expect(passed.length).toBeLessThan(25);
  });

  it('is that the person wants it hidden; it is covered, and shown again, by command', async () => {
    const { say, commands } = run();
    say({ type: 'hide' });
    await until(() => expect(onHide).toHaveBeenCalledOnce());
    host.cover(true);
    host.cover(false);
    await until(() =>
      expect(commands).toEqual([
        { type: 'cover', on: true },
        { type: 'cover', on: false },
      ]),
    );
  });

  it('ends the session with its reason and details, once', async () => {
    const { say } = run();
    const failure = { reason: 'deskSecurityUnsupported', details: { offered: 'TLS' } } as const;
    say({ type: 'closed', failure });
    say({ type: 'closed', failure });
    await until(() => expect(fake.reports()).toEqual([{ type: 'ended', ...failure }]));
    expect(host.get()).toMatchObject({ mounted: false, running: false });
  });

  it('leaves an orderly end to main', async () => {
    const { say } = run();
    say({ type: 'closed' });
    say({ type: 'leave' });
    await until(() => expect(onLeave).toHaveBeenCalled());
    expect(fake.reports()).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no event', { type: 'open', url: 'file:///etc/passwd' }],
    ['a failure that is not its to report', { type: 'closed', failure: { reason: 'deviceRevoked', details: {} } }],
  ])('ends the session when it is %s', async (_, data) => {
    const { say } = run();
    say(data);
    await until(() => expect(fake.reports()).toMatchObject([{ type: 'ended', reason: 'screenProtocolError' }]));
  });

  it('ends the session when its figures stop', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { say } = run();
    say({ type: 'firstPicture', figures });
    await until(() => expect(fake.reports()).toHaveLength(1));
    vi.advanceTimersByTime(10_000);
    expect(fake.reports().at(-1)).toEqual({ type: 'ended', reason: 'screenCrashed', details: {} });
  });

  it('may be nothing for long before the first picture: the desk may be slow and the person typing', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { say } = run();
    say({ type: 'challenge', challenge: new Uint8Array(16) });
    await until(() => expect(host.get().challenge).not.toBeNull());
    vi.advanceTimersByTime(120_000);
    expect(fake.reports()).toEqual([{ type: 'challenge' }]);
  });
});

describe('the desk’s password', () => {
  const challenge = new Uint8Array(16).fill(3);

  it('is asked for, answered by main, and passed on as the answer only', async () => {
    const { say, commands } = run();
    say({ type: 'challenge', challenge });
    await until(() => expect(host.get().challenge).toEqual(challenge));
    expect(fake.reports()).toEqual([{ type: 'challenge' }]);
    await host.answer('himitsu');
    expect(fake.named('session.answerDesk')[0]?.args).toEqual([challenge, 'himitsu']);
    await until(() => expect(commands).toEqual([{ type: 'answer', response: new Uint8Array(16).fill(7) }]));
    expect(host.get().challenge).toBeNull();
    expect(JSON.stringify([host.get(), commands])).not.toContain('himitsu');
  });

  it('is not asked for twice in one session', async () => {
    const { say } = run();
    say({ type: 'challenge', challenge });
    say({ type: 'challenge', challenge: new Uint8Array(16).fill(4) });
    await until(() => expect(fake.reports().at(-1)).toMatchObject({ type: 'ended', reason: 'screenProtocolError' }));
    expect(host.get().challenge).toBeNull();
  });

  it('is not asked for once there was a picture', async () => {
    const { say } = run();
    say({ type: 'firstPicture', figures });
    say({ type: 'challenge', challenge });
    await until(() => expect(fake.reports().at(-1)).toMatchObject({ type: 'ended' }));
    expect(fake.named('session.answerDesk')).toHaveLength(0);
  });

  it('ends the session with main’s reason when main cannot answer', async () => {
    const { say } = run();
    say({ type: 'challenge', challenge });
    await until(() => expect(host.get().challenge).not.toBeNull());
    fake.fail('session.answerDesk', { reason: 'badRequest', details: {} });
    await host.answer('x');
    expect(fake.reports().at(-1)).toEqual({ type: 'ended', reason: 'badRequest', details: {} });
  });

  it('is not sent to a session that ended meanwhile', async () => {
    const { say, commands } = run();
    say({ type: 'challenge', challenge });
    await until(() => expect(host.get().challenge).not.toBeNull());
    const answering = host.answer('x');
    host.sessionChanged(endedState(null));
    await answering;
    expect(host.get().challenge).toBeNull();
    expect(commands.filter((command) => command.type === 'answer')).toEqual([]);
  });
});

describe('the frame’s life', () => {
  it('serves one session: after the end it goes, and a fresh one comes', () => {
    vi.useFakeTimers();
    run();
    const before = host.get().generation;
    host.sessionChanged(endedState(null));
    expect(host.get()).toMatchObject({ mounted: false, ready: false, running: false });
    vi.advanceTimersByTime(2500);
    expect(host.get()).toMatchObject({ mounted: true, generation: before + 1, ready: false });
  });

  it('stays when the session failed before the screen was used', () => {
    sayReady();
    host.sessionChanged({
      phase: 'connecting',
      stage: 'gateway',
      times: {},
      desk: null,
      prompt: null,
      login: null,
      wake: null,
    });
    host.sessionChanged(endedState({ reason: 'gatewayTimeout', details: {} }));
    expect(host.get()).toMatchObject({ mounted: true, ready: true, generation: 0 });
  });

  it('gives way to another when its page never gets ready, and a waiting session starts there', () => {
    vi.useFakeTimers();
    host.attach(frame.element);
    host.sessionChanged(connecting);
    handPort();
    const { generation } = host.get();
    vi.advanceTimersByTime(3_000);
    expect(host.get()).toMatchObject({ mounted: false, ready: false });
    sayReady();
    expect(frame.posted).toHaveLength(0);
    vi.advanceTimersByTime(2_500);
    expect(host.get()).toMatchObject({ mounted: true, generation: generation + 1 });
    host.attach(frame.element);
    sayReady();
    expect(frame.posted).toHaveLength(1);
    expect(fake.reports()).toEqual([]);
  });

  it('has longer each time, so that a slow laptop gets there too; once ready it stays', () => {
    vi.useFakeTimers();
    for (const limit of [3_000, 6_000, 12_000]) {
      host.attach(frame.element);
      vi.advanceTimersByTime(limit - 1);
      expect(host.get().mounted).toBe(true);
      vi.advanceTimersByTime(1);
      expect(host.get().mounted).toBe(false);
      vi.advanceTimersByTime(2_500);
    }
    host.attach(frame.element);
    sayReady();
    vi.advanceTimersByTime(100_000);
    expect(host.get()).toMatchObject({ mounted: true, ready: true, generation: 3 });
  });

  it('tells the old screen to close', async () => {
    const { commands } = run();
    host.sessionChanged(endedState(null));
    await until(() => expect(commands).toEqual([{ type: 'close' }]));
  });

  it('does not start a used frame again', () => {
    run();
    host.sessionChanged(endedState(null));
    sayReady();
    handPort();
    expect(frame.posted).toHaveLength(1);
  });

  it('ends a session whose port went with the page that was loaded anew', () => {
    host.sessionChanged(connectedState());
    expect(fake.reports()).toEqual([{ type: 'ended', reason: 'screenCrashed', details: {} }]);
    host.sessionChanged(connectedState());
    expect(fake.reports()).toHaveLength(1);
  });

  it('reports the end of every session anew', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (let session = 0; session < 2; session++) {
      host.sessionChanged(connecting);
      handPort();
      vi.advanceTimersByTime(10_000);
      host.sessionChanged(endedState({ reason: 'screenCrashed', details: {} }));
      vi.advanceTimersByTime(2500);
    }
    expect(fake.reports()).toHaveLength(2);
  });
});

describe('commands', () => {
  it('reach a running screen, and focusing gives it the keyboard', async () => {
    const { commands } = run();
    host.setScale('actual');
    host.sendChord('ctrl-alt-del');
    host.focus();
    await until(() =>
      expect(commands).toEqual([
        { type: 'scale', mode: 'actual' },
        { type: 'chord', chord: 'ctrl-alt-del' },
        { type: 'focus' },
      ]),
    );
    expect(frame.focus).toHaveBeenCalledOnce();
    expect(host.get().scale).toBe('actual');
  });

  it('let the desk be heard, and a fresh page too, which is silent until it is told', async () => {
    host.setSound(false);
    const first = run(rdpDesk);
    host.setSound(true);
    host.setSound(true);
    await until(() => expect(first.commands).toEqual([{ type: 'sound', on: true }]));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    host.sessionChanged(endedState(null));
    vi.advanceTimersByTime(2500);
    vi.useRealTimers();
    host.attach(frame.element);
    const second = run(rdpDesk);
    host.setSound(false);
    await until(() =>
      expect(second.commands).toEqual([
        { type: 'sound', on: true },
        { type: 'sound', on: false },
      ]),
    );
  });

  it('do nothing without one', () => {
    host.sendChord('win');
    host.focus();
    expect(frame.focus).not.toHaveBeenCalled();
  });
});

describe('a screen that wants its desk anew', () => {
  it('goes on in the same frame with the next port, and says when there is a picture again', async () => {
    const { commands, say } = run(rdpDesk);
    say({ type: 'firstPicture', figures });
    await until(() => expect(fake.reports()).toHaveLength(1));
    host.sessionChanged(connectedState());
    say({ type: 'reconnect' });
    await until(() => expect(fake.reports().at(-1)).toEqual({ type: 'reconnect' }));
    const next = { ...rdpDesk, rdp: { selectedProtocol: 1, audio: true } };
    handPort({}, next);
    await until(() => expect(commands).toEqual([{ type: 'reconnect', rdp: { selectedProtocol: 1, audio: true } }]));
    say({ type: 'firstPicture', figures });
    await until(() => expect(fake.reports()).toHaveLength(3));
    expect(fake.reports().at(-1)).toEqual({ type: 'firstPicture', figures });
    expect(frame.posted).toHaveLength(1);
    expect(host.get()).toMatchObject({ running: true, generation: 0 });
  });

  it('is replaced by a fresh frame when a port comes that it has not asked for', async () => {
    run(rdpDesk);
    handPort({}, rdpDesk);
    expect(host.get()).toMatchObject({ running: false, mounted: false });
  });

  it('has displays told to it as they change', async () => {
    const { commands } = run(rdpDesk);
    const span = [{ x: 0, y: 0, width: 8, height: 6, primary: true }];
    host.setMonitors(span);
    host.setMonitors(span);
    host.setMonitors(null);
    await until(() =>
      expect(commands).toEqual([
        { type: 'monitors', monitors: span },
        { type: 'monitors', monitors: null },
      ]),
    );
  });
});
