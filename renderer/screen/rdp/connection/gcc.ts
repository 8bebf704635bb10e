import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import { expectBytes, readLength, writeLength } from './per.ts';

/* Generic conference control (T.124) and the settings that it carries (MS-RDPBCGR 2.2.1.3 and 2.2.1.4). */

export type ClientSettings = Readonly<{
  width: number;
  height: number;
  /** 100 to 500. */
  scalePercent: number;
  selectedProtocol: number;
  /** Static virtual channels. */
  channels: readonly string[];
  clientName: string;
  graphicsPipeline: boolean;
}>;

/** The key of T.124's ConnectData: the object identifier { itu-t recommendation t 124 version(0) 1 }. */
const objectKey = [0, 5, 0, 0x14, 0x7c, 0, 1] as const;
/** H.221 keys of the two sides: Duca and McDn. */
const clientKey = [0x44, 0x75, 0x63, 0x61] as const;
const serverKey = [0x4d, 0x63, 0x44, 0x6e] as const;

const block = {
  clientCore: 0xc001,
  clientSecurity: 0xc002,
  clientNetwork: 0xc003,
  clientCluster: 0xc004,
  serverCore: 0x0c01,
  serverSecurity: 0x0c02,
  serverNetwork: 0x0c03,
} as const;

/** earlyCapabilityFlags (2.2.1.3.2). */
const early = {
  errorInfo: 0x0001,
  want32Bits: 0x0002,
  connectionType: 0x0020,
  monitorLayout: 0x0040,
  graphicsPipeline: 0x0100,
} as const;

/** Japanese layout on a 106/109 keyboard (type 7, subtype 2) with twelve function keys. */
const keyboard = { layout: 0x0411, type: 7, subtype: 2, functionKeys: 12 } as const;
const connectionTypeLan = 6;
/** With another deviceScaleFactor both scales would be ignored. */
const deviceScales = [180, 140, 100] as const;
/** The sizes that a server of RDP 8.1 and later takes (2.2.1.3.2). */
const [leastSide, mostSide] = [200, 8192];
/** CHANNEL_OPTION_INITIALIZED and CHANNEL_OPTION_ENCRYPT_RDP (2.2.1.3.4.1), none that asks for compression. */
const channelOptions = 0xc0000000;

/** Conference Create Request (T.124 8.7) with the client's settings (2.2.1.3). */
export function conferenceCreateRequest(settings: ClientSettings): Uint8Array<ArrayBuffer> {
  const blocks = new Writer();
  addBlock(blocks, block.clientCore, clientCore(settings));
  // 2.2.1.3.5: no session is redirected.
  addBlock(blocks, block.clientCluster, new Writer().zeros(8));
  // 2.2.1.3.3: no encryption below TLS.
  addBlock(blocks, block.clientSecurity, new Writer().zeros(8));
  addBlock(blocks, block.clientNetwork, clientNetwork(settings.channels));
  return wrapped(blocks.done());
}

/** The fixed bits between are a conference name of "1" and one set of user data with a key. */
export function wrapped(userData: Uint8Array): Uint8Array<ArrayBuffer> {
  const request = new Writer().raw([0, 8, 0, 0x10, 0, 1, 0xc0, 0]).raw(clientKey);
  writeLength(request, userData.length).raw(userData);
  return writeLength(new Writer().raw(objectKey), request.length).raw(request.done()).done();
}

function addBlock(blocks: Writer, type: number, contents: Writer): void {
  blocks
    .u16(type)
    .u16(contents.length + 4)
    .raw(contents.done());
}

