import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WakeStage } from '#contract/wire/messages.ts';
import type { WakeResult, Waker } from '#gateway/server/wake.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { type Office, over, startOffice, until } from '#test/fixtures/gateway/office.ts';

/* What the server makes of a waker; the waker itself is tested where it is. */
describe('a desk that is being woken', () => {
  let office: Office;
  let echo: FakeDesk;
  /** The wakings under way, by desk. */
  const wakings = new Map<
    string,
    { stage: (s: WakeStage) => void; signal: AbortSignal; done: (r: WakeResult) => void }
  >();
  const waker: Waker = {
    wake: ({ id }, { stage, signal }) =>
      new Promise((resolve) => {
        const done = (result: WakeResult): void => {
          wakings.delete(id);
          resolve(result);
        };
        signal.addEventListener('abort', () => done({ ok: false, failure: { reason: 'connectionLost', details: {} } }));
        wakings.set(id, { stage, signal, done });
      }),
  };
  beforeAll(async () => {
    office = await startOffice({ waker, limits: { storePollMs: 20 } });
    echo = await startEchoDesk();
  });
  afterAll(async () => {
    await office.stop();
    await echo.stop();
    expect(wakings.size).toBe(0);
  });

  let people = 0;
  const signedIn = async () => {
    const name = `user-${people++}`;
    const desk = `pc-${name}`;
    const device = await office.enrol(name, { id: desk, port: echo.port });
    const control = await office.control(device);
    await control.signIn();
    return { name, desk, device, control };
  };
  const waiting = async () => {
    const { desk, device, control } = await signedIn();
    const heard: string[] = [];
    control.ws.on('message', (data) => {
      const { type, stage, reason } = JSON.parse(String(data)) as Record<string, string>;
      if (type !== 'ping') heard.push([type, stage ?? reason].filter(Boolean).join(' '));
    });
    const answer = control.open(desk);
    await until(() => wakings.has(desk));
    const live = () => office.gateway.store.sessionsOn(desk);
    return { desk, device, control, answer, heard, live, waking: wakings.get(desk)! };
  };

  it('tells its stages and is then granted, in this order', async () => {
    const { desk, device, control, answer, heard, waking } = await waiting();
    for (const stage of ['sent', 'answers', 'ready'] as const) waking.stage(stage);
    waking.done({ ok: true });
    const grant = await answer;
    if (grant.type !== 'grant') throw new Error(grant.reason);
    expect(heard).toEqual(['waking sent', 'waking answers', 'waking ready', 'grant']);
    const { status, socket } = await office.connect(device, desk, grant.token);
    expect(status).toBe(200);
    await control.close();
    await over(socket);
  });

  it('is refused with the likely cause when it does not wake', async () => {
    const { answer, control, waking, live } = await waiting();
    waking.done({ ok: false, failure: { reason: 'wakeNoAnswer', details: { seconds: 90 } } });
    expect(await answer).toMatchObject({ type: 'refused', reason: 'wakeNoAnswer', details: { seconds: 90 } });
    expect(live()).toEqual([]);
    await control.close();
  });

  it('is left alone when the laptop goes', async () => {
    const { control, answer, waking, live } = await waiting();
    const lost = expect(answer).rejects.toThrow('ended');
    await control.close();
    await lost;
    await until(() => waking.signal.aborted);
    expect(live()).toEqual([]);
  });

  it('is kept for who waits for it', async () => {
    const { desk, control, answer, waking } = await waiting();
    const other = await signedIn();
    office.gateway.store.assign(desk, other.name, Date.now());
    expect(await other.control.open(desk)).toMatchObject({ reason: 'deskInUse' });
    waking.done({ ok: true });
    expect((await answer).type).toBe('grant');
    await Promise.all([control.close(), other.control.close()]);
  });

  it('is refused when it is no longer allowed by the time that it is awake', async () => {
    const { desk, answer, control, waking, live } = await waiting();
    office.gateway.store.setDesk(desk, { class: 'my-number' });
    waking.done({ ok: true });
    expect(await answer).toMatchObject({ type: 'refused', reason: 'deskClassRefused' });
    expect(live()).toEqual([]);
    await control.close();
  });

  it('is refused at once when the office ends the session that waits', async () => {
    const { answer, control, waking, live } = await waiting();
    office.gateway.store.requestEnd(live()[0]!.sid);
    expect(await answer).toMatchObject({ type: 'refused', reason: 'sessionEndedByOffice' });
    expect(waking.signal.aborted).toBe(true);
    await control.close();
  });

  it('starts from the beginning when its laptop asks again', async () => {
    const { desk, answer, control, heard, waking } = await waiting();
    control.send({ type: 'open', request: 7, desk });
    expect(await answer).toMatchObject({ type: 'refused', request: 0, reason: 'connectionLost' });
    expect(waking.signal.aborted).toBe(true);
    await until(() => wakings.has(desk));
    wakings.get(desk)!.done({ ok: true });
    expect(await control.next('grant')).toMatchObject({ request: 7 });
    expect(heard).toEqual(['refused connectionLost', 'grant']);
    await control.close();
  });
});
