import type { ScreenFigures } from '#contract/ipc/state.ts';
import type { CursorShape } from './core/cursor-shape.ts';
import type { Damage } from './core/damage.ts';
import type { Picture } from './core/picture.ts';
import type { ScreenEnd } from './core/screen-end.ts';

/** A piece of sound: for each channel its samples, -1 to 1. */
export type Sound = Readonly<{ samplesPerSecond: number; channels: readonly Float32Array<ArrayBuffer>[] }>;

/** What the client of a desk protocol has to say. */
export type DeskEffects = Readonly<{
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** So many bytes given to `push` are dealt with: the credit of the byte channel. */
  consumed(bytes: number): void;
  /** VNC: to be answered with a password (RFC 6143 §7.2.2). */
  challenge(bytes: Uint8Array<ArrayBuffer>): void;
  /** RDP: main is to write the Client Info PDU here, on these MCS channels. */
  clientInfo(user: number, io: number): void;
  opened(name: string, width: number, height: number): void;
  resized(width: number, height: number): void;
  /** A whole frame has been drawn; `damage` is what it changed, to be taken. */
  frame(damage: Damage): void;
  cursor(shape: CursorShape): void;
  /** RDP: to be heard next. */
  sound?(sound: Sound): void;
  /** The desk's lock keys: scroll 1, num 2, caps 4. */
  locks(bits: number): void;
  ended(end: ScreenEnd): void;
}>;

/** A monitor that the desk is to have, within its picture. Pixels of the desk; one is the primary one. */
export type DeskMonitor = Readonly<{ left: number; top: number; width: number; height: number; primary: boolean }>;

/** One desk protocol: bytes in, effects out. No effect comes after `close` or the effect `ended`. */
export type DeskClient = {
  /** As of the last frame; undefined while there is none. Valid until the next push. */
  readonly picture: Picture | undefined;
  /** What this protocol alone can tell of the session. */
  readonly figures?: Pick<ScreenFigures, 'rdp'>;
  push(chunk: Uint8Array): void;
  close(): void;
  /** @param scancode XT set 1, extended keys with bit 7; 0 when unknown. @param keysym 0 when unknown. */
  key(down: boolean, keysym: number, scancode: number): void;
  /** @param buttons left 1, middle 2, right 4, wheel 8 to 64, back 128, forward 256 */
  pointer(x: number, y: number, buttons: number): void;
  /**
   * @param scalePercent of the display: 100 where one of its pixels is one CSS pixel
   * @param monitors that the size is made of; empty: one
   */
  requestSize(width: number, height: number, scalePercent: number, monitors?: readonly DeskMonitor[]): void;
  /** While nobody sees the picture the desk need not send it. */
  setVisible(visible: boolean): void;
  /** What only VNC has. */
  setQuality?(quality: number | 'lossless'): void;
  answer?(response: Uint8Array): void;
  /** RDP: whether the desk takes another size during the session. */
  readonly resizes?: boolean;
  /** RDP: asks once more for the last size. */
  repeatSize?(): void;
  /** What only RDP has: the laptop's lock keys, to be the desk's too. Bits as in `DeskEffects.locks`, kana 8. */
  setLocks?(bits: number): void;
};
