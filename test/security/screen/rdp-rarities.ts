import { Writer } from '#renderer/screen/rdp/writer.ts';
import { segment } from '#test/unit/renderer/screen/rdp/dynamic-channel.ts';
import { say } from '#test/unit/renderer/screen/rdp/egfx/harness.ts';
import type { Random } from './hostile-streams.ts';

/** One update of bitmaps that name up to the longest sides there are, in a few bytes each, and show next to nothing. */
export function vastBitmaps(random: Random): Uint8Array {
  const count = 1 + random.below(20);
  const writer = new Writer().u16(1).u16(count);
  for (let i = 0; i < count; i++) {
    const [w, h] = [random.pick([64, 640, 2048, 0xffff]), random.pick([64, 480, 2048, 0xffff])];
    // MEGA_MEGA_BG_RUN (MS-RDPBCGR 2.2.9.1.1.3.1.2.4) of 65,535 pixels.
    const runs = Math.min(80, Math.ceil((w * h) / 0xffff));
    const x = random.below(60);
    for (const value of [x, 0, x + random.below(9), 0, w, h, 16, 0x0401, runs * 3]) writer.u16(value);
    for (let run = 0; run < runs; run++) writer.u8(0xf0).u16(0xffff);
  }
  return writer.done();
}

/** What version 3 of dynamic channels adds: compressed pieces (MS-RDPEDYC 2.2.3.3 and 2.2.3.4), and Soft-Sync. */
export function newerDynamic(random: Random): Uint8Array {
  const plain = [0xe0, 0x06, ...segment(say.start(), say.fill(1, 0, [0, 0, 9, 9]), say.end())];
  const coded = [0xe0, 0x26, 0x38, 0xc4, 0x3f, 0xf4, 0x74, 0x01];
  return random.pick([
    Uint8Array.of(0x70, 7, ...plain),
    Uint8Array.of(0x70, 7, ...coded),
    Uint8Array.of(0x64, 7, 0x7b, 0x0c, ...coded),
    Uint8Array.of(0x80, 0, 18, 0, 0, 0, 3, 0, 1, 0, 1, 0, 0, 0, 1, 0, 7, 0, 0, 0),
  ]);
}
