import { useEffect, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { IntlProvider } from 'react-intl';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { Preferences } from '#contract/ipc/state.ts';
import { useAppearance } from './appearance.ts';
import { type Boot, boot } from './boot.ts';
import { BridgeContext } from './bridge.ts';
import { createDeviceStore, type DeviceStore } from './device-store.ts';
import { CrashScreen, ErrorBoundary } from './error-boundary.tsx';
import { Screens } from './screens.tsx';
import { createSessionStore, type SessionStore } from './session-store.ts';
import { messages } from './text.ts';

/** The window: waits for main, then shows the screen that the session's state asks for. */
export function App({ bridge }: Readonly<{ bridge: Bridge }>) {
  const [session] = useState(() => createSessionStore(bridge));
  const [device] = useState(() => createDeviceStore(bridge));
  const [booted, setBooted] = useState<Boot | 'failed' | null>(null);

  useEffect(() => {
    let gone = false;
    const following = [session.follow(), device.follow()];
    Promise.all([boot(bridge), ...following.map(({ started }) => started)]).then(
      ([result]) => gone || setBooted(result),
      () => gone || setBooted('failed'),
    );
    return () => {
      gone = true;
      for (const { stop } of following) stop();
    };
  }, [bridge, session, device]);

  // What fails here takes the screen's frame with it, so main must end the session it belongs to.
  const onError = () =>
    void bridge.session.report({ type: 'ended', reason: 'internal', details: {} }).catch(() => undefined);

  if (booted === null) return null;
  if (booted === 'failed') return <CrashScreen />;
  return (
    <ErrorBoundary onError={onError}>
      <BridgeContext value={bridge}>
        <Providers boot={booted} session={session} device={device} bridge={bridge} />
      </BridgeContext>
    </ErrorBoundary>
  );
}

function Providers({
  boot: initial,
  session,
  device,
  bridge,
}: Readonly<{ boot: Boot; session: SessionStore; device: DeviceStore; bridge: Bridge }>) {
  const [preferences, setPreferences] = useState(initial.preferences);
  useAppearance(preferences);
  const choose = (next: Preferences) => {
    // At once for the eye; a choice that main could not keep still holds for this run.
    setPreferences(next);
    bridge.preferences.set(next).catch(() => undefined);
  };
  return (
    <IntlProvider locale={preferences.language} defaultLocale="ja" messages={messages[preferences.language]}>
      <I18nProvider locale={preferences.language === 'ja' ? 'ja-JP' : 'en-GB'}>
        <Screens
          info={initial.info}
          device={device}
          session={session}
          preferences={preferences}
          onPreferences={choose}
        />
      </I18nProvider>
    </IntlProvider>
  );
}
