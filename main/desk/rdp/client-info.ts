import { protocol } from './negotiate.ts';
import type { Credentials } from './ntlm.ts';
import type { SeasonStart, TimeZone } from './time-zone.ts';

/* The Client Info PDU (MS-RDPBCGR 2.2.1.11): who signs in, and how the session is to look. */

/** The MCS channels that the screen has agreed on with the desk. */
export type McsChannels = Readonly<{ user: number; io: number }>;

/** TS_INFO_PACKET (2.2.1.11.1.1) with TS_EXTENDED_INFO_PACKET (2.2.1.11.1.1.1). */
export type ClientInfo = Readonly<{
  codePage: number;
  flags: number;
  domain: string;
  user: string;
  password: string;
  address: string;
  directory: string;
  zone: TimeZone;
  performance: number;
}>;

const flag = {
  mouse: 0x1,
  disableCtrlAltDel: 0x2,
  autoLogon: 0x8,
  unicode: 0x10,
  maximizeShell: 0x20,
  logonNotify: 0x40,
  enableWindowsKey: 0x100,
  logonErrors: 0x1_0000,
  mouseHasWheel: 0x2_0000,
  noAudioPlayback: 0x8_0000,
} as const;

/** No compression (0x80): it would have to be undone for each byte of a channel that graphics codecs have compressed. */
const ownFlags =
  flag.mouse |
  flag.disableCtrlAltDel |
  flag.unicode |
  flag.maximizeShell |
  flag.logonNotify |
  flag.enableWindowsKey |
  flag.logonErrors |
  flag.mouseHasWheel;

/**
 * PERF_ENABLE_FONT_SMOOTHING and PERF_ENABLE_DESKTOP_COMPOSITION, which a desk leaves out unless they are asked for; and
 * nothing is switched off. People work all day at their own office PC and are to find it as it is: unsmoothed Japanese
 * letters are hard to read, and what wallpaper, shadows and animations cost is little with the codecs of the graphics
 * pipeline.
 */
const officePerformance = 0x80 | 0x100;

const japanese = 0x0411;

/**
 * Under network level authentication neither the password nor AUTOLOGON is sent: CredSSP has delegated the password, and a
 * desk signs in with that (5.4.5.2). Without it, AUTOLOGON spares the desk's own sign-in screen. It goes with a password
 * only: servers differ in what an empty one means.
 * @param audio whether the desk's sound is to come here
 * The laptop's address and folders are nobody's business: both are empty texts.
 */
export function ownClientInfo(
  selectedProtocol: number,
  credentials: Credentials,
  zone: TimeZone,
  audio = false,
): ClientInfo {
  const password = selectedProtocol === protocol.ssl ? credentials.password : '';
  return {
    codePage: japanese,
    flags: ownFlags | (audio ? 0 : flag.noAudioPlayback) | (password === '' ? 0 : flag.autoLogon),
    domain: credentials.domain,
    user: credentials.user,
    password,
    address: '',
    directory: '',
    zone,
    performance: officePerformance,
  };
}

const af = { inet: 2 } as const;
const tpktBytes = 4;
const x224Bytes = 3;
const mcsBytes = 8;
const securityBytes = 4;
const zoneBytes = 172;
const secInfoPkt = 0x40;
/** MCS user ids count from here (T.125 section 7, part 1). */
const firstUser = 1001;

/**
 * The whole PDU, from the TPKT header on, without encryption of its own: TLS is around it.
 * It may hold the password: whoever has written it overwrites it.
 */
export function encodeClientInfo({ user, io }: McsChannels, info: ClientInfo): Buffer {
  const { zone } = info;
  const texts = [info.domain, info.user, info.password, '', ''];
  const textBytes = texts.reduce((sum, text) => sum + 2 * text.length + 2, 0);
  const [address, directory] = [2 * info.address.length + 2, 2 * info.directory.length + 2];
  const keyBytes = zone.key === null ? 0 : 2 + 2 + 2 + 2 * zone.key.length + 2;
  const packetBytes = 18 + textBytes + 4 + address + 2 + directory + zoneBytes + 4 + 4 + 2 + keyBytes;
  const pdu = Buffer.alloc(tpktBytes + x224Bytes + mcsBytes + securityBytes + packetBytes);
  let at = 0;
  const u8 = (value: number) => {
    at = pdu.writeUInt8(value, at);
  };
  const big16 = (value: number) => {
    at = pdu.writeUInt16BE(value, at);
  };
  const u16 = (value: number) => {
    at = pdu.writeUInt16LE(value, at);
  };
  const u32 = (value: number) => {
    at = pdu.writeInt32LE(value | 0, at);
  };
  /** Into a place of its own; what is not written stays zero. */
  const text = (value: string, bytes: number) => {
    pdu.write(value, at, 'utf16le');
    at += bytes;
  };
  const season = ({ name, starts, bias }: TimeZone['standard']) => {
    // 32 characters with the terminating zero.
    text(name.slice(0, 31), 64);
    systemTime(starts);
    u32(bias);
  };
  const systemTime = (start: SeasonStart | null) => {
    const fields = start
      ? [0, start.month, start.dayOfWeek, start.week, start.hour, start.minute, 0, 0]
      : Array(8).fill(0);
    for (const field of fields) u16(field);
  };

  // TPKT (T.123 section 8), X.224 Data (13.7), MCS Send Data Request (T.125 section 11.32).
  u8(3);
  u8(0);
  big16(pdu.length);
  for (const byte of [2, 0xf0, 0x80, 0x64]) u8(byte);
  big16(user - firstUser);
  big16(io);
  // High priority, first and last segment; the length in PER's form of two bytes.
  u8(0x70);
  big16(0x8000 | (securityBytes + packetBytes));
  // Basic security header (2.2.8.1.1.2.1).
  u32(secInfoPkt);

  u32(info.codePage);
  u32(info.flags);
  for (const value of texts) u16(2 * value.length);
  for (const value of texts) text(value, 2 * value.length + 2);
  u16(af.inet);
  u16(address);
  text(info.address, address);
  u16(directory);
  text(info.directory, directory);
  u32(zone.bias);
  season(zone.standard);
  season(zone.daylight);
  // clientSessionId is always 0; no cookie to reconnect with is kept.
  u32(0);
  u32(info.performance);
  u16(0);
  if (zone.key !== null) {
    u16(0);
    u16(0);
    u16(2 * zone.key.length);
    text(zone.key, 2 * zone.key.length);
    u16(0);
  }
  return pdu;
}
