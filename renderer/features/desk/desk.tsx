import { useCallback, useEffect, useRef, useState } from 'react';
import type { SessionState } from '#contract/ipc/state.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import { useBridge } from '../../app/bridge.ts';
import { useStore } from '../../app/store.ts';
import { useText } from '../../app/text.ts';
import { Watermark } from '../../components/watermark.tsx';
import { RulesDialog } from '../rules/rules-dialog.tsx';
import { Cover } from './cover.tsx';
import { ExtendDialog } from './extend-dialog.tsx';
import { type OldPicture, OldPictureNotice } from './old-picture-notice.tsx';
import type { ScreenHost } from './screen-host.ts';
import { SessionBar } from './session-bar.tsx';
import { WarningBanner } from './session-warning.tsx';
import { useDisplays } from './use-displays.ts';
import { useHiding } from './use-hiding.ts';
import './desk.css';

/** What the screen's page asks of the window by a key chord: the bar takes the keyboard, or the picture is hidden. */
export type DeskSignals = Readonly<{
  onLeave(listener: () => void): () => void;
  onHide(listener: () => void): () => void;
}>;

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
  const { hidden, toggle } = useHiding(connected, signals);
  const pause = connected ? state.pause : null;
  const covered = connected && (pause !== null || hidden);
  const old = connected && !covered ? whyOld(state) : null;
  const warning = connected ? state.warning : null;
  const watermark = connected && !covered ? state.watermark : null;
  const notices = connected ? state.notices : [];
  const barRef = useRef<HTMLDivElement>(null);
  const bannerRef = useRef<HTMLDivElement>(null);
  const [fullScreen, setFullScreen] = useState(false);
  const displays = useDisplays(bridge);
  const { span } = displays;
  const [barOpen, setBarOpen] = useState(true);
  const [barAsked, setBarAsked] = useState(0);
  const [muted, setMuted] = useState(false);
  const [extending, setExtending] = useState(false);
  const [rulesOpen, setRulesOpen] = useState(false);
  const canExtend = warning?.kind === 'signIn';

  useEffect(() => bridge.window.onFullScreen(setFullScreen), [bridge]);

  useEffect(() => {
    // A window that stays full screen without a session has no bar to leave it by.
    if (fullScreen && !connected) void bridge.window.setFullScreen(false).catch(() => undefined);
    if (span !== null && !connected) void bridge.window.setAllDisplays(false).catch(() => undefined);
  }, [bridge, connected, fullScreen, span]);
  useEffect(() => host.setMonitors(span), [host, span]);
  const audio = connected && state.audio;
  // What a rule forbids in mid-session is silent at once.
  useEffect(() => host.setSound(audio && !muted), [host, audio, muted]);

  /** What is typed goes to the desk again, unless there is nothing to be seen of it, or something is being asked. */
  const toDesk = useCallback(() => {
    if (!covered && !extending && !rulesOpen) host.focus();
  }, [covered, extending, rulesOpen, host]);

  useEffect(() => host.cover(covered), [covered, host]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: full screen and all displays, too, give the keyboard back to the desk
  useEffect(() => {
    setBarOpen(true);
    if (connected) toDesk();
  }, [connected, fullScreen, span, toDesk]);
  useEffect(() => {
    if (!connected) setRulesOpen(false);
  }, [connected]);

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
    if (connected) toDesk();
  }, [extending, canExtend, connected, toDesk]);
  const latest = useRef(toDesk);
  latest.current = toDesk;
  const later = () => void setTimeout(() => latest.current(), afterMenuMs);
  const closeExtend = () => {
    setExtending(false);
    later();
  };

  const requestAllDisplays = (on: boolean) => void bridge.window.setAllDisplays(on).catch(() => undefined);
  const requestFullScreen = (on: boolean) => void bridge.window.setFullScreen(on).catch(() => undefined);

  return (
    <div className={deskClass(fullScreen, span !== null)} inert={!connected} aria-hidden={!connected}>
      {connected ? (
        <SessionBar
          state={state}
          fullScreen={fullScreen}
          displays={displays}
          muted={muted}
          onMute={setMuted}
          scale={screen.scale}
          open={barOpen}
          hidden={hidden}
          onHide={toggle}
          onRules={() => setRulesOpen(true)}
          onOpen={setBarOpen}
          barRef={barRef}
          onScale={host.setScale}
          onGoTo={goToBar}
          onChord={(chord) => {
            host.sendChord(chord);
            // After the menu has given the focus back to its button: what comes next is typed at the desk.
            later();
          }}
          onFullScreen={requestFullScreen}
          onAllDisplays={requestAllDisplays}
          onDisconnect={onDisconnect}
          onBackToDesk={toDesk}
        />
      ) : null}
      <p className="visually-hidden" role="status">
        {notices.length === 0 ? null : text('notices.said', { count: notices.length })}
      </p>
      <div className={pictureClass(old !== null, covered)}>
        {screen.mounted ? (
          <iframe
            key={screen.generation}
            ref={host.attach}
            className="desk__frame"
            src={screenUrl}
            title={text('desk.frame')}
            inert={covered}
            sandbox="allow-scripts allow-same-origin"
            allow=""
            referrerPolicy="no-referrer"
          />
        ) : null}
        {watermark === null ? null : <Watermark {...watermark} />}
        <OldPictureNotice why={old} />
        <Cover
          pause={pause}
          hidden={hidden}
          onShow={toggle}
          onRules={() => setRulesOpen(true)}
          onDisconnect={onDisconnect}
        />
        <WarningBanner
          warning={warning}
          bannerRef={bannerRef}
          onExtend={() => setExtending(true)}
          onBackToDesk={toDesk}
        />
      </div>
      {extending && warning !== null && canExtend ? (
        <ExtendDialog warning={warning} method={method} onClose={closeExtend} />
      ) : null}
      {connected && rulesOpen ? (
        <RulesDialog
          onClose={() => {
            setRulesOpen(false);
            later();
          }}
        />
      ) : null}
    </div>
  );
}

function deskClass(fullScreen: boolean, span: boolean): string {
  if (span) return 'desk desk--full desk--span';
  return fullScreen ? 'desk desk--full' : 'desk';
}

function whyOld(state: Extract<SessionState, { phase: 'connected' }>): OldPicture | null {
  if (state.reopening) return 'reopening';
  return state.link.quality === 'silent' ? 'silent' : null;
}

function pictureClass(old: boolean, covered: boolean): string {
  const names = ['desk__picture', old ? 'desk__picture--old' : null, covered ? 'desk__picture--covered' : null];
  return names.filter((name) => name !== null).join(' ');
}
