import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { encodeClientInfo, ownClientInfo } from '#main/desk/rdp/client-info.ts';
import { openRdp } from '#main/desk/rdp/open-rdp.ts';
import { ownTimeZone } from '#main/desk/rdp/time-zone.ts';
import type { Sound } from '#renderer/screen/desk-client.ts';
import { RdpClient } from '#renderer/screen/rdp/client.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { ensureSuiteRoot, startXrdp010 } from '#test/fakes/rdp/chroot.ts';
import { toneLoudness, tonePlayer } from '#test/fakes/rdp/tone.ts';
import { noXrdp, startXrdp, type Xrdp, type XrdpOptions } from '#test/fakes/rdp/xrdp.ts';

const account = { user: 'tester', password: 'a throw-away' };
const tone = 440;
const session = `${tonePlayer(tone)} & exec sleep 1000`;

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const newCodec = rdpCodecFactory(await buildWasm('rdp'));

async function listen(port: number, audio: boolean) {
  const socket = connect({ host: '127.0.0.1', port });
  stops.push(() => void socket.destroy());
  await once(socket, 'connect');
  const credentials = { ...account, domain: '' };
  const { stream, protocol } = await openRdp(socket, {
    ...{ host: '127.0.0.1', credentials, security: 'tls', pin: null },
    signal: AbortSignal.timeout(20_000),
    now: Date.now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  });
  const info = ownClientInfo(protocol, credentials, ownTimeZone(Date.now()), audio);
  const heard: Sound[] = [];
  const seen = { pictures: 0, end: undefined as unknown };
  const options = {
    selectedProtocol: protocol,
    graphicsPipeline: true,
    audio,
    video: null,
    size: { width: 640, height: 480 },
  };
  const client: RdpClient = new RdpClient(newCodec(64 * 1024 * 1024), options, {
    send: (bytes) => void stream.write(bytes),
    clientInfo: (user, io) => void stream.write(encodeClientInfo({ user, io }, info)),
    ...{
      consumed: () => {},
      challenge: () => {},
      opened: () => {},
      resized: () => {},
      cursor: () => {},
      locks: () => {},
    },
    frame: (damage) => {
      damage.take();
      seen.pictures += 1;
    },
    sound: (sound) => void heard.push(sound),
    ended: (end) => {
      seen.end = end;
    },
  });
  stops.push(() => client.close());
  stream.on('error', () => {});
  stream.on('data', (chunk: Uint8Array) => client.push(chunk));
  return { heard, seen };
}

const seconds = (heard: readonly Sound[]) =>
  heard.reduce((sum, { samplesPerSecond, channels }) => sum + channels[0]!.length / samplesPerSecond, 0);

/** How often a tone crosses zero upwards in a second. */
function pitch(samples: Float32Array, samplesPerSecond: number): number {
  let crossings = 0;
  for (let i = 1; i < samples.length; i++) if (samples[i - 1]! < 0 && samples[i]! >= 0) crossings += 1;
  return (crossings * samplesPerSecond) / samples.length;
}

function server(title: string, reason: string | null, start: (options: XrdpOptions) => Promise<Xrdp>): void {
  if (reason !== null) console.warn(`\n!!! SKIPPED: the sound of ${title} is NOT tested here: ${reason}\n`);
  describe.skipIf(reason !== null)(`the sound of ${title}`, () => {
    it('is heard as it was played where it was asked for', async () => {
      const xrdp = await start({ desk: { ...account, kind: 'xorg', session } });
      stops.push(xrdp.stop);
      const { heard, seen } = await listen(xrdp.port, true);
      for (const end = Date.now() + 20_000; seconds(heard) < 1 && Date.now() < end; ) await sleep(50);
      expect(seen.end).toBeUndefined();
      expect(seconds(heard), xrdp.log()).toBeGreaterThanOrEqual(1);
      const [first] = heard;
      expect(first).toMatchObject({ samplesPerSecond: 44_100 });
      expect(first?.channels).toHaveLength(2);
      const left = Float32Array.from(heard.flatMap(({ channels }) => [...channels[0]!]));
      const loudest = left.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(loudest).toBeCloseTo(toneLoudness, 2);
      // What is lost at the beginning and between pieces costs a crossing each at most.
      expect(Math.abs(pitch(left, 44_100) - tone)).toBeLessThan(5);
    });

    it('stays there where it was not asked for', async () => {
      const xrdp = await start({ desk: { ...account, kind: 'xorg', session } });
      stops.push(xrdp.stop);
      const { heard, seen } = await listen(xrdp.port, false);
      for (const end = Date.now() + 15_000; seen.pictures === 0 && Date.now() < end; ) await sleep(50);
      await sleep(1_500);
      expect(seen).toMatchObject({ end: undefined });
      expect(seen.pictures).toBeGreaterThan(0);
      expect(heard).toEqual([]);
    });
  });
}

const sid = await ensureSuiteRoot('sid');
server('xrdp 0.9', noXrdp(), startXrdp);
server('xrdp 0.10', sid === null ? 'no root of sid' : null, (options) => startXrdp010(sid ?? '', options));
