import { beforeEach, describe, expect, it } from 'vitest';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import type { Sound } from '#renderer/screen/desk-client.ts';
import { AudioOutput } from '#renderer/screen/rdp/audio/audio-output.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';

type Format = readonly [tag: number, channels: number, rate: number, bits: number, extra?: number];
const cd: Format = [1, 2, 44_100, 16];
const formatHex = ([tag, channels, rate, bits, extra = 0]: Format) => {
  const align = (channels * bits) / 8;
  const writer = new Writer().u16(tag).u16(channels).u32(rate);
  return writer
    .u32(rate * align)
    .u16(align)
    .u16(bits)
    .u16(extra)
    .zeros(extra)
    .done();
};
const pdu = (type: number, body: Uint8Array, length = body.length) =>
  new Writer().u8(type).u8(0x5a).u16(length).raw(body).done();
function formats(version: number, ...offered: readonly Format[]): Uint8Array {
  const body = new Writer().zeros(14).u16(offered.length).u8(255).u16(version).u8(0);
  for (const format of offered) body.raw(formatHex(format));
  return pdu(7, body.done());
}
const waveHead = (stamp: number, format: number, block: number) =>
  new Writer().u16(stamp).u16(format).u8(block).zeros(3);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

let output: AudioOutput;
let sent: string[];
let heard: Sound[];
let clock: number;
beforeEach(() => {
  sent = [];
  heard = [];
  clock = 1_000_000;
  output = new AudioOutput(
    (sound) => heard.push(sound),
    () => clock,
  );
  output.opened((message) => sent.push(hex(message)));
});
const open = (...offered: readonly Format[]) => {
  output.message(formats(6, ...(offered.length > 0 ? offered : [cd])));
  sent.length = 0;
};
const samples = (channel: number) =>
  Array.from(heard.at(-1)!.channels[channel]!, (value) => Math.round(value * 32_768));

describe('what formats are taken', () => {
  it('is said as MS-RDPEA 2.2.2.2 and 2.2.2.3 have it, byte by byte', () => {
    output.message(formats(6, cd));
    const format = '0100 0200 44ac0000 10b10200 0400 1000 0000';
    const body = `03000000 ffffffff 00000000 0000 0100 00 0800 00 ${format}`.replaceAll(' ', '');
    expect(sent).toEqual([`0700${(body.length / 2).toString(16)}00${body}`, '0c000400' + '02000000']);
  });

  it('is the PCM that can be played, the best first, with no word of quality to an older desk', () => {
    const odd: Format[] = [
      [2, 2, 44_100, 4, 32],
      [0xa106, 2, 44_100, 16, 12],
      [1, 6, 44_100, 16],
      [1, 2, 96_000, 16],
    ];
    output.message(formats(5, [1, 1, 8000, 8], ...odd, [1, 2, 22_050, 16], [1, 2, 4000, 16], cd));
    expect(sent).toHaveLength(1);
    const count = Buffer.from(sent[0]!, 'hex').readUInt16LE(18);
    expect(count).toBe(3);
    expect(sent[0]!.slice(-108)).toBe(
      [cd, [1, 2, 22_050, 16], [1, 1, 8000, 8]].map((f) => hex(formatHex(f as Format))).join(''),
    );
  });

  it('is bounded, and none is none', () => {
    output.message(formats(6, ...Array.from({ length: 300 }, (_, i): Format => [1, 2, 8000 + i, 16])));
    expect(Buffer.from(sent[0]!, 'hex').readUInt16LE(18)).toBe(8);
    sent.length = 0;
    output.message(formats(6, [2, 2, 44_100, 4, 32]));
    expect(Buffer.from(sent[0]!, 'hex').readUInt16LE(18)).toBe(0);
    expect(() => output.message(pdu(13, waveHead(0, 0, 0).u32(0).u16(1).done()))).toThrow(ScreenEnd);
  });
});

