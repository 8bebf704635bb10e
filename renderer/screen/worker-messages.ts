import type { ScreenEvent, ScreenOptions } from './api.ts';
import type { CursorShape } from './core/cursor-shape.ts';
import type { DeskMonitor, Sound } from './desk-client.ts';

/** Between the screen's page (input, layout) and its worker (protocol, pixels). */
export type ToWorker =
  | Readonly<{ type: 'start'; options: ScreenOptions; canvas: OffscreenCanvas; bytes: MessagePort }>
  /** The desk's next connection, as `reconnect` of FromWorker has asked for. */
  | Readonly<{ type: 'reconnect'; options: ScreenOptions; bytes: MessagePort }>
  | Readonly<{ type: 'key'; down: boolean; keysym: number; scancode: number }>
  | Readonly<{ type: 'locks'; bits: number }>
  | Readonly<{ type: 'pointer'; x: number; y: number; buttons: number }>
  | Readonly<{
      type: 'size';
      width: number;
      height: number;
      scalePercent: number;
      monitors: readonly DeskMonitor[];
    }>
  | Readonly<{ type: 'visible'; visible: boolean }>
  | Readonly<{ type: 'quality'; quality: number | 'lossless' }>
  | Readonly<{ type: 'answer'; response: Uint8Array }>
  | Readonly<{ type: 'close' }>;

export type FromWorker =
  | ScreenEvent
  | Readonly<{ type: 'cursor'; shape: CursorShape }>
  | Readonly<{ type: 'sound'; sound: Sound }>
  | Readonly<{ type: 'locks'; bits: number }>;
