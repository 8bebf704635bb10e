import { useCallback, useRef, useState } from 'react';
import type { AppInfo, Preferences, SessionState } from '#contract/ipc/state.ts';
import { Footer } from '../components/footer.tsx';
import { Connecting } from '../features/connect/connecting.tsx';
import { LoginDialog } from '../features/connect/login-dialog.tsx';
import { OtpDialog } from '../features/connect/otp-dialog.tsx';
import { Desk } from '../features/desk/desk.tsx';
import { PasswordDialog } from '../features/desk/password-dialog.tsx';
import { useScreenHost } from '../features/desk/use-screen-host.ts';
import { type Ended, EndedScreen } from '../features/ended/ended.tsx';
import { RulesPage } from '../features/rules/rules-page.tsx';
import { useBridge } from './bridge.ts';
import { DeviceScreen } from './device-screen.tsx';
import type { DeviceStore, SeenDevice } from './device-store.ts';
import { readFailure } from './failure.ts';
import type { SeenSession, SessionStore } from './session-store.ts';
import { useStore } from './store.ts';
import { useTitle } from './use-title.ts';

export type ScreensProps = Readonly<{
  info: AppInfo;
  device: DeviceStore;
  session: SessionStore;
  preferences: Preferences;
  onPreferences: (next: Preferences) => void;
}>;

/** Chooses the screen. Main's state decides; the window adds only what main does not know: what was put aside. */
export function Screens({ info, device, session, preferences, onPreferences }: ScreensProps) {
  const bridge = useBridge();
  const seen = useStore(session) as SeenSession;
  const { state } = seen;
  const seenDevice = useStore(device) as SeenDevice;
  const status = seenDevice.state;
  const { host, signals } = useScreenHost(session, info.screenUrl);
  const screen = useStore(host);
  /** When the end was that the person has gone back from; ms since 1970. */
  const [putAside, setPutAside] = useState<number | null>(null);
  /** A call of ours that main refused before any session began. */
  const [refused, setRefused] = useState<Ended | null>(null);
  const [busy, setBusy] = useState(false);
  const [laptop, setLaptop] = useState(false);
  const [rules, setRules] = useState(false);
  /** Who signed in to the desk last: in memory alone, so that a wrong password costs only the password. */
  const deskUser = useRef('');

  const open = status.state === 'open' ? status : null;
  const deskName = deskNameOf(state) ?? open?.desk?.name ?? null;

  const connect = useCallback(() => {
    setBusy(true);
    setRefused(null);
    bridge.session
      .connect()
      .catch((error: unknown) => {
        setRefused({
          failure: readFailure(error),
          stage: 'network',
          deskName: null,
          seenAt: Date.now(),
          receipt: null,
        });
        // It may have been the laptop's own state that stood in the way.
        return device.refresh();
      })
      .finally(() => setBusy(false));
  }, [bridge, device]);
  const disconnect = useCallback(() => void bridge.session.disconnect().catch(() => undefined), [bridge]);
  const back = () => {
    setRefused(null);
    setPutAside(seen.seenAt);
  };

  const ended = endedOf(seen, putAside, refused);
  const resting = state.phase === 'idle' || state.phase === 'ended';
  const usable = open !== null && open.hold === null;
  // They are read between sessions, by who has unlocked the laptop; what comes after begins without them.
  if (rules && !(resting && usable)) setRules(false);
  useTitle(state, ended, status, rules ? 'rules' : laptop ? 'laptop' : null);

  const footer = (
    <Footer
      device={status}
      version={info.version}
      preferences={preferences}
      onPreferences={onPreferences}
      onLaptop={resting && usable && ended === null && !laptop && !rules ? () => setLaptop(true) : null}
      onRules={resting && usable && !rules ? () => setRules(true) : null}
    />
  );
  const common = { standIn: info.host === 'stand-in', footer };
  const prompt = state.phase === 'connecting' ? state.prompt : null;
  const askLogin = state.phase === 'connecting' && state.login !== null && !state.login.busy;
  return (
    <div className="app">
      <Desk
        host={host}
        signals={signals}
        screenUrl={info.screenUrl}
        state={state}
        method={open?.method ?? 'embedded'}
        onDisconnect={disconnect}
      />
      {state.phase === 'connected' ? null : state.phase === 'connecting' ? (
        <Connecting
          {...common}
          state={state}
          deskName={deskName}
          asking={prompt !== null || askLogin || screen.challenge !== null}
          onCancel={disconnect}
        />
      ) : rules ? (
        <RulesPage {...common} onBack={() => setRules(false)} />
      ) : ended !== null ? (
        <EndedScreen
          {...common}
          ended={ended}
          device={status}
          version={info.version}
          busy={busy}
          onRetry={connect}
          onBack={back}
        />
      ) : (
        <DeviceScreen
          {...common}
          seen={seenDevice}
          device={device}
          version={info.version}
          laptop={laptop}
          onLaptop={setLaptop}
          busy={busy}
          onConnect={connect}
        />
      )}
      {prompt === null ? null : <OtpDialog prompt={prompt} onAnswer={bridge.session.answerOtp} onCancel={disconnect} />}
      {askLogin ? (
        <LoginDialog
          deskName={deskName}
          user={deskUser.current}
          onAnswer={(login) => {
            deskUser.current = login.user;
            return bridge.session.login(login);
          }}
          onCancel={disconnect}
        />
      ) : null}
      {screen.challenge === null ? null : (
        <PasswordDialog deskName={deskName} onAnswer={host.answer} onCancel={disconnect} />
      )}
    </div>
  );
}

function deskNameOf(state: SessionState): string | null {
  return state.phase === 'idle' ? null : (state.desk?.name ?? null);
}

function endedOf(seen: SeenSession, putAside: number | null, refused: Ended | null): Ended | null {
  const { state, seenAt } = seen;
  if (refused !== null) return refused;
  if (state.phase !== 'ended' || seenAt === putAside) return null;
  const { failure, stage, receipt } = state;
  return { failure, stage, receipt, deskName: deskNameOf(state), seenAt };
}
