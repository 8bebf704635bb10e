import { beforeEach, describe, expect, test, vi } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import type { Rect } from '#renderer/screen/core/damage.ts';
import type { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import type { DeskClient } from '#renderer/screen/desk-client.ts';
import type { VideoPicture, VideoPorts } from '#renderer/screen/rdp/avc/h264.ts';
import { RdpClient, type RdpClientOptions } from '#renderer/screen/rdp/client.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import { deactivateAll, errorInfo, fastPath, sequence, ultimatum } from './connection/scripted-desk.ts';
import { channel, create, dynamic, segment } from './dynamic-channel.ts';
import { say } from './egfx/harness.ts';

const newCodec = rdpCodecFactory(await buildWasm('rdp'));
const graphics = 'Microsoft::Windows::RDS::Graphics';
const display = 'Microsoft::Windows::RDS::DisplayControl';

let events: string[];
let sent: string[];
let consumed: number;
let given: number;
let end: ScreenEnd | undefined;
let decoders: ((picture: VideoPicture) => void)[];
let client: DeskClient;

const video: VideoPorts = (output) => {
  decoders.push(output);
  return { configure: () => {}, decode: () => {}, close: () => {} };
};
const grey: VideoPicture = {
  ...{ format: 'I420', codedWidth: 32, codedHeight: 16, visibleRect: { x: 0, y: 0 } },
  copyTo: async (to, { layout }) => {
    for (const { offset } of layout) to.fill(0x80, offset, offset + 8);
  },
  close: () => {},
};

function open(options: Partial<RdpClientOptions> = {}): void {
  const show = ({ x, y, w, h }: Rect) => `${x},${y} ${w}x${h}`;
  client = new RdpClient(
    newCodec(64 * 1024 * 1024),
    { selectedProtocol: 2, graphicsPipeline: true, video, size: { width: 1280, height: 1024 }, ...options },
    {
      send: (bytes) => sent.push(Buffer.from(bytes).toString('hex')),
      consumed: (bytes) => {
        consumed += bytes;
      },
      challenge: () => events.push('challenge'),
      clientInfo: (user, io) => events.push(`client info ${user} ${io}`),
      opened: (_, width, height) => events.push(`opened ${width}x${height}`),
      resized: (width, height) => events.push(`resized ${width}x${height}`),
      frame: (damage) => events.push(`frame ${damage.take().map(show)}`),
      cursor: ({ width, height }) => events.push(`cursor ${width}x${height}`),
      locks: () => events.push('locks'),
      ended: (why) => {
        end = why;
      },
    },
  );
}
function desk(...pdus: readonly Uint8Array[]): void {
  for (const pdu of pdus) {
    given += pdu.length;
    client.push(pdu);
  }
}
beforeEach(() => {
  [events, sent, decoders] = [[], [], []];
  [consumed, given] = [0, 0];
  end = undefined;
});

const bitmap = (x: number, colour: number) => {
  const writer = new Writer().u16(1).u16(1);
  for (const value of [x, 0, x, 0, 1, 1, 32, 0, 4]) writer.u16(value);
  return fastPath(1, writer.u32(colour).done());
};
const pointer = fastPath(5, []);
const pipeline = [
  ...channel(Uint8Array.of(0x50, 0, 1, 0)),
  ...create(7, graphics),
  ...dynamic(7, segment(say.confirm(0x000a0002, 0x02), say.reset(32, 16), say.create(1, 32, 16), say.map(1))),
];
/** RFX_AVC420_BITMAP_STREAM of one region and a key frame (MS-RDPEGFX 2.2.4.4). */
const h264 = new Writer()
  .u32(1)
  .u16(0)
  .u16(0)
  .u16(16)
  .u16(16)
  .u8(22)
  .u8(100)
  .raw([0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac, 0, 0, 1, 0x65, 0x80])
  .done();
const videoFrame = dynamic(7, segment(say.start(), say.wire(1, 0x0b, [0, 0, 16, 16], h264), say.end()));
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test('nothing is said before the size is known, and then with it', () => {
  open({ size: undefined });
  client.setLocks?.(2);
  client.setVisible(false);
  expect(sent).toEqual([]);
  client.requestSize(1367, 769, 125);
  expect(sent).toHaveLength(1);
  // CS_CORE (MS-RDPBCGR 2.2.1.3.2): version, an even width, the height.
  expect(sent[0]).toContain('040008005605' + '0103');
  client.requestSize(1000, 700, 100);
  expect(sent).toHaveLength(1);
});

test('a desk opens, draws and is given back all that it sent', () => {
  open();
  desk(...sequence, bitmap(3, 0x112233));
  expect(events).toEqual(['client info 1007 1003', 'opened 1280x1024', 'frame 3,0 1x1']);
  expect([...client.picture!.pixels.subarray(12, 16)]).toEqual([0x11, 0x22, 0x33, 255]);
  expect(consumed).toBe(given);
  expect(end).toBeUndefined();
});

test('the figures tell what a desk chose: nothing at first, then classic pictures by their kind', () => {
  open({ size: undefined });
  const nothing = { version: 0, channels: null, pipeline: null, codecs: {}, resize: false };
  expect(client.figures).toEqual({ rdp: nothing });
  client.requestSize(1280, 1024, 100);
  desk(...sequence, bitmap(3, 0x112233), bitmap(4, 0));
  expect(client.figures).toEqual({ rdp: { ...nothing, version: 0x00080004, codecs: { bitmap: 2 } } });
});

test('what is typed while the desk is not active is dropped, and the laptop’s lock keys come before the first key after', () => {
  open();
  client.key(true, 0x61, 0x1e);
  desk(...sequence);
  sent.length = 0;
  client.setLocks?.(4);
  client.key(true, 0x61, 0x1e);
  expect(sent.join()).toContain('001e');
  expect(sent.join('').indexOf('64')).toBeLessThan(sent.join('').indexOf('001e'));
  desk(deactivateAll);
  sent.length = 0;
  client.key(true, 0x62, 0x30);
  expect(sent).toEqual([]);
});

describe('with the graphics pipeline', () => {
  beforeEach(() => {
    open();
    desk(...sequence, ...pipeline);
  });

  test('a picture that is being decoded holds back credit, but no pointer', async () => {
    desk(...videoFrame);
    expect(consumed).toBeLessThan(given);
    desk(pointer);
    expect(events).toContain('cursor 1x1');
    expect(end).toBeUndefined();
    await settled();
    decoders[0]!(grey);
    await settled();
    expect(end).toBeUndefined();
    expect(events.at(-1)).toMatch(/^frame 0,0 /);
    expect(consumed).toBe(given);
  });

  test('classic pictures meanwhile are dropped: they would move the decoders’ memory', async () => {
    desk(...videoFrame);
    await settled();
    desk(bitmap(0, 0));
    decoders[0]!(grey);
    await settled();
    expect(end).toBeUndefined();
    expect(events.filter((event) => event.startsWith('frame'))).toHaveLength(1);
  });

  test('its picture outlives a share, and classic pictures do not take its place', async () => {
    desk(...dynamic(7, segment(say.start(), say.fill(1, 0x445566, [0, 0, 32, 16]), say.end())));
    const corner = () => [...client.picture!.pixels.subarray(0, 4)];
    expect(corner()).toEqual([0x44, 0x55, 0x66, 255]);
    desk(deactivateAll, ...sequence.slice(6));
    expect(corner()).toEqual([0x44, 0x55, 0x66, 255]);
    desk(bitmap(0, 0x112233));
    expect(corner()).toEqual([0x44, 0x55, 0x66, 255]);
    expect(events.filter((event) => event.startsWith('frame'))).toHaveLength(1);
    expect([client.picture?.width, end]).toEqual([32, undefined]);
  });

  test('an H.264 stream that cannot go on ends the session', async () => {
    const broken = { ...grey, format: 'RGBA' };
    desk(...videoFrame);
    await settled();
    decoders[0]!(broken);
    await settled();
    expect(end?.failure.reason).toBe('screenProtocolError');
  });

  test('another size is asked for by display control, once the desk has it', () => {
    client.requestSize(800, 600, 100);
    sent.length = 0;
    desk(...create(8, display), ...dynamic(8, new Writer().u32(5).u32(20).u32(16).u32(3840).u32(2400).done()));
    expect(sent.some((pdu) => pdu.includes('2003000058020000'))).toBe(true);
    desk(...dynamic(7, segment(say.reset(800, 600))));
    expect(events.at(-1)).toBe('resized 800x600');
  });

  test('a size that the desk has not begun with is asked for once more, and no more after the end', () => {
    vi.useFakeTimers();
    try {
      desk(...create(8, display), ...dynamic(8, new Writer().u32(5).u32(20).u32(16).u32(3840).u32(2400).done()));
      client.requestSize(800, 600, 100);
      const told = () => sent.filter((pdu) => pdu.includes('2003000058020000')).length;
      desk(deactivateAll, ...sequence.slice(6));
      vi.advanceTimersByTime(1000);
      expect(told()).toBe(2);
      client.requestSize(1000, 600, 100);
      desk(...dynamic(7, segment(say.reset(640, 480))));
      expect(vi.getTimerCount()).toBe(1);
      client.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('the figures tell its version, the codecs that came in it, and that the desk takes other sizes', () => {
    desk(...create(8, display), ...dynamic(8, new Writer().u32(5).u32(20).u32(16).u32(3840).u32(2400).done()));
    const red = new Array(16 * 16).fill([0, 0, 255, 255]).flat();
    desk(...dynamic(7, segment(say.start(), say.wire(1, 0, [0, 0, 16, 16], Uint8Array.from(red)), say.end())));
    desk(...videoFrame);
    expect(client.figures).toEqual({
      rdp: {
        ...{ version: 0x00080004, channels: 1, pipeline: 0x000a0002, resize: true },
        codecs: { uncompressed: 1, avc420: 1 },
      },
    });
    expect(end).toBeUndefined();
  });
});

test.each([
  ['somebody else takes it', 5, 'deskTakenOver'],
  ['its time is up', 3, 'deskTimeLimit'],
  ['it logs off', 0x0c, 'deskClosed'],
])('when a desk leaves because %s, that is the reason', (_, code, reason) => {
  open();
  desk(...sequence, errorInfo(code), ultimatum);
  expect(end?.failure.reason).toBe(reason);
});

test('nothing comes after the end', () => {
  open();
  desk(...sequence);
  client.close();
  events.length = 0;
  sent.length = 0;
  desk(bitmap(0, 1), pointer);
  client.key(true, 0x61, 0x1e);
  client.pointer(1, 1, 1);
  client.setVisible(false);
  expect([events, sent, end]).toEqual([[], [], undefined]);
});
