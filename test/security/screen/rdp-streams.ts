import { readFileSync } from 'node:fs';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import { planarBytes, rlePixels } from '#test/unit/renderer/screen/rdp/bitmap/encoders.ts';
import * as clear from '#test/unit/renderer/screen/rdp/clear/clear-screen.ts';
import {
  connectResponse,
  deactivateAll,
  errorInfo,
  fastPath,
  indication,
  joined,
  sequence,
  serverBlocks,
  shareData,
} from '#test/unit/renderer/screen/rdp/connection/scripted-desk.ts';
import { channel, create, dynamic, segment } from '#test/unit/renderer/screen/rdp/dynamic-channel.ts';
import { say } from '#test/unit/renderer/screen/rdp/egfx/harness.ts';
import type { Random } from './hostile-streams.ts';
import { newerDynamic, vastBitmaps } from './rdp-rarities.ts';

/*
 * What a hostile RDP desk says: a good session up to somewhere, then messages of every layer, some of them damaged inside and
 * wrapped rightly so that the damage gets to where it is read.
 */
const graphics = 'Microsoft::Windows::RDS::Graphics';
const display = 'Microsoft::Windows::RDS::DisplayControl';
const sound = { dynamic: 'AUDIO_PLAYBACK_DVC', id: 9, mcs: 1005 } as const;
/** As `sequence`, where the client asks for the static channel of sound too. */
const sequenceWithSound: readonly Uint8Array[] = [
  connectResponse(serverBlocks({ channels: [1004, sound.mcs] })),
  ...sequence.slice(1, 5),
  joined(sound.mcs),
  ...sequence.slice(5),
];
const progressive = readFileSync(new URL('../../fixtures/rdp/progressive-scroll.bin', import.meta.url));
/** Some bytes changed, taken away or put in. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  if (out.length === 0) return random.bytes(random.below(8));
  for (let changes = random.below(4); changes >= 0; changes--) {
    const at = random.below(out.length);
    out[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256), out[at]! ^ (1 << random.below(8))]);
  }
  if (random.below(4) === 0) return out.subarray(0, random.below(out.length + 1));
  if (random.below(8) === 0) return Buffer.concat([out, random.bytes(random.below(40))]);
  return out;
}

function pixels(random: Random, count: number): number[] {
  let colour = 0;
  return Array.from({ length: count }, () => {
    if (random.below(5) === 0) colour = random.pick([0, 0xffffff, random.below(0x1000000)]);
    return colour;
  });
}

const planar = (random: Random, w: number, h: number): Uint8Array =>
  planarBytes(pixels(random, w * h), w, {
    ...{ runLength: random.below(3) > 0, alpha: random.below(4) === 0 },
    ...{ loss: random.pick([0, 0, 1, 3]), subsampled: random.below(3) === 0 },
  });
const clearStream = (random: Random, w: number, h: number): Uint8Array =>
  clear.stream(
    { residual: clear.residual(pixels(random, w * h)) },
    random.below(3) === 0 ? { glyph: random.below(8) } : {},
  );

function bitmapUpdate(random: Random): Uint8Array {
  const [w, h] = [1 + random.below(40), 1 + random.below(12)];
  const bits = random.pick([15, 16, 24, 32]);
  const numbers = pixels(random, w * h).map((value) => value & (2 ** Math.min(bits, 24) - 1));
  const data = bits === 32 ? planar(random, w, h) : rlePixels(numbers, w, bits);
  const [x, y] = [random.below(60), random.below(40)];
  const writer = new Writer().u16(1).u16(1);
  for (const value of [x, y, x + w - 1, y + h - 1, w, h, bits, 0x0401, data.length]) writer.u16(value);
  return writer.raw(damaged(random, data)).done();
}

function surfaceCommand(random: Random): Uint8Array {
  const [w, h] = [1 + random.below(20), 1 + random.below(20)];
  const data = new Writer();
  for (const value of pixels(random, w * h)) data.u32(value);
  const writer = new Writer().u16(4).u16(0).u32(1);
  writer.u16(1).u16(random.below(30)).u16(random.below(30)).u16(w).u16(h);
  writer
    .u8(32)
    .u8(0)
    .u8(0)
    .u8(random.pick([0, 0, 0, 3]))
    .u16(w)
    .u16(h)
    .u32(data.length)
    .raw(data.done());
  return writer.u16(4).u16(1).u32(1).done();
}

function pointer(random: Random): Uint8Array {
  const [w, h] = [1 + random.below(40), 1 + random.below(40)];
  const depth = random.pick([1, 4, 8, 16, 24, 32]);
  const xor = random.bytes(2 * Math.ceil((w * depth) / 16) * h);
  const and = random.bytes(2 * Math.ceil(w / 16) * h);
  const writer = new Writer().u16(depth).u16(random.below(26)).u16(random.below(w)).u16(random.below(h));
  return writer.u16(w).u16(h).u16(and.length).u16(xor.length).raw(xor).raw(and).done();
}

/** RFX_AVC420_BITMAP_STREAM (MS-RDPEGFX 2.2.4.4): one region, and a key frame as far as it is looked at. */
const video = new Writer()
  .u32(1)
  .raw([0, 0, 0, 0, 1, 0, 1, 0])
  .u8(22)
  .u8(100)
  .raw([0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac, 0, 0, 1, 0x65, 0x80])
  .done();

