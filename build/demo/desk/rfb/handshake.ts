import { randomBytes } from 'node:crypto';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Size } from '../state/geometry.ts';
import type { ByteReader } from './byte-reader.ts';
import { serverFormat, writePixelFormat } from './pixel-format.ts';
import { vncAuthMatches } from './vnc-auth.ts';

const securityNone = 1;
const securityVncAuth = 2;

export type HandshakeOptions = Readonly<{
  reader: ByteReader;
  write: (data: Buffer) => void;
  password: string | undefined;
  name: string;
  size: () => Size;
}>;

/**
 * RFC 6143 §7.1 to §7.3 from the server's side, with the older forms of 3.3 and 3.7.
 * @throws screenProtocolError for what is no RFB client; deskPasswordWrong.
 * @returns the size that the client was told.
 */
export async function serveHandshake(options: HandshakeOptions): Promise<Size> {
  const { reader, write, name } = options;
  write(Buffer.from('RFB 003.008\n', 'latin1'));
  const minor = readVersion(await reader.take(12));
  await security(options, minor);
  await reader.take(1); // ClientInit's shared flag: everybody may watch the demo, so nobody is sent away.
  const size = options.size();
  const nameBytes = Buffer.from(name, 'utf8');
  const init = Buffer.alloc(8);
  init.writeUInt16BE(size.width, 0);
  init.writeUInt16BE(size.height, 2);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nameBytes.length);
  write(Buffer.concat([init.subarray(0, 4), writePixelFormat(serverFormat), length, nameBytes]));
  return size;
}

function readVersion(line: Buffer): 3 | 7 | 8 {
  const found = /^RFB 003\.(\d{3})\n$/.exec(line.toString('latin1'));
  if (!found) throw new HanareError('screenProtocolError', { problem: 'version' });
  const minor = Number(found[1]);
  // RFC 6143 §7.1.1: other numbers were used by mistake and are to be taken as 3.3.
  return minor >= 8 ? 8 : minor === 7 ? 7 : 3;
}

async function security({ reader, write, password }: HandshakeOptions, minor: 3 | 7 | 8): Promise<void> {
  const type = password === undefined ? securityNone : securityVncAuth;
  if (minor === 3) write(word(type));
  else {
    write(Buffer.from([1, type]));
    const [chosen] = await reader.take(1);
    if (chosen !== type) throw new HanareError('screenProtocolError', { problem: 'security type' });
  }
  if (password === undefined) {
    if (minor === 8) write(word(0));
    return;
  }
  const challenge = randomBytes(16);
  write(challenge);
  const right = vncAuthMatches(password, challenge, await reader.take(16));
  write(word(right ? 0 : 1));
  if (right) return;
  const reason = Buffer.from('Authentication failed', 'latin1');
  if (minor === 8) write(Buffer.concat([word(reason.length), reason]));
  throw new HanareError('deskPasswordWrong');
}

function word(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(value);
  return data;
}
