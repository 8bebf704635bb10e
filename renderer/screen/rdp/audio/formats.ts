import type { Sound } from '../../desk-client.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** AUDIO_FORMAT (MS-RDPEA 2.2.2.1.1), as far as PCM needs it. */
export type PcmFormat = Readonly<{ channels: number; samplesPerSecond: number; bits: number }>;

const pcm = 1;
/** What a context of the browser's plays without a further look. */
const [leastRate, mostRate] = [8000, 48_000];

/** @returns undefined for what cannot be played */
export function readFormat(reader: Reader): PcmFormat | undefined {
  const tag = reader.u16();
  const channels = reader.u16();
  const samplesPerSecond = reader.u32();
  reader.skip(4);
  const align = reader.u16();
  const bits = reader.u16();
  reader.skip(reader.u16());
  const fits = tag === pcm && (channels === 1 || channels === 2) && (bits === 8 || bits === 16);
  if (!fits || samplesPerSecond < leastRate || samplesPerSecond > mostRate) return undefined;
  return align === (channels * bits) / 8 ? { channels, samplesPerSecond, bits } : undefined;
}

export function writeFormat(writer: Writer, { channels, samplesPerSecond, bits }: PcmFormat): void {
  const align = (channels * bits) / 8;
  writer
    .u16(pcm)
    .u16(channels)
    .u32(samplesPerSecond)
    .u32(samplesPerSecond * align);
  writer.u16(align).u16(bits).u16(0);
}

/** The better one first: more samples, 16 bits, two channels. */
export function byQuality(one: PcmFormat, other: PcmFormat): number {
  const worth = ({ channels, samplesPerSecond, bits }: PcmFormat) => samplesPerSecond * bits * channels;
  return worth(other) - worth(one);
}

/** Whole samples, of all channels together. */
export function framesOf(bytes: Uint8Array, { channels, bits }: PcmFormat): number {
  return Math.floor(bytes.length / ((channels * bits) >> 3));
}

/** @param bytes interleaved; a last sample that is not whole is left out. @param volume of left and right, 0 to 1 */
export function toSound(bytes: Uint8Array, format: PcmFormat, volume: readonly [number, number]): Sound {
  const { channels, samplesPerSecond, bits } = format;
  const width = bits >> 3;
  const frames = framesOf(bytes, format);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    const gain = volume[channel] ?? volume[0];
    for (let frame = 0, at = channel * width; frame < frames; frame++, at += width * channels) {
      // Eight bits count from the middle (128), sixteen have a sign.
      samples[frame] = gain * (width === 1 ? (view.getUint8(at) - 128) / 128 : view.getInt16(at, true) / 32_768);
    }
    return samples;
  });
  return { samplesPerSecond, channels: all };
}
