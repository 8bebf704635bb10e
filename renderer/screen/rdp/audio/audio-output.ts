import { protocolProblem } from '../../core/screen-end.ts';
import type { Sound } from '../../desk-client.ts';
import type { ChannelHandler } from '../egfx/drdynvc.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import { byQuality, framesOf, type PcmFormat, readFormat, toSound, writeFormat } from './formats.ts';

/** msgType (MS-RDPEA 2.2.1). */
const type = { wave: 2, volume: 3, confirm: 5, training: 6, formats: 7, quality: 12, wave2: 13 } as const;
/** TSSNDCAPS_ALIVE and TSSNDCAPS_VOLUME (2.2.2.2). */
const capabilities = 1 | 2;
/** Of the protocol: the newest there is, in which a wave comes in one piece. */
const ownVersion = 8;
/** From this version on the quality is asked for (2.2.2.3): high. */
const qualityVersion = 6;
const highQuality = 2;
/** How many of the desk's formats are taken, the best ones. */
const mostFormats = 8;
/** About how long a piece waits here before it is heard; the desk wants to know it (2.2.3.8). Milliseconds. */
const playDelay = 80;
/** More is no sound of any desk's: BodySize has 16 bits. */
const mostBytes = 128 * 1024;

/** Sound ahead of the clock by more is not passed on, nor decoded: what a desk plays takes its time there. Milliseconds. */
const mostAhead = 2000;
/** What the smallest piece counts for, so that the number of pieces has a bound as well. Milliseconds. */
const leastPiece = 5;

type Head = Readonly<{ stamp: number; format: PcmFormat; block: number }>;
type Wave = Head & Readonly<{ first: Uint8Array; length: number }>;

/**
 * Sound of the desk (MS-RDPEA), on its static channel or its dynamic one: PCM only. Nothing ever goes to the desk but what
 * formats are taken and that a piece has been played.
 */
export class AudioOutput implements ChannelHandler {
  readonly #play: (sound: Sound) => void;
  readonly #now: () => number;
  #send: (message: Uint8Array) => void = () => {};
  #formats: readonly PcmFormat[] = [];
  #volume: readonly [number, number] = [1, 1];
  /** A wave of the older kind, whose sound is the next message. */
  #announced: Wave | undefined;
  /** When what has been passed on will have been heard. */
  #until = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(play: (sound: Sound) => void, now = () => performance.now()) {
    this.#play = play;
    this.#now = now;
  }

  opened(send: (message: Uint8Array) => void): void {
    this.#send = send;
  }

  closed(): void {
    this.#send = () => {};
    this.#formats = [];
    this.#announced = undefined;
  }

  /** @throws ScreenEnd */
  message(bytes: Uint8Array): void {
    if (bytes.length > mostBytes) throw protocolProblem('length of a sound PDU');
    const announced = this.#announced;
    this.#announced = undefined;
    if (announced !== undefined) {
      this.#wave(announced, bytes);
      return;
    }
    const reader = new Reader(bytes);
    const kind = reader.u8();
    reader.skip(1);
    const length = reader.u16();
    switch (kind) {
      case type.formats:
        this.#agree(reader);
        break;
      case type.training:
        this.#send(said(type.training, new Writer().u16(reader.u16()).u16(reader.u16())));
        break;
      case type.wave:
        this.#announced = this.#waveInfo(reader, length);
        break;
      case type.wave2:
        this.#wave2(reader);
        break;
      case type.volume:
        this.#volume = [reader.u16() / 0xffff, reader.u16() / 0xffff];
        break;
      default:
      // Pitch, the end of a piece, and what needs transports or keys that were not agreed on.
    }
  }

  /** 2.2.2.1, answered with 2.2.2.2: of the desk's formats those that can be played. A desk may ask anew. */
  #agree(reader: Reader): void {
    reader.skip(14);
    const count = reader.u16();
    reader.skip(1);
    const version = reader.u16();
    reader.skip(1);
    const offered: PcmFormat[] = [];
    for (let left = count; left > 0; left--) {
      const format = readFormat(reader);
      if (format !== undefined) offered.push(format);
    }
    this.#formats = offered.sort(byQuality).slice(0, mostFormats);
    const body = new Writer().u32(capabilities).u32(0xffff_ffff).u32(0).u16(0);
    body.u16(this.#formats.length).u8(0).u16(ownVersion).u8(0);
    for (const format of this.#formats) writeFormat(body, format);
    this.#send(said(type.formats, body));
    if (version >= qualityVersion) this.#send(said(type.quality, new Writer().u16(highQuality).u16(0)));
  }

  /** 2.2.3.3: its first four bytes of sound stand here, the rest in a message of their own. */
  #waveInfo(reader: Reader, length: number): Wave {
    const { stamp, format, block } = this.#head(reader);
    if (length < 12) throw protocolProblem('length of a wave');
    return { stamp, format, block, first: reader.take(4).slice(), length: length - 8 };
  }

  /** 2.2.3.4: where the first four bytes belong, four of no meaning stand. */
  #wave(wave: Wave, bytes: Uint8Array): void {
    if (bytes.length !== wave.length) throw protocolProblem('length of a wave');
    const whole = bytes.slice();
    whole.set(wave.first);
    this.#heard(wave, whole);
  }

  /** 2.2.3.10. */
  #wave2(reader: Reader): void {
    const head = this.#head(reader);
    reader.skip(4);
    this.#heard(head, reader.rest());
  }

  #head(reader: Reader): Head {
    const stamp = reader.u16();
    const format = this.#formats[reader.u16()];
    const block = reader.u8();
    reader.skip(3);
    if (format === undefined) throw protocolProblem('format of a wave');
    return { stamp, format, block };
  }

  /** 2.2.3.8 follows at once: what waits here waits no longer than that. */
  #heard({ stamp, format, block }: Head, bytes: Uint8Array): void {
    const now = this.#now();
    const takes = (framesOf(bytes, format) * 1000) / format.samplesPerSecond;
    if (takes > 0 && this.#until - now <= mostAhead) {
      this.#until = Math.max(this.#until, now) + Math.max(takes, leastPiece);
      this.#play(toSound(bytes, format, this.#volume));
    }
    this.#send(
      said(
        type.confirm,
        new Writer()
          .u16((stamp + playDelay) & 0xffff)
          .u8(block)
          .u8(0),
      ),
    );
  }
}

function said(kind: number, body: Writer): Uint8Array<ArrayBuffer> {
  return new Writer().u8(kind).u8(0).u16(body.length).raw(body.done()).done();
}
