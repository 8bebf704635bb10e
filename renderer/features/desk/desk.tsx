import { useCallback, useEffect, useRef, useState } from 'react';
import type { SessionState } from '#contract/ipc/state.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import { useBridge } from '../../app/bridge.ts';
import { useStore } from '../../app/store.ts';
import { useText } from '../../app/text.ts';
import { ExtendDialog } from './extend-dialog.tsx';
import type { ScreenHost } from './screen-host.ts';
import { SessionBar } from './session-bar.tsx';
import { WarningBanner } from './session-warning.tsx';
import { SilentNotice } from './silent-notice.tsx';
import './desk.css';

/** What the screen's page asks of the window by a key chord: the bar takes the keyboard. */
export type DeskSignals = Readonly<{ onLeave(listener: () => void): () => void }>;

export type DeskProps = Readonly<{
  host: ScreenHost;
  signals: DeskSignals;
  screenUrl: string;
  state: SessionState;
  /** How this laptop signs in: what signing in anew asks for. */
  method: OtpMethod;
  onDisconnect: () => void;
}>;

const afterMenuMs = 100;

/**
 * The remote screen and its bar. It is in the page from the beginning, under the other screens, because the iframe is
 * preloaded and moving one in the document would load it anew. It is covered and inert rather than hidden until there
 * is a picture: Chromium stops the drawing of a frame that `visibility` or `display` hides.
 */
export function Desk({ host, signals, screenUrl, state, method, onDisconnect }: DeskProps) {
  const bridge = useBridge();
  const { text } = useText();
  const screen = useStore(host);
  const connected = state.phase === 'connected';
  const silent = connected && state.link.quality === 'silent';
  const warning = connected ? state.warning : null;
  const barRef = useRef<HTMLDivElement>(null);
  const bannerRef = useRef<HTMLDivElement>(null);
  const [fullScreen, setFullScreen] = useState(false);
  const [barOpen, setBarOpen] = useState(true);
  const [barAsked, setBarAsked] = useState(0);
  const [extending, setExtending] = useState(false);
  const canExtend = warning?.kind === 'signIn';

  useEffect(() => bridge.window.onFullScreen(setFullScreen), [bridge]);

  useEffect(() => {
    // A window that stays full screen without a session has no bar to leave it by.
    if (fullScreen && !connected) void bridge.window.setFullScreen(false).catch(() => undefined);
  }, [bridge, connected, fullScreen]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: full screen, too, gives the keyboard back to the desk
  useEffect(() => {
    setBarOpen(true);
    if (connected) host.focus();
  }, [connected, fullScreen, host]);

  const goToBar = useCallback(() => {
    setBarOpen(true);
    setBarAsked((n) => n + 1);
  }, []);
  useEffect(() => signals.onLeave(goToBar), [signals, goToBar]);
  useEffect(() => {
    // The warning's button first: it is what there is a hurry about.
    const button = bannerRef.current?.querySelector('button') ?? barRef.current?.querySelector('button');
    if (barAsked > 0) button?.focus();
  }, [barAsked]);

  useEffect(() => {
    // With the warning its dialog goes, and what comes next is typed at the desk.
    if (!extending || canExtend) return;
    setExtending(false);
    if (connected) host.focus();
  }, [extending, canExtend, connected, host]);
  const closeExtend = () => {
    setExtending(false);
    setTimeout(host.focus, afterMenuMs);
  };

  const requestFullScreen = (on: boolean) => void bridge.window.setFullScreen(on).catch(() => undefined);

  return (
    <div className={fullScreen ? 'desk desk--full' : 'desk'} inert={!connected} aria-hidden={!connected}>
      {connected ? (
        <SessionBar
          state={state}
          fullScreen={fullScreen}
          scale={screen.scale}
          open={barOpen}
          onOpen={setBarOpen}
          barRef={barRef}
          onScale={host.setScale}
          onGoTo={goToBar}
          onChord={(chord) => {
            host.sendChord(chord);
            // After the menu has given the focus back to its button: what comes next is typed at the desk.
            setTimeout(host.focus, afterMenuMs);
          }}
          onFullScreen={requestFullScreen}
          onDisconnect={onDisconnect}
          onBackToDesk={host.focus}
        />
      ) : null}
      <div className={silent ? 'desk__picture desk__picture--old' : 'desk__picture'}>
        {screen.mounted ? (
          <iframe
            key={screen.generation}
            ref={host.attach}
            className="desk__frame"
            src={screenUrl}
            title={text('desk.frame')}
            sandbox="allow-scripts allow-same-origin"
            allow=""
            referrerPolicy="no-referrer"
          />
        ) : null}
        <SilentNotice shown={silent} />
        <WarningBanner
          warning={warning}
          bannerRef={bannerRef}
          onExtend={() => setExtending(true)}
          onBackToDesk={host.focus}
        />
      </div>
      {extending && warning !== null && canExtend ? (
        <ExtendDialog warning={warning} method={method} onClose={closeExtend} />
      ) : null}
    </div>
  );
}
