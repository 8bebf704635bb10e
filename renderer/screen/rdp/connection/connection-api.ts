import type { CodecName } from './bitmap-codecs.ts';
import type { DeskCapabilities } from './capabilities.ts';
import type { ClientSettings } from './gcc.ts';

export type ConnectionOptions = ClientSettings &
  Readonly<{
    /** Codecs of surface commands that are offered; RemoteFX when left out. */
    codecs?: readonly CodecName[];
  }>;

export type ActiveDesk = DeskCapabilities;

export type ConnectionEffects = Readonly<{
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** The Client Info PDU (MS-RDPBCGR 2.2.1.11) is to be written now, before whatever `send` gives next. */
  clientInfo(user: number, io: number): void;
  /** After each activation. */
  activated(desk: ActiveDesk): void;
  /** Nothing is drawn and no input goes until activated again. */
  deactivated(): void;
  /** One whole update in the form of the fast path (2.2.9.1.2.1). The view is valid during the call. */
  update(code: number, bytes: Uint8Array): void;
  /** One whole message of a static channel. The view is valid during the call. */
  channel(name: string, bytes: Uint8Array): void;
  /** Keyboard indicators that the desk has set: scroll 1, num 2, caps 4, kana 8. */
  locks(bits: number): void;
}>;
