import { Buffer } from 'node:buffer';
import { wireVersion } from '#contract/wire/messages.ts';

/** A small seeded generator (mulberry32), so that a failing run can be repeated from the seed it printed. */
export type Random = Readonly<{
  /** 0 ≤ n < below */
  int: (below: number) => number;
  pick: <T>(list: readonly T[]) => T;
  bytes: (length: number) => Buffer;
}>;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    pick: (list) => list[int(list.length)]!,
    bytes: (length) => {
      const out = Buffer.allocUnsafe(length);
      for (let i = 0; i < length; i++) out[i] = int(256);
      return out;
    },
  };
}

/** Changes, cuts, doubles or inserts bytes. */
function mutate(random: Random, input: Buffer): Buffer {
  let out = Buffer.from(input);
  for (let n = 1 + random.int(4); n > 0; n--) {
    const at = random.int(out.length + 1);
    switch (random.int(6)) {
      case 0:
        if (at < out.length) out[at] = random.int(256);
        break;
      case 1:
        out = out.subarray(0, at);
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, at), random.bytes(1 + random.int(16)), out.subarray(at)]);
        break;
      case 3:
        out = Buffer.concat([out, out.subarray(at)]);
        break;
      case 4:
        if (at < out.length) out[at] = random.pick([0, 0x7f, 0x80, 0xff, 0x0a, 0x0d]);
        break;
      default:
        out = Buffer.concat([out.subarray(0, at), out.subarray(Math.min(out.length, at + 1 + random.int(8)))]);
    }
  }
  return out;
}

/** TLS records before any handshake. @param clientHello a real one to spoil. */
export function tlsCase(random: Random, clientHello: Buffer): Buffer {
  switch (random.int(5)) {
    case 0:
      return random.bytes(1 + random.int(600));
    case 1:
      return Buffer.from(
        random.pick(['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n', 'RFB 003.008\n', '\x16\x03\x01', '\x80\x2e\x01']),
      );
    case 2:
      // A record that promises more than it brings.
      return Buffer.concat([
        Buffer.from([0x16, 3, 1, random.int(256), random.int(256)]),
        random.bytes(random.int(200)),
      ]);
    default:
      return mutate(random, clientHello);
  }
}

/** Request heads as a registered device might send them. @param token a grant that is used already. */
export function requestCase(random: Random, token: string): Buffer {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`;
  const head = random.pick([
    `CONNECT pc-1.desk:vnc HTTP/1.1\r\nHost: pc-1.desk:vnc\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    `CONNECT ${random.pick(['', '*', ':', '127.0.0.1:22', '../x.desk:vnc', 'a'.repeat(300), '[::1]:5900'])} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /v1/control HTTP/1.1\r\nHost: g\r\n${upgrade}\r\n`,
    `GET /v1/control HTTP/1.1\r\nHost: g\r\n${upgrade.replace('13', String(random.int(99)))}\r\n`,
    'POST / HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n',
    `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(random.int(3000))}\r\n`,
  ]);
  return random.int(4) === 0 ? Buffer.from(head, 'latin1') : mutate(random, Buffer.from(head, 'latin1'));
}

const values: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  2 ** 53,
  '',
  'x'.repeat(300),
  '\u0000',
  '../../etc/passwd',
  [],
  [[[[[]]]]],
  {},
  { __proto__: null },
];

function otpCase(random: Random): unknown {
  const code = String(random.int(1_000_000)).padStart(6, '0');
  return random.pick([
    { kind: 'totp', code },
    { kind: 'emergency', code: '0123456789AB' },
    { kind: 'emergency', code },
    { kind: 'totp', code: '１２３４５６' },
  ]);
}

function machineCase(random: Random): unknown {
  return {
    uuid: random.pick([null, '', 'u'.repeat(100), 'u'.repeat(101)]),
    serial: random.pick([null, '-', '\u202e']),
    macs: random.pick([[], ['00:11:22:33:44:55'], ['nonsense'], Array(17).fill('00:11:22:33:44:55')]),
  };
}

