import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { ErrorDetails } from '#contract/errors/hanare-error.ts';
import type { Monitor, ScreenFigures } from '#contract/ipc/state.ts';
import type { DeskProtocol } from '#contract/wire/messages.ts';

/**
 * The protocol-neutral interface of the remote screen: what the window says to the screen's page and hears from it, over
 * one MessagePort that the window hands over with `start` (window.postMessage to the screen's origin, ports:
 * [control, bytes]). What only one desk protocol has travels in `vnc` or `rdp`.
 */
export type ScreenStart = Readonly<{ hanare: 'screen.start'; options: ScreenOptions }>;

export type ScreenOptions = Readonly<{
  protocol: DeskProtocol;
  /** `fit` shrinks to the window, never enlarges past 1:1; `actual` shows 1:1 and scrolls with the pointer at the edges. */
  scale: ScaleMode;
  /** `match` asks the desk to take the window's size where it can. */
  resize: 'match' | 'keep';
  rdp?: Readonly<{
    /** What main agreed on with the desk (MS-RDPBCGR 2.2.1.2.1). */
    selectedProtocol: number;
    /** Whether the desk is asked for its sound. Default: no. */
    audio?: boolean;
    /** Whether the graphics pipeline (MS-RDPEGFX) is offered; tests switch it off. Default: yes. */
    graphicsPipeline?: boolean;
    /** Whether H.264 is offered; tests switch it off. Default: where the browser decodes it. */
    h264?: boolean;
  }>;
  vnc?: Readonly<{
    /** 0 (smallest) to 9 (best) JPEG; `lossless` forbids JPEG. */
    quality: number | 'lossless';
    /** zlib effort asked of the desk, 0 to 9. */
    compression: number;
    /** Encodings offered, best first; tests narrow it. Default: all. */
    encodings?: readonly ('tight' | 'zrle' | 'copyrect' | 'raw')[];
  }>;
}>;

export type ScaleMode = 'fit' | 'actual';
/** Key chords the local system would keep for itself. */
export type KeyChord = 'ctrl-alt-del' | 'win' | 'alt-tab' | 'hankaku-zenkaku' | 'print-screen';

export type ScreenCommand =
  | Readonly<{ type: 'scale'; mode: ScaleMode }>
  | Readonly<{ type: 'quality'; quality: number | 'lossless' }>
  | Readonly<{ type: 'chord'; chord: KeyChord }>
  /** VncAuth: the 16 bytes main computed for the challenge. */
  | Readonly<{ type: 'answer'; response: Uint8Array }>
  | Readonly<{ type: 'focus' }>
  /** Hides the picture and lets no key or pointer through, all that is pressed let go; or shows it again. */
  | Readonly<{ type: 'cover'; on: boolean }>
  /** The window lies over these displays, or (null) no longer over several. A desk that can has a monitor for each. */
  | Readonly<{ type: 'monitors'; monitors: readonly Monitor[] | null }>
  /** The desk's next connection after the event `reconnect`; its port is the message's only transfer. */
  | Readonly<{ type: 'reconnect'; rdp: NonNullable<ScreenOptions['rdp']> }>
  /** Whether the desk's sound is heard, where the desk was asked for it. Until then: no. */
  | Readonly<{ type: 'sound'; on: boolean }>
  /** Ends the session in order; `closed` follows without a failure. */
  | Readonly<{ type: 'close' }>;

export type ScreenEvent =
  | Readonly<{ type: 'opened'; name: string; width: number; height: number }>
  | Readonly<{ type: 'resized'; width: number; height: number }>
  /** The desk asks for a password: 16 bytes to be answered (RFC 6143 §7.2.2). */
  | Readonly<{ type: 'challenge'; challenge: Uint8Array }>
  | Readonly<{ type: 'firstPicture'; figures: ScreenFigures }>
  | Readonly<{ type: 'figures'; figures: ScreenFigures }>
  /** The desk takes the wished size only when it is connected to anew: the screen has left it and waits for `reconnect`. */
  | Readonly<{ type: 'reconnect' }>
  /** Ctrl+Alt+Shift was pressed and let go: the keyboard goes back to the window's own bar. */
  | Readonly<{ type: 'leave' }>
  /** Ctrl+Alt+Space was pressed: the screen has covered itself, and the window says when it is shown again. */
  | Readonly<{ type: 'hide' }>
  /** The end. Without `failure`: by command, or because main ended the channel and says why itself. */
  | Readonly<{ type: 'closed'; failure?: { reason: ErrorName; details: ErrorDetails } }>;

/** Posted by the screen's page to its parent once its worker waits for `start`. */
export type ScreenReady = Readonly<{ hanare: 'screen.ready' }>;

/** What is used of a KeyboardEvent by `isHideKey`. */
type Pressed = Readonly<{
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  getModifierState(name: string): boolean;
}>;

/** Ctrl+Alt+Space hides the picture, in the screen's page and in the window alike. AltGr is a key for typing, not that. */
export function isHideKey(pressed: Pressed): boolean {
  const { code, ctrlKey, altKey, shiftKey, metaKey } = pressed;
  if (code !== 'Space' || !ctrlKey || !altKey || shiftKey || metaKey) return false;
  return !pressed.getModifierState('AltGraph');
}
