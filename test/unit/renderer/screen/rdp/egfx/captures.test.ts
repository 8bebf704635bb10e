import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Drdynvc } from '#renderer/screen/rdp/egfx/drdynvc.ts';
import { splitMessage } from '#renderer/screen/rdp/egfx/dynamic-pdus.ts';
import { Harness } from './harness.ts';
import { multipart } from './zgfx-encoder.ts';

/**
 * What servers said on the graphics channel, without what was in the pictures. A line is one message: the sizes of its
 * segments (0: a single one), then its PDUs, each in hexadecimal with `+` and the count of picture bytes left out.
 */
const captures = new Map<string, string[]>();
for (const line of readFileSync(new URL('./captures.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')) {
  if (line.startsWith('# ')) captures.set(line.slice(2), []);
  else [...captures.values()].at(-1)!.push(line);
}

const name = 'Microsoft::Windows::RDS::Graphics';

function play(capture: string, avc444: boolean): Harness {
  const harness = new Harness({ options: { capabilities: { avc420: true, avc444 } } });
  const { gfx } = harness;
  const channel = {
    opened: () => gfx.open(),
    message: (bytes: Uint8Array) => gfx.push(bytes),
    closed: () => gfx.reset(),
  };
  const dvc = new Drdynvc(new Map([[name, channel]]), () => {});
  dvc.push(Uint8Array.of(0x50, 0, 1, 0));
  dvc.push(Uint8Array.from([0x10, 2, ...Buffer.from(`${name}\0`)]));
  for (const line of captures.get(capture)!) {
    const [sizes, ...pdus] = line.split(' ');
    const bytes = Buffer.concat(
      pdus.flatMap((pdu) => [Buffer.from(pdu.split('+')[0]!, 'hex'), Buffer.alloc(Number(pdu.split('+')[1] ?? 0))]),
    );
    for (const piece of splitMessage(2, wrap(bytes, sizes!))) dvc.push(piece);
  }
  return harness;
}

function wrap(bytes: Buffer, sizes: string): Uint8Array {
  if (sizes === '0') return Uint8Array.from([0xe0, 4, ...bytes]);
  let at = 0;
  const segments = sizes.split(',').map((size) => {
    at += Number(size);
    return Uint8Array.from([4, ...bytes.subarray(at - Number(size), at)]);
  });
  return multipart(segments, bytes.length);
}

const kinds = (harness: Harness) => harness.events.map((event) => event.split(' ')[0]!);

test('plays AVC444v2 of a FreeRDP shadow server when that is offered', () => {
  const harness = play('shadow-avc444v2', true);
  expect(harness.gfx.confirmed).toEqual({ version: 0x000a0701, flags: 2 });
  expect(harness.events.slice(0, 6)).toEqual([
    'resized 1920x1080',
    'avc444v2 93348 0,0 1920x1080 on 1',
    'frame',
    'acknowledged 1',
    'avc444v2 96824 0,0 1920x1080 on 1',
    'frame',
  ]);
  expect(kinds(harness).slice(1)).toEqual(
    Array.from({ length: 36 }, () => ['avc444v2', 'frame', 'acknowledged']).flat(),
  );
  expect(harness.framebuffer).toMatchObject({ width: 1920, height: 1080, stride: 7680 });
});

test('plays RemoteFX Progressive of a FreeRDP shadow server', () => {
  const harness = play('shadow-progressive', true);
  expect(harness.events[1]).toBe('progressive 182298 on 1 1920x1080 context 0');
  const frames = kinds(harness).filter((kind) => kind === 'frame').length;
  expect(kinds(harness).slice(1)).toEqual(
    Array.from({ length: frames }, () => ['progressive', 'frame', 'acknowledged']).flat(),
  );
});

test('plays Planar tiles and AVC420 of an xrdp server', () => {
  const harness = play('xrdp-avc420', false);
  expect(harness.gfx.confirmed).toEqual({ version: 0x00080105, flags: 0x12 });
  const all = kinds(harness);
  expect(all.slice(0, 511)).toEqual(['resized', ...Array(510).fill('planar')]);
  expect(harness.events[1]).toBe('planar 513 0,0 64x64 on 0');
  expect(harness.events[510]).toBe('planar 449 1856,1024 64x56 on 0');
  expect(all.slice(511, 518)).toEqual(['frame', 'acknowledged', 'avc420', 'frame', 'acknowledged', 'avc420', 'frame']);
  expect(harness.events[513]).toBe('avc420 176391 0,0 1920x1080 on 0');
});
