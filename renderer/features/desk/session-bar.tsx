import {
  Columns2,
  Eye,
  EyeOff,
  Maximize,
  Minimize,
  Monitor,
  TriangleAlert,
  Unplug,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import { Toolbar } from 'react-aria-components';
import type { Displays, SessionState } from '#contract/ipc/state.ts';
import type { KeyChord, ScaleMode } from '#renderer/screen/api.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { KeysMenu } from './keys-menu.tsx';
import { Notices } from './notices.tsx';
import { QualityMeter } from './quality-meter.tsx';
import { useBarHiding } from './use-bar-hiding.ts';
import './session-bar.css';

export type SessionBarProps = Readonly<{
  state: Extract<SessionState, { phase: 'connected' }>;
  fullScreen: boolean;
  displays: Displays;
  /** Whether the person has silenced the desk's sound. */
  muted: boolean;
  onMute: (muted: boolean) => void;
  scale: ScaleMode;
  /** In full screen: whether the whole bar is out, or only its handle. */
  open: boolean;
  onOpen: (open: boolean) => void;
  /** Opens the bar and puts the keyboard there. */
  onGoTo: () => void;
  /** Whether the person has hidden the picture. */
  hidden: boolean;
  onHide: () => void;
  onRules: () => void;
  barRef: RefObject<HTMLDivElement | null>;
  onScale: (mode: ScaleMode) => void;
  onChord: (chord: KeyChord) => void;
  onFullScreen: (on: boolean) => void;
  onAllDisplays: (on: boolean) => void;
  onDisconnect: () => void;
  onBackToDesk: () => void;
}>;

/**
 * The one thing of ours over the desk's picture. Disconnecting asks nothing back: the work stays on the desk PC, and one
 * press connects again, so a question would only teach people to press past questions.
 */
export function SessionBar(props: SessionBarProps) {
  const { state, fullScreen, displays, muted, onMute, scale, open, onOpen, barRef, onScale, onChord } = props;
  const { hidden, onHide, onRules, onGoTo, onFullScreen, onAllDisplays, onDisconnect, onBackToDesk } = props;
  const { text } = useText();
  const [menuOpen, setMenuOpen] = useState(false);
  const { notices } = state;
  const all = displays.span !== null;
  const floats = fullScreen || all;
  const hiding = useBarHiding({ hides: floats, open, onOpen, barRef, menuOpen });
  const silent = state.link.quality === 'silent';
  const paused = state.pause !== null;
  const dot = silent || paused || hidden ? 'dot dot--silent' : 'dot';

  const keys = (event: KeyboardEvent) => {
    if (event.key === 'F11') {
      event.preventDefault();
      onFullScreen(!fullScreen);
    } else if (event.key === 'Escape' && !event.defaultPrevented && !menuOpen) {
      onBackToDesk();
    }
  };

  if (floats && !open) {
    return (
      // Moving and not entering: under a pointer at rest the handle would open again as soon as the bar has gone.
      <div className="handle" onPointerMove={() => onOpen(true)}>
        <button type="button" className="handle__button" onClick={onGoTo}>
          <span className={dot} aria-hidden="true" />
          {notices.length === 0 ? null : <TriangleAlert className="notices__sign" size={20} aria-hidden="true" />}
          {text('bar.markShort')}
          <span className="visually-hidden">{text('bar.show')}</span>
        </button>
      </div>
    );
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leaving with the pointer closes what hovering opened
    <div className={floats ? 'bar bar--floating' : 'bar'} ref={barRef} onKeyDown={keys} {...hiding}>
      <span className="bar__state">
        <span className={dot} aria-hidden="true" />
        {text(silent ? 'bar.silent' : paused ? 'bar.paused' : hidden ? 'bar.hidden' : 'bar.connected')}
      </span>
      <QualityMeter link={state.link} />
      <span className="bar__mark">
        <Monitor size={20} aria-hidden="true" />
        <span className="bar__mark-full">{text('bar.mark')}</span>
        <span className="bar__mark-short">{text('bar.markShort')}</span>
      </span>
      <Toolbar className="bar__tools" aria-label={text('bar.label')}>
        {notices.length === 0 ? null : (
          <span className="bar__notices">
            <Notices notices={notices} onRules={onRules} onOpenChange={setMenuOpen} />
          </span>
        )}
        <Button
          kind="bar"
          icon={hidden ? <Eye size={20} aria-hidden="true" /> : <EyeOff size={20} aria-hidden="true" />}
          aria-label={text(hidden ? 'hidden.show' : 'bar.hide')}
          onPress={onHide}
        >
          {text(hidden ? 'hidden.show' : 'bar.hide')}
        </Button>
        <Button
          kind="bar"
          icon={fullScreen ? <Minimize size={20} aria-hidden="true" /> : <Maximize size={20} aria-hidden="true" />}
          aria-label={text(fullScreen ? 'bar.leaveFullScreen' : 'bar.fullScreen')}
          onPress={() => onFullScreen(!fullScreen)}
        >
          {text(fullScreen ? 'bar.leaveFullScreen' : 'bar.fullScreen')}
        </Button>
        {displays.count < 2 ? null : (
          <Button
            kind="bar"
            icon={all ? <Minimize size={20} aria-hidden="true" /> : <Columns2 size={20} aria-hidden="true" />}
            aria-label={text(all ? 'bar.leaveAllDisplays' : 'bar.allDisplays')}
            onPress={() => onAllDisplays(!all)}
          >
            {text(all ? 'bar.leaveAllDisplays' : 'bar.allDisplays')}
          </Button>
        )}
        {state.audio ? (
          <Button
            kind="bar"
            icon={muted ? <VolumeX size={20} aria-hidden="true" /> : <Volume2 size={20} aria-hidden="true" />}
            aria-label={text(muted ? 'bar.unmute' : 'bar.mute')}
            onPress={() => onMute(!muted)}
          >
            {text(muted ? 'bar.unmute' : 'bar.mute')}
          </Button>
        ) : null}
        <KeysMenu scale={scale} onScale={onScale} onChord={onChord} onRules={onRules} onOpenChange={setMenuOpen} />
        <Button
          kind="bar"
          icon={<Unplug size={20} aria-hidden="true" />}
          aria-label={text('bar.disconnect')}
          onPress={onDisconnect}
        >
          {text('bar.disconnect')}
        </Button>
      </Toolbar>
    </div>
  );
}