/** One graphics PDU on surface 1, which is 64 by 48. */
function graphicsPdu(random: Random): Uint8Array {
  const [w, h] = [1 + random.below(40), 1 + random.below(30)];
  const box = [0, 0, w, h] as const;
  const plain = () =>
    Uint8Array.from(pixels(random, w * h).flatMap((value) => [value & 255, (value >> 8) & 255, value >> 16, 0]));
  switch (random.below(16)) {
    case 0:
      return say.create(random.below(3), 1 + random.below(80), 1 + random.below(80));
    case 1:
      return say.fill(1, random.below(0x1000000), box);
    case 2:
      return say.copy(1, random.below(3), box, [random.below(30), random.below(30)]);
    case 3:
      return say.cache(1, 1 + random.below(30), box);
    case 4:
      return say.paste(1 + random.below(30), 1, [random.below(30), random.below(30)]);
    case 5:
      return say.wire(1, 0, box, plain());
    case 6:
    case 7:
      return say.wire(1, 0x0a, box, damaged(random, planar(random, w, h)));
    case 8:
    case 9:
      return say.wire(
        1,
        0x08,
        box,
        random.below(2) === 0 ? clearStream(random, w, h) : damaged(random, clearStream(random, w, h)),
      );
    case 10:
      // Costs more than all others together.
      return random.below(20) === 0 ? say.progressive(1, 0, damaged(random, progressive)) : say.forget(1, 0);
    case 11:
      return say.wire(
        1,
        random.pick([0x0b, 0x0b, 0x0e, 0x0f]),
        box,
        random.below(2) === 0 ? video : damaged(random, video),
      );
    case 12:
      return say.reset(1 + random.below(100), 1 + random.below(100));
    case 13:
      return say.remove(random.below(3));
    case 14:
      return say.evict(1 + random.below(30));
    default:
      return say.wire(1, 3, box, random.bytes(random.below(80)));
  }
}

/** Opens both dynamic channels, agrees on capabilities and makes a surface. */
const opening: readonly Uint8Array[] = [
  ...channel(Uint8Array.of(0x50, 0, 1, 0)),
  ...create(7, graphics),
  ...create(8, display),
  ...create(sound.id, sound.dynamic),
  ...dynamic(7, segment(say.confirm(0x000a0002, 0x22), say.reset(64, 48), say.create(1, 64, 48), say.map(1))),
];

/** AUDIO_FORMAT (MS-RDPEA 2.2.2.1.1) of one or two channels. */
function soundFormat(random: Random): Uint8Array {
  const [channels, bits] = [1 + random.below(2), random.pick([8, 16])];
  const extra = random.pick([0, 0, 0, 12]);
  const writer = new Writer().u16(random.pick([1, 1, 1, 2, 0xa106])).u16(channels);
  writer.u32(random.pick([8000, 44_100, 44_100, 48_000, random.below(100_000)])).u32(random.below(0x10000));
  return writer
    .u16((channels * bits) / 8)
    .u16(bits)
    .u16(extra)
    .zeros(extra)
    .done();
}

