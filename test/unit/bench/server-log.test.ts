import { describe, expect, test } from 'vitest';
import { codecOfXrdp, parseServerLog } from '#test/bench/server-log.ts';

const log = `
 Connections: closed: 127.0.0.1::55074
 EncodeManager: Framebuffer updates: 535
 EncodeManager:   CopyRect:
 EncodeManager:     Copies: 335 rects, 80.4 Mpixels
 EncodeManager:             5.23438 KiB (1:60000.8 ratio)
 EncodeManager:   Tight:
 EncodeManager:     Solid: 418 rects, 234.59 kpixels
 EncodeManager:            512 B (1:141.055 ratio)
 EncodeManager:   Tight (JPEG):
 EncodeManager:     Full Colour: 474 rects, 3.10448 Mpixels
 EncodeManager:                  2.5 MiB (1:4.0685 ratio)
 EncodeManager:   Total: 2.287 krects, 86.4591 Mpixels
 EncodeManager:          3 MiB (1:107.956 ratio)
 ComparingUpdateTracker: 5.58692 Mpixels in / 2.45141 Mpixels out
`;

describe("the server's log", () => {
  test('gives updates, bytes, and those that were JPEG', () => {
    expect(parseServerLog(log)).toEqual({ updates: 535, bytes: 3 * 1024 ** 2, jpegBytes: 2.5 * 1024 ** 2 });
  });

  test('gives nothing before the totals are there', () => {
    expect(parseServerLog('')).toBeUndefined();
    expect(parseServerLog(log.slice(0, log.indexOf('Total')))).toBeUndefined();
  });
});

test("the log of xrdp's X server gives the codec of the last client", () => {
  const line = (codec: string) => `rdpClientConProcessMsgClientInfo: got ${codec} capture\n`;
  expect(codecOfXrdp(`${line('RFX')}rdpRRScreenSetSize:\n${line('H264')}`)).toBe('H264');
  expect(codecOfXrdp('rdpPreInit: /dev/dri/renderD128 open failed\n')).toBeUndefined();
});
