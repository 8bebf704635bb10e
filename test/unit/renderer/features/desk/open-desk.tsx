import { act, render, screen } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { vi } from 'vitest';
import type { SessionState } from '#contract/ipc/state.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import { BridgeContext } from '#renderer/app/bridge.ts';
import { messages } from '#renderer/app/text.ts';
import { Desk } from '#renderer/features/desk/desk.tsx';
import type { ScreenHost, ScreenHostState } from '#renderer/features/desk/screen-host.ts';
import { connectedState, createFakeBridge } from '#test/fakes/fake-bridge.ts';

const hostState: ScreenHostState = {
  generation: 0,
  mounted: true,
  ready: true,
  running: true,
  challenge: null,
  scale: 'fit',
};

/** The desk alone, over a host and a bridge that only note what they are asked. */
export function openDesk(state: SessionState = connectedState(), method: OtpMethod = 'embedded') {
  const fake = createFakeBridge();
  const host = {
    get: () => hostState,
    subscribe: () => () => undefined,
    attach: vi.fn(),
    focus: vi.fn(),
    cover: vi.fn(),
    setMonitors: vi.fn(),
    setSound: vi.fn(),
    setScale: vi.fn(),
    sendChord: vi.fn(),
  };
  let leave: () => void = () => undefined;
  let hide: () => void = () => undefined;
  const onDisconnect = vi.fn();
  const signals = {
    onLeave: (listener: () => void) => {
      leave = listener;
      return () => undefined;
    },
    onHide: (listener: () => void) => {
      hide = listener;
      return () => undefined;
    },
  };
  const view = (next: SessionState) => (
    <IntlProvider locale="ja" messages={messages.ja}>
      <BridgeContext value={fake.bridge}>
        <Desk
          host={host as unknown as ScreenHost}
          signals={signals}
          screenUrl="http://screen.test/"
          state={next}
          method={method}
          onDisconnect={onDisconnect}
        />
      </BridgeContext>
    </IntlProvider>
  );
  const { rerender } = render(view(state));
  return {
    ...fake,
    host,
    onDisconnect,
    show: (next: SessionState) => rerender(view(next)),
    leave: () => act(async () => leave()),
    /** The screen's page says that the key was pressed there. */
    hide: () => act(async () => hide()),
  };
}
export const press = (name: string) => act(async () => screen.getByRole('button', { name }).click());
export const bar = () => document.querySelector('.bar');
export const handle = () => document.querySelector('.handle button');
export const wait = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));