const soundPdu = (kind: number, body: Writer, length = body.length): Uint8Array =>
  new Writer().u8(kind).u8(0).u16(length).raw(body.done()).done();

/** A few PDUs of a desk that plays (MS-RDPEA 2.2.2 and 2.2.3), each a message of its own. */
function soundPdus(random: Random): Uint8Array[] {
  const formats = Array.from({ length: 1 + random.below(6) }, () => soundFormat(random));
  const offer = new Writer()
    .zeros(14)
    .u16(formats.length)
    .u8(0)
    .u16(random.pick([5, 6, 8]))
    .u8(0);
  for (const format of formats) offer.raw(format);
  const head = () =>
    new Writer()
      .u16(random.below(0x10000))
      .u16(random.pick([0, 0, 0, 1, 2]))
      .u8(random.below(256))
      .zeros(3);
  const pdus = [soundPdu(7, offer)];
  for (let left = random.below(5); left > 0; left--) {
    const samples = random.bytes(random.below(200));
    const kind = random.below(5);
    if (kind === 0) {
      pdus.push(soundPdu(2, head().raw(random.bytes(4)), 8 + samples.length), samples);
    } else if (kind === 1) pdus.push(soundPdu(random.pick([1, 3, 4, 6, 8, 10]), new Writer().raw(random.bytes(8))));
    else pdus.push(soundPdu(13, head().u32(0).raw(samples)));
  }
  return pdus;
}

function message(random: Random): Uint8Array[] {
  const spoil = (bytes: Uint8Array) => (random.below(2) === 0 ? damaged(random, bytes) : bytes);
  switch (random.below(13)) {
    case 12: {
      const onStatic = random.below(2) === 0;
      const wrap = (bytes: Uint8Array) =>
        onStatic
          ? [indication(sound.mcs, new Writer().u32(bytes.length).u32(3).raw(bytes).done())]
          : dynamic(sound.id, bytes);
      // Whole more often than others: what ends the session at the formats tries no wave.
      return soundPdus(random).flatMap((pdu) => wrap(random.below(6) === 0 ? damaged(random, pdu) : pdu));
    }
    case 0:
    case 1:
      return [fastPath(1, random.below(8) === 0 ? vastBitmaps(random) : spoil(bitmapUpdate(random)))];
    case 2:
      return [fastPath(4, spoil(surfaceCommand(random)))];
    case 3:
      return [fastPath(11, spoil(pointer(random)))];
    case 4:
      return [fastPath(random.below(16) | (random.below(4) << 4), random.bytes(random.below(40)))];
    case 5:
      return [
        shareData(random.pick([2, 20, 27, 31, 34, 37, 38, 40, 41, 47, 50, 54, 55]), random.bytes(random.below(40))),
      ];
    case 6:
      return random.below(3) === 0 ? [deactivateAll, ...sequence.slice(6)] : [errorInfo(random.below(20))];
    case 7:
      return dynamic(8, spoil(new Writer().u32(5).u32(20).u32(16).u32(3840).u32(2400).done()));
    case 8:
      return channel(spoil(random.below(2) === 0 ? newerDynamic(random) : random.bytes(1 + random.below(60))));
    default: {
      const pdus = Array.from({ length: 1 + random.below(4) }, () => spoil(graphicsPdu(random)));
      return dynamic(7, segment(say.start(), ...pdus, say.end()));
    }
  }
}

/** @returns one session's bytes, how many PDUs of them are not what a good desk would say, and whether it may be heard */
export function hostileSession(random: Random): Readonly<{ bytes: Uint8Array; pdus: number; audio: boolean }> {
  const audio = random.below(2) === 0;
  const whole = audio ? sequenceWithSound : sequence;
  const begin = random.below(10) === 0 ? whole.slice(0, random.below(whole.length)) : whole;
  const parts: Uint8Array[] = begin.map((pdu) => (random.below(60) === 0 ? damaged(random, pdu) : pdu));
  let pdus = 0;
  if (random.below(4) > 0) parts.push(...opening);
  for (let left = 1 + random.below(6); left > 0; left--) {
    const said = message(random);
    pdus += said.length;
    parts.push(...said.map((pdu) => (random.below(30) === 0 ? damaged(random, pdu) : pdu)));
  }
  return { bytes: Buffer.concat(parts), pdus, audio };
}
