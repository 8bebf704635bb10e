import { describe, expect, it } from 'vitest';
import type { SessionState } from '#contract/ipc/state.ts';
import { createSessionStore } from '#renderer/app/session-store.ts';
import { connectedState, connectingState, createFakeBridge, endedState } from '#test/fakes/fake-bridge.ts';
import { fakeReceipt } from '#test/fakes/fake-rules.ts';

describe('the session store', () => {
  it('knows nothing before main has answered, then main’s state and when it came', async () => {
    const store = createSessionStore(createFakeBridge({ state: connectedState() }).bridge, () => 42);
    expect(store.get()).toBeNull();
    await store.follow().started;
    expect(store.get()).toEqual({ state: connectedState(), seenAt: 42 });
  });

  it('keeps a change that came while the first answer was under way', async () => {
    const fake = createFakeBridge();
    let answer: (state: SessionState) => void = () => undefined;
    const slow = new Promise<SessionState>((resolve) => {
      answer = resolve;
    });
    const store = createSessionStore({ ...fake.bridge, session: { ...fake.bridge.session, state: () => slow } });
    const { started } = store.follow();
    fake.change(endedState(null));
    answer({ phase: 'idle' });
    await started;
    expect(store.get()?.state).toEqual(endedState(null));
  });

  it('tells its listeners every state in turn', () => {
    const fake = createFakeBridge();
    const store = createSessionStore(fake.bridge);
    const phases: (string | undefined)[] = [];
    store.follow();
    store.subscribe(() => phases.push(store.get()?.state.phase));
    fake.change(endedState(null));
    fake.change(connectingState({ stage: 'network' }));
    fake.change(connectedState());
    expect(phases).toEqual(['ended', 'connecting', 'connected']);
  });

  it('keeps the time of an end while main says more of it', () => {
    const fake = createFakeBridge();
    let clock = 0;
    const store = createSessionStore(fake.bridge, () => ++clock);
    store.follow();
    fake.change(endedState(null, { receipt: 'pending' }));
    fake.change(endedState(null, { receipt: fakeReceipt }));
    expect(store.get()).toEqual({ state: endedState(null, { receipt: fakeReceipt }), seenAt: 1 });
    fake.change(connectingState());
    fake.change(endedState(null));
    expect(store.get()?.seenAt).toBe(3);
  });

  it('stops following', () => {
    const fake = createFakeBridge();
    const store = createSessionStore(fake.bridge);
    store.follow().stop();
    expect(fake.listeners()).toBe(0);
  });
});
