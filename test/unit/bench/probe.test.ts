import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { barcode, encodeBarcode } from '#test/bench/barcode.ts';
import { buildNativeTools } from '#test/bench/native-tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'hanare-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));
// A machine without a C compiler or without X's headers has no bench either.
const tools = await buildNativeTools().catch(() => undefined);

/** A framebuffer file as Xvfb keeps one: an XWD header of 25 big-endian words, then 32-bit pixels. */
function framebuffer(
  size: { width: number; height: number },
  at: { x: number; y: number; cell: number },
  value: number,
) {
  const file = Buffer.alloc(100 + size.width * size.height * 4);
  file.writeUInt32BE(100, 0);
  file.writeUInt32BE(size.width, 4 * 4);
  file.writeUInt32BE(size.height, 5 * 4);
  file.writeUInt32BE(size.width * 4, 12 * 4);
  const cells = encodeBarcode(value, 'frame');
  for (let y = at.y; y < Math.round(at.y + at.cell); y++) {
    for (let x = 0; x < Math.round(barcode.cells * at.cell); x++) {
      const shade = cells[Math.min(barcode.cells - 1, Math.floor(x / at.cell))] ? 0xffffff : 0x181818;
      file.writeUInt32LE(shade, 100 + ((y * size.width + at.x + x) | 0) * 4);
    }
  }
  const path = join(folder, `${at.x}-${at.y}-${at.cell}`);
  writeFileSync(path, file);
  return path;
}

describe.skipIf(tools === undefined)('the probe', () => {
  test.each([
    { x: 64, y: 1024, cell: 16 },
    { x: 0, y: 0, cell: 16 },
    { x: 137, y: 61, cell: 16 },
    { x: 251, y: 700, cell: 13.37 },
    { x: 30, y: 400, cell: 21.4 },
  ])('finds the code at $x,$y with cells of $cell px, and reads it without a fault', (at) => {
    const path = framebuffer({ width: 1920, height: 1080 }, at, 0xa1b2c3);
    const { stdout, status } = spawnSync(tools!.probe, [path, 'watch', '0.05', '0'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const [, x, y, cell] = stdout.match(/^first \d+ (\d+) (\d+) ([\d.]+)$/m)!.map(Number);
    expect([x, y]).toEqual([at.x, at.y]);
    expect(Math.abs(cell! - at.cell)).toBeLessThan(0.2);
    const [, reads, bad] = stdout.match(/^end \d+ (\d+) (\d+)$/m)!.map(Number);
    expect(reads).toBeGreaterThan(0);
    expect(bad).toBe(0);
  });

  test('ends with an error when there is no framebuffer', () => {
    const { status, stderr } = spawnSync(tools!.probe, [join(folder, 'absent'), 'watch', '1', '0'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'probe: cannot open the framebuffer\n' });
  });
});