describe('sound', () => {
  it('in one piece is heard and confirmed', () => {
    open();
    output.message(
      pdu(
        13,
        waveHead(1000, 0, 7)
          .u32(99)
          .raw(Uint8Array.of(1, 0, 2, 0, 255, 127, 0, 128))
          .done(),
      ),
    );
    expect(heard[0]?.samplesPerSecond).toBe(44_100);
    expect([samples(0), samples(1)]).toEqual([
      [1, 32_767],
      [2, -32_768],
    ]);
    expect(sent).toEqual(['05000400' + '3804' + '07' + '00']);
  });

  it('in two pieces has its first four bytes in the first', () => {
    open();
    output.message(
      pdu(
        2,
        waveHead(5, 0, 1)
          .raw(Uint8Array.of(1, 0, 2, 0))
          .done(),
        16,
      ),
    );
    expect(sent).toEqual([]);
    output.message(Uint8Array.of(9, 9, 9, 9, 3, 0, 4, 0));
    expect([samples(0), samples(1)]).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(sent).toHaveLength(1);
  });

  it('of eight bits counts from the middle, and of one channel is one', () => {
    open([1, 1, 8000, 8]);
    output.message(
      pdu(
        13,
        waveHead(0, 0, 0)
          .u32(0)
          .raw(Uint8Array.of(128, 255, 0))
          .done(),
      ),
    );
    expect(samples(0)).toEqual([0, 32_512, -32_768]);
    expect(heard[0]?.channels).toHaveLength(1);
  });

  it('is as loud as the desk says', () => {
    open();
    output.message(pdu(3, new Writer().u16(0xffff).u16(0).done()));
    output.message(
      pdu(
        13,
        waveHead(0, 0, 0)
          .u32(0)
          .raw(Uint8Array.of(100, 0, 100, 0))
          .done(),
      ),
    );
    expect([samples(0), samples(1)]).toEqual([[100], [0]]);
  });

  it('that is not whole is left out, and of nothing there is nothing to be heard', () => {
    open();
    output.message(
      pdu(
        13,
        waveHead(0, 0, 0)
          .u32(0)
          .raw(Uint8Array.of(1, 0, 2))
          .done(),
      ),
    );
    expect(heard).toEqual([]);
    expect(sent).toHaveLength(1);
  });
});

describe('a desk that plays faster than time goes', () => {
  const seconds = () =>
    heard.reduce((sum, { samplesPerSecond, channels }) => sum + channels[0]!.length / samplesPerSecond, 0);
  const piece = (frames: number) =>
    pdu(
      13,
      waveHead(0, 0, 0)
        .u32(0)
        .zeros(frames * 4)
        .done(),
      0,
    );

  it('is heard as far as two seconds ahead, and again when they have passed', () => {
    open();
    for (let i = 0; i < 300; i++) output.message(piece(4410));
    expect(seconds()).toBeGreaterThan(2);
    expect(seconds()).toBeLessThan(2.3);
    // What is not heard is confirmed all the same: the desk waits for that.
    expect(sent).toHaveLength(300);
    clock += 1000;
    for (let i = 0; i < 300; i++) output.message(piece(4410));
    expect(seconds()).toBeLessThan(3.3);
    clock += 60_000;
    heard = [];
    for (let i = 0; i < 300; i++) output.message(piece(4410));
    expect(seconds()).toBeLessThan(2.3);
  });

  it('cannot make more of it by pieces that are next to nothing', () => {
    open();
    for (let i = 0; i < 10_000; i++) output.message(piece(1));
    expect(heard.length).toBeLessThan(500);
  });

  it('is heard without a gap when it keeps time', () => {
    open();
    for (let i = 0; i < 1000; i++, clock += 50) output.message(piece(2205));
    expect(heard).toHaveLength(1000);
  });
});

it('answers a training, and leaves what it does not know', () => {
  output.message(pdu(6, new Writer().u16(0x1234).u16(0x0400).zeros(50).done()));
  expect(sent).toEqual(['06000400' + '3412' + '0004']);
  for (const type of [1, 4, 8, 9, 10, 11, 77]) output.message(pdu(type, new Uint8Array(8)));
  expect(sent).toHaveLength(1);
});

it('says nothing any more when its channel is closed', () => {
  open();
  output.closed();
  output.message(pdu(6, new Writer().u32(0).done()));
  expect(sent).toEqual([]);
});

describe('ends the session', () => {
  it.each([
    ['a format that was not taken', [pdu(13, waveHead(0, 1, 0).u32(0).done())]],
    ['a wave without its four bytes', [pdu(2, waveHead(0, 0, 0).u32(0).done(), 11)]],
    ['a wave longer than announced', [pdu(2, waveHead(0, 0, 0).u32(0).done(), 16), new Uint8Array(9)]],
    ['formats that are not there', [pdu(7, new Writer().zeros(14).u16(9).zeros(4).done())]],
    ['a PDU of nothing', [new Uint8Array(0)]],
    ['more than there can be', [new Uint8Array(128 * 1024 + 1)]],
  ])('with %s', (_, pdus) => {
    open();
    expect(() => {
      for (const one of pdus) output.message(one);
    }).toThrow(ScreenEnd);
  });
});