/** Client Core Data (2.2.1.3.2). */
function clientCore(settings: ClientSettings): Writer {
  const scale = clamp(settings.scalePercent, 100, 500);
  const width = clamp(settings.width, leastSide, mostSide);
  const height = clamp(settings.height, leastSide, mostSide);
  // Millimetres at 96 dots an inch and the scale; outside 10 to 10000 the desk would ignore them.
  const physical = (pixels: number) => clamp((pixels * 25.4 * 100) / (96 * scale), 10, 10_000);
  const name = settings.clientName.slice(0, 15);
  return (
    new Writer()
      // RDP 5.0 to 8.1. What is newer is asked for by its own flag or channel.
      .u32(0x00080004)
      .u16(width)
      .u16(height)
      .u16(0xca01)
      .u16(0xaa03)
      .u32(keyboard.layout)
      .u32(2600)
      .utf16(name)
      .zeros(32 - 2 * name.length)
      .u32(keyboard.type)
      .u32(keyboard.subtype)
      .u32(keyboard.functionKeys)
      .zeros(64)
      .u16(0xca01)
      .u16(1)
      .u32(0)
      // 24 bits, and in what follows 24, 16, 15 and 32.
      .u16(24)
      .u16(0x000f)
      .u16(
        early.errorInfo |
          early.want32Bits |
          early.connectionType |
          early.monitorLayout |
          (settings.graphicsPipeline ? early.graphicsPipeline : 0),
      )
      .zeros(64)
      .u8(connectionTypeLan)
      .u8(0)
      .u32(settings.selectedProtocol)
      .u32(physical(width))
      .u32(physical(height))
      .u16(0)
      .u32(scale)
      .u32(deviceScales.find((device) => device <= scale) ?? 100)
  );
}

/** Client Network Data (2.2.1.3.4). */
function clientNetwork(channels: readonly string[]): Writer {
  const writer = new Writer().u32(channels.length);
  for (const name of channels) {
    if (!/^[\x21-\x7e]{1,7}$/.test(name)) throw new RangeError('a channel name that does not fit');
    writer.raw([...name.padEnd(8, '\0')].map((letter) => letter.charCodeAt(0))).u32(channelOptions);
  }
  return writer;
}

const clamp = (value: number, least: number, most: number) => Math.round(Math.min(most, Math.max(least, value)));

export type ServerSettings = Readonly<{
  /** Of its RDP (2.2.1.4.2). */
  version: number;
  /** The MCS channel of everything that is no virtual channel. */
  io: number;
  /** MCS channels of the names that were asked for, in their order. */
  channels: readonly number[];
}>;

/** Conference Create Response (T.124 8.7, MS-RDPBCGR 2.2.1.4). @param asked number of channels asked for. @throws ScreenEnd */
export function readConferenceCreateResponse(bytes: Uint8Array, asked: number): ServerSettings {
  const reader = new Reader(bytes);
  expectBytes(reader, objectKey, 'GCC object key');
  // Servers write any number here; it is to be ignored (MS-RDPBCGR 3.2.5.3.4).
  readLength(reader);
  if (reader.u8() !== 0x14) throw protocolProblem('GCC response');
  reader.skip(2);
  reader.skip(readLength(reader));
  if (reader.u8() !== 0) throw protocolProblem('GCC result');
  expectBytes(reader, [1, 0xc0, 0, ...serverKey], 'GCC user data');
  return readServerBlocks(reader.part(readLength(reader)), asked);
}

function readServerBlocks(reader: Reader, asked: number): ServerSettings {
  let version: number | undefined;
  let secured = false;
  let network: Omit<ServerSettings, 'version'> | undefined;
  while (reader.left > 0) {
    const type = reader.u16();
    const contents = reader.part(reader.u16() - 4);
    if (type === block.serverCore) {
      // 2.2.1.4.2: the version is the only field that is always there, and nothing hangs on it.
      version = contents.u32();
    } else if (type === block.serverSecurity) {
      // 2.2.1.4.3: TLS is all the encryption there is.
      if (contents.u32() !== 0 || contents.u32() !== 0) throw protocolProblem('encryption below TLS');
      secured = true;
    } else if (type === block.serverNetwork) {
      if (network !== undefined) throw protocolProblem('two network blocks');
      network = readServerNetwork(contents, asked);
    }
    // Of the others (message and multitransport channel) nothing was asked.
  }
  if (version === undefined || !secured || network === undefined) throw protocolProblem('a server block is missing');
  return { version, ...network };
}

/** Server Network Data (2.2.1.4.4). */
function readServerNetwork(contents: Reader, asked: number): Omit<ServerSettings, 'version'> {
  const io = contents.u16();
  const count = contents.u16();
  if (count !== asked) throw protocolProblem('number of channels');
  const channels: number[] = [];
  for (let i = 0; i < count; i++) channels.push(contents.u16());
  if (io === 0 || channels.includes(0) || new Set([io, ...channels]).size !== count + 1) {
    throw protocolProblem('channel ids');
  }
  return { io, channels };
}
