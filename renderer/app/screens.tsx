import { useCallback, useEffect, useState } from 'react';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { AppInfo, DeviceStatus, Preferences, SessionState } from '#contract/ipc/state.ts';
import { Footer } from '../components/footer.tsx';
import { Connecting } from '../features/connect/connecting.tsx';
import { Desk } from '../features/desk/desk.tsx';
import { PasswordDialog } from '../features/desk/password-dialog.tsx';
import { useScreenHost } from '../features/desk/use-screen-host.ts';
import { type Ended, EndedScreen } from '../features/ended/ended.tsx';
import { NotEnrolled } from '../features/start/not-enrolled.tsx';
import { Ready } from '../features/start/ready.tsx';
import { readDevice } from './boot.ts';
import { useBridge } from './bridge.ts';
import { readFailure } from './failure.ts';
import type { SeenSession, SessionStore } from './session-store.ts';
import { useStore } from './store.ts';
import { useText } from './text.ts';

export type ScreensProps = Readonly<{
  info: AppInfo;
  device: DeviceStatus;
  session: SessionStore;
  preferences: Preferences;
  onPreferences: (next: Preferences) => void;
}>;

/** Chooses the screen. Main's state decides; the window adds only what main does not know: what was put aside. */
export function Screens({ info, device: firstDevice, session, preferences, onPreferences }: ScreensProps) {
  const bridge = useBridge();
  const seen = useStore(session) as SeenSession;
  const { state } = seen;
  const { host, signals } = useScreenHost(session, info.screenUrl);
  const screen = useStore(host);
  const [device, setDevice] = useState(firstDevice);
  const [deviceSeenAt, setDeviceSeenAt] = useState(seen.seenAt);
  /** The ended state that the person has gone back from. */
  const [putAside, setPutAside] = useState<SessionState | null>(null);
  /** A call of ours that main refused before any session began. */
  const [refused, setRefused] = useState<Ended | null>(null);
  const [busy, setBusy] = useState(false);

  const deskName = deskNameOf(state) ?? (device.enrolled ? (device.desk?.name ?? null) : null);

  const connect = useCallback(() => {
    setBusy(true);
    setRefused(null);
    bridge.session
      .connect()
      .catch((error: unknown) =>
        setRefused({ failure: readFailure(error), stage: 'network', deskName: null, seenAt: Date.now() }),
      )
      .finally(() => setBusy(false));
  }, [bridge]);
  const disconnect = useCallback(() => void bridge.session.disconnect().catch(() => undefined), [bridge]);
  const back = () => {
    setRefused(null);
    setPutAside(state);
  };
  const checkAgain = () =>
    void readDevice(bridge).then((next) => {
      setDevice(next);
      setDeviceSeenAt(Date.now());
    });

  const ended = endedOf(seen, putAside, refused);
  useTitle(state, ended, device);

  const common = {
    standIn: info.host === 'stand-in',
    footer: <Footer device={device} version={info.version} preferences={preferences} onPreferences={onPreferences} />,
  };
  return (
    <div className="app">
      <Desk host={host} signals={signals} screenUrl={info.screenUrl} state={state} onDisconnect={disconnect} />
      {state.phase === 'connected' ? null : state.phase === 'connecting' ? (
        <Connecting
          {...common}
          state={state}
          deskName={deskName}
          asking={screen.challenge !== null}
          onCancel={disconnect}
        />
      ) : ended !== null ? (
        <EndedScreen
          {...common}
          ended={ended}
          device={device}
          version={info.version}
          busy={busy}
          onRetry={connect}
          onBack={back}
        />
      ) : device.enrolled ? (
        <Ready {...common} desk={device.desk} busy={busy} onConnect={connect} />
      ) : (
        <NotEnrolled
          {...common}
          failure={device.failure}
          seenAt={deviceSeenAt}
          version={info.version}
          onCheckAgain={checkAgain}
          onQuit={() => void bridge.app.quit().catch(() => undefined)}
        />
      )}
      {screen.challenge === null ? null : (
        <PasswordDialog deskName={deskName} onAnswer={host.answer} onCancel={disconnect} />
      )}
    </div>
  );
}

function deskNameOf(state: SessionState): string | null {
  return state.phase === 'idle' ? null : (state.desk?.name ?? null);
}

function endedOf(seen: SeenSession, putAside: SessionState | null, refused: Ended | null): Ended | null {
  const { state, seenAt } = seen;
  if (refused !== null) return refused;
  if (state.phase !== 'ended' || state === putAside) return null;
  return { failure: state.failure, stage: state.stage, deskName: deskNameOf(state), seenAt };
}

function useTitle(state: SessionState, ended: Ended | null, device: DeviceStatus): void {
  const { text, language } = useText();
  let title = text('title.ready');
  const failure = ended?.failure ?? (device.enrolled ? null : device.failure);
  if (state.phase === 'connected') {
    const silent = state.link.quality === 'silent';
    title = text(silent ? 'title.silent' : 'title.connected', { name: state.desk.name });
  } else if (state.phase === 'connecting') title = text('title.connecting');
  else if (failure !== null) title = text('title.failed', { problem: catalogue[failure.reason].title[language] });
  else if (ended !== null) title = text('title.ended');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