function pemCase(random: Random, label: string): string {
  const body = random.bytes(random.int(400)).toString('base64');
  return random.pick([
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`,
    `-----BEGIN ${label}-----\n${body}`,
    '-----BEGIN ',
    `-----BEGIN ${label}-----\n${'MII'.repeat(2000)}`,
  ]);
}

/** Requests at the enrolment port as anyone might send them. @param csr a good one, beside a code that nobody was given. */
export function enrolCase(random: Random, csr: string): Buffer {
  const good = {
    code: '0000000000000000',
    client: { version: '1.0.0', platform: 'x' },
    machine: machineCase(random),
    key: random.pick<unknown>([
      { kind: 'csr', csr },
      { kind: 'csr', csr: pemCase(random, 'CERTIFICATE REQUEST') },
      { kind: 'certificate', certificate: pemCase(random, 'CERTIFICATE'), proof: 'AA==' },
    ]),
  };
  const body = spoiled(random, good);
  const length = random.pick([body.length, body.length, body.length, 0, body.length + 9, 70_000, -1]);
  const head = random.pick([
    `POST /v1/enrol HTTP/1.1\r\nHost: g\r\nContent-Length: ${length}\r\n\r\n`,
    `POST /v1/enrol HTTP/1.1\r\nHost: g\r\nContent-Length: ${length}\r\n\r\n`,
    'POST /v1/enrol HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n',
    'POST /v1/enrol HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    'GET /v1/site HTTP/1.1\r\nHost: g\r\n\r\nGET /v1/site HTTP/1.1\r\nHost: g\r\n\r\n',
    `GET /v1/site?${'x'.repeat(random.int(9000))} HTTP/1.1\r\n\r\n`,
    'CONNECT pc-1.desk:vnc HTTP/1.1\r\nHost: g\r\n\r\n',
    'GET /v1/control HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ]);
  const whole = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  return random.int(3) === 0 ? mutate(random, whole) : whole;
}

/** A statement that nobody signed. */
function statementCase(random: Random): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
  const header = random.pick<unknown>([{ alg: 'ES256' }, { alg: 'none' }, { alg: 'RS256', crit: [] }, null, [], '']);
  const claims = { sub: 'x', iat: random.pick<unknown>([0, null, 'now']), evidence: random.pick(values) };
  const signature = random.bytes(random.pick([0, 1, 63, 64, 65, 256])).toString('base64url');
  return random.pick([
    [part(header), part(claims), signature].join('.'),
    [random.bytes(20).toString('base64url'), part(claims), signature].join('.'),
    '..',
    '',
    'A.'.repeat(6_000),
    'x'.repeat(12_001),
  ]);
}

function detailsCase(random: Random): unknown {
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, n]));
  return random.pick<unknown>([{}, { device: 'Stick' }, { sid: 'x' }, { a: 'x'.repeat(201) }, { a: {} }, many, []]);
}

/** The text of one control message: right, nearly right, or nonsense. */
export function messageCase(random: Random, nonce: string): Buffer {
  const good: readonly Record<string, unknown>[] = [
    { type: 'hello', version: wireVersion, client: { version: '1', platform: 'x' }, machine: machineCase(random) },
    { type: 'auth', nonce, otp: otpCase(random) },
    { type: 'extend', otp: otpCase(random) },
    { type: 'renew', request: random.int(5), csr: pemCase(random, 'CERTIFICATE REQUEST') },
    { type: 'erased' },
    { type: 'open', request: random.int(5), desk: random.pick(['pc-1', 'pc-2', 'nope']) },
    { type: 'close', sid: 'abc' },
    { type: 'deskCertificate', sid: 'abc', sha256: random.pick(['ab'.repeat(32), 'AB'.repeat(32), 'ab', '']) },
    { type: 'evidence', id: random.int(5), jws: statementCase(random) },
    { type: 'event', event: random.pick(['usbInserted', 'paused', 'admin']), details: detailsCase(random) },
    { type: 'ping', n: random.int(9) },
    { type: 'pong', n: random.int(9) },
  ];
  return spoiled(random, random.pick(good));
}

/** JSON of `good` with one thing wrong, or something else altogether. */
function spoiled(random: Random, good: Record<string, unknown>): Buffer {
  const message: Record<string, unknown> = { ...good };
  const keys = Object.keys(message);
  switch (random.int(7)) {
    case 0:
      return random.bytes(random.int(300));
    case 6:
      break;
    case 1:
      return mutate(random, Buffer.from(JSON.stringify(message)));
    case 2:
      message[random.pick(keys)] = random.pick(values);
      break;
    case 3:
      delete message[random.pick(keys)];
      break;
    case 4:
      message[random.pick(['extra', '__proto__', 'constructor', 'toString'])] = random.pick(values);
      break;
    default:
      return Buffer.from(
        random.pick(['{', '[]', '"a"', '{"type":"hello"', `${'['.repeat(5000)}`, '{"type":1e999}', '']),
      );
  }
  return Buffer.from(JSON.stringify(message));
}

/** One WebSocket frame (RFC 6455 §5.2) as a client sends it, often wrong in its own bytes. */
export function frameCase(random: Random, payload: Buffer): Buffer {
  const good = frame(random.int(8) === 0 ? random.int(16) : 1, payload, random.int(10) !== 0);
  return random.int(3) === 0 ? mutate(random, good) : good;
}

export function frame(opcode: number, payload: Buffer, masked = true): Buffer {
  const size = payload.length;
  const mask = Buffer.from([1, 2, 3, 4]);
  const bit = masked ? 0x80 : 0;
  const head =
    size < 126
      ? Buffer.from([0x80 | opcode, bit | size])
      : Buffer.from([0x80 | opcode, bit | 126, size >> 8, size & 0xff]);
  const body = masked ? Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]!)) : payload;
  return masked ? Buffer.concat([head, mask, body]) : Buffer.concat([head, body]);
}
