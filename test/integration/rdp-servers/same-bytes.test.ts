import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { openRdp } from '#main/desk/rdp/open-rdp.ts';
import type { Picture } from '#renderer/screen/core/picture.ts';
import { RdpClient } from '#renderer/screen/rdp/client.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { type Replay, type ReplayDesk, startReplayDesk } from '#test/fakes/rdp/replay-desk.ts';
import { startXtigervnc, type Xtigervnc } from '#test/fakes/xtigervnc.ts';
import { classicReplays, graphicsReplays, height, width } from './same-bytes.ts';
import { connectXfreerdp, hasXfreerdp } from './xfreerdp.ts';

/* The same bytes to Debian's xfreerdp and to the screen's Worker: what both show must be equal, pixel by pixel. */

const run = promisify(execFile);
const newCodec = rdpCodecFactory(await buildWasm('rdp'));
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** @returns the picture once the desk has said everything and it is all decoded. */
async function ours(desk: ReplayDesk): Promise<Picture> {
  const socket = connect({ host: '127.0.0.1', port: desk.port });
  stops.push(() => void socket.destroy());
  await once(socket, 'connect');
  const { stream, protocol } = await openRdp(socket, {
    ...{ host: '127.0.0.1', credentials: { user: 'u', domain: '', password: '' }, security: 'tls', pin: null },
    ...{ now: Date.now, random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)) },
    signal: AbortSignal.timeout(10_000),
  });
  let end: unknown;
  const nothing = () => {};
  const options = { selectedProtocol: protocol, graphicsPipeline: true, video: null, size: { width, height } };
  const client: RdpClient = new RdpClient(newCodec(64 * 1024 * 1024), options, {
    send: (bytes) => void stream.write(bytes),
    // A Client Info PDU that the desk does not look into.
    clientInfo: (user, io) =>
      void stream.write(
        Buffer.from([
          3,
          0,
          0,
          19,
          2,
          0xf0,
          0x80,
          0x64,
          (user - 1001) >> 8,
          (user - 1001) & 255,
          io >> 8,
          io & 255,
          0x70,
          4,
          0x40,
          0,
          0,
          0,
          0,
        ]),
      ),
    ...{ consumed: nothing, challenge: nothing, opened: nothing, resized: nothing, cursor: nothing, locks: nothing },
    frame: (damage) => void damage.take(),
    ended: (why) => {
      end = why;
    },
  });
  stops.push(() => client.close());
  stream.on('error', nothing);
  stream.on('data', (chunk: Uint8Array) => client.push(chunk));
  const told = desk.told();
  for (const late = Date.now() + 10_000; desk.told() === told && Date.now() < late; ) await sleep(10);
  await sleep(200);
  expect(end).toBeUndefined();
  const { picture } = client;
  if (picture === undefined) throw new Error('nothing was shown');
  return picture;
}

/** Raw, because a PNG's colour space would be converted. @returns rows of R, G, B */
async function shownOn(display: string): Promise<Uint8Array> {
  const env = { ...process.env, DISPLAY: display };
  const options = { env, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
  return (await run('import', ['-window', 'root', '-depth', '8', 'rgb:-'], options)).stdout;
}

type Difference = Readonly<{ pixels: number; most: number; first: string | null }>;

/** @param other rows of R, G, B */
function difference(one: Picture, other: Uint8Array): Difference {
  let pixels = 0;
  let most = 0;
  let first: string | null = null;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [a, b] = [(y * one.width + x) * 4, (y * width + x) * 3];
      const [ours, theirs] = [one.pixels.subarray(a, a + 3), other.subarray(b, b + 3)];
      const worst = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!)));
      if (worst === 0) continue;
      pixels += 1;
      most = Math.max(most, worst);
      first ??= `${x},${y}: ours ${[...ours]}, xfreerdp ${[...theirs]}`;
    }
  }
  return { pixels, most, first };
}

if (!hasXfreerdp) console.warn('\n!!! SKIPPED: decoders are NOT held against xfreerdp here\n');
describe.skipIf(!hasXfreerdp)('what is shown for the same bytes', () => {
  let screen: Xtigervnc;
  beforeAll(async () => {
    screen = await startXtigervnc({ geometry: `${width}x${height}` });
  });
  afterAll(async () => {
    await screen?.stop();
  });

  async function compared(replay: Replay, extra: readonly string[]): Promise<Difference> {
    const desk = await startReplayDesk(replay);
    stops.push(desk.stop);
    const picture = await ours(desk);
    const target = { port: desk.port, user: 'u', password: 'p', security: 'tls' } as const;
    const client = await connectXfreerdp(target, screen.display, [
      `/size:${width}x${height}`,
      '-decorations',
      ...extra,
    ]);
    stops.push(client.stop);
    const told = desk.told();
    for (const late = Date.now() + 10_000; desk.told() === told && Date.now() < late; ) await sleep(10);
    let seen: Difference | undefined;
    // It draws a little after it has been told.
    for (const late = Date.now() + 3_000; Date.now() < late; await sleep(100)) {
      seen = difference(picture, await shownOn(screen.display));
      if (seen.pixels === 0) break;
    }
    if (seen === undefined) throw new Error(`xfreerdp showed nothing: ${client.output().slice(-800)}`);
    return seen;
  }

  it.each(graphicsReplays)('is equal in the graphics pipeline: $title', async ({ graphics, most = 0 }) => {
    const seen = await compared({ width, height, graphics }, ['/gfx']);
    expect(seen.most, JSON.stringify(seen)).toBeLessThanOrEqual(most);
  });

  it.each(classicReplays)('is equal without it: $title', async ({ updates, most = 0 }) => {
    const seen = await compared({ width, height, updates }, []);
    expect(seen.most, JSON.stringify(seen)).toBeLessThanOrEqual(most);
  });
});
