import { HanareError } from '#contract/errors/hanare-error.ts';
import { type Rect, rect } from '../state/geometry.ts';
import type { ByteReader } from './byte-reader.ts';
import { type PixelFormat, readPixelFormat } from './pixel-format.ts';

/** What a client may say after the handshake: RFC 6143 §7.5 and the extensions that the desk announces. */
export type ClientMessage =
  | Readonly<{ type: 'setPixelFormat'; format: PixelFormat }>
  | Readonly<{ type: 'setEncodings'; encodings: readonly number[] }>
  | Readonly<{ type: 'updateRequest'; incremental: boolean; area: Rect }>
  | Readonly<{ type: 'key'; down: boolean; keysym: number; scancode: number }>
  | Readonly<{ type: 'pointer'; x: number; y: number; buttons: number }>
  | Readonly<{ type: 'cutText' }>
  | Readonly<{ type: 'continuousUpdates'; enable: boolean; area: Rect }>
  | Readonly<{ type: 'fence'; flags: number; payload: Buffer }>
  | Readonly<{ type: 'setDesktopSize'; width: number; height: number; screens: number }>;

const maxCutText = 1024 * 1024;
const maxFence = 64;

/** Reads one whole message. @throws screenProtocolError for one that is unknown or too long. */
export async function readClientMessage(reader: ByteReader): Promise<ClientMessage> {
  const [type] = await reader.take(1);
  switch (type) {
    case 0:
      return { type: 'setPixelFormat', format: readPixelFormat((await reader.take(19)).subarray(3)) };
    case 2: {
      const count = (await reader.take(3)).readUInt16BE(1);
      const data = await reader.take(4 * count);
      return { type: 'setEncodings', encodings: Array.from({ length: count }, (_, at) => data.readInt32BE(4 * at)) };
    }
    case 3: {
      const data = await reader.take(9);
      return { type: 'updateRequest', incremental: data[0] !== 0, area: readRect(data, 1) };
    }
    case 4: {
      const data = await reader.take(7);
      return { type: 'key', down: data[0] !== 0, keysym: data.readUInt32BE(3), scancode: 0 };
    }
    case 5: {
      const data = await reader.take(5);
      return { type: 'pointer', buttons: data[0]!, x: data.readUInt16BE(1), y: data.readUInt16BE(3) };
    }
    case 6:
      return cutText(reader);
    case 150: {
      const data = await reader.take(9);
      return { type: 'continuousUpdates', enable: data[0] !== 0, area: readRect(data, 1) };
    }
    case 248: {
      const head = await reader.take(8);
      const length = head[7]!;
      if (length > maxFence) throw new HanareError('screenProtocolError', { problem: 'fence length' });
      return { type: 'fence', flags: head.readUInt32BE(3), payload: Buffer.from(await reader.take(length)) };
    }
    case 251: {
      const head = await reader.take(7);
      const screens = head[5]!;
      await reader.take(16 * screens);
      return { type: 'setDesktopSize', width: head.readUInt16BE(1), height: head.readUInt16BE(3), screens };
    }
    case 255:
      return qemuMessage(reader);
    default:
      throw new HanareError('screenProtocolError', { problem: `message type ${type}` });
  }
}

/** The clipboard stops here: the demo desk takes none and gives none. */
async function cutText(reader: ByteReader): Promise<ClientMessage> {
  // The extended clipboard marks itself by a negative length.
  let left = Math.abs((await reader.take(7)).readInt32BE(3));
  if (left > maxCutText) throw new HanareError('screenProtocolError', { problem: 'cut text length' });
  for (; left > 0; left -= Math.min(left, 4096)) await reader.take(Math.min(left, 4096));
  return { type: 'cutText' };
}

/** QEMU Extended Key Event (rfbproto): the only submessage the desk announces. */
async function qemuMessage(reader: ByteReader): Promise<ClientMessage> {
  const data = await reader.take(11);
  if (data[0] !== 0) throw new HanareError('screenProtocolError', { problem: `QEMU submessage ${data[0]}` });
  return {
    type: 'key',
    down: data.readUInt16BE(1) !== 0,
    keysym: data.readUInt32BE(3),
    scancode: data.readUInt32BE(7),
  };
}

const readRect = (data: Buffer, at: number): Rect =>
  rect(data.readUInt16BE(at), data.readUInt16BE(at + 2), data.readUInt16BE(at + 4), data.readUInt16BE(at + 6));
