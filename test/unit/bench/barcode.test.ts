import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BarcodeChannel, barcode, decodeBarcode, encodeBarcode } from '#test/bench/barcode.ts';

const compiler = process.env.CC ?? 'cc';
const native = join(import.meta.dirname, '../../bench/native');
const values = [0, 1, 2, 0x5a, 0xff, 0x100, 0xabcdef, 0x7fffff, 0x800000, 0xfffffe, 0xffffff];
const channels: readonly BarcodeChannel[] = ['frame', 'input'];
const cellsOf = (bits: string) => [...bits].map((bit) => bit === '1');

describe('the barcode', () => {
  test('comes back for any value on either channel', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), fc.constantFrom(...channels), (value, channel) => {
        expect(decodeBarcode(encodeBarcode(value, channel), channel)).toBe(value);
      }),
    );
  });

  test('is refused when any one cell is read wrong', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), fc.nat(barcode.cells - 1), (value, wrong) => {
        const cells = encodeBarcode(value, 'frame').map((white, index) => (index === wrong ? !white : white));
        expect(decodeBarcode(cells, 'frame')).toBeUndefined();
      }),
    );
  });

  test('is refused on the other channel, and when cells are missing', () => {
    expect(decodeBarcode(encodeBarcode(7, 'frame'), 'input')).toBeUndefined();
    expect(decodeBarcode(encodeBarcode(7, 'frame').slice(1), 'frame')).toBeUndefined();
    expect(decodeBarcode([], 'frame')).toBeUndefined();
  });
});

describe('barcode.h', () => {
  let folder = '';
  let compiles = true;

  beforeAll(() => {
    try {
      execFileSync(compiler, ['--version'], { stdio: 'ignore' });
    } catch {
      compiles = false;
      return;
    }
    folder = mkdtempSync(join(tmpdir(), 'hanare-barcode-'));
    const source = join(folder, 'codes.c');
    // Prints the cells of each value; then reads cells from its arguments and prints their values.
    writeFileSync(
      source,
      `#include <stdio.h>
#include <stdlib.h>
#include "barcode.h"
int main(int argc, char **argv) {
  uint8_t salt = atoi(argv[1]) ? INPUT_SALT : FRAME_SALT;
  for (int i = 2; i < argc; i++) {
    uint64_t bits = 0;
    if (argv[i][0] == 'v') {
      bits = code_bits((uint32_t)strtoul(argv[i] + 1, 0, 10), salt);
      for (int cell = CODE_CELLS - 1; cell >= 0; cell--) putchar(bits >> cell & 1 ? '1' : '0');
      putchar('\\n');
    } else {
      for (char *c = argv[i]; *c; c++) bits = bits << 1 | (*c == '1');
      printf("%d\\n", code_value(bits, salt));
    }
  }
}`,
    );
    execFileSync(compiler, ['-Wall', '-Werror', '-I', native, '-o', join(folder, 'codes'), source]);
  });
  afterAll(() => folder && rmSync(folder, { recursive: true }));

  const codes = (channel: BarcodeChannel, args: readonly string[]) =>
    execFileSync(join(folder, 'codes'), [channel === 'input' ? '1' : '0', ...args], { encoding: 'utf8' })
      .trim()
      .split('\n');

  test.for(channels)('draws and reads what barcode.ts does on the %s channel', (channel, { skip }) => {
    if (!compiles) skip('no C compiler');
    const drawn = codes(
      channel,
      values.map((value) => `v${value}`),
    );
    expect(drawn.map((bits) => decodeBarcode(cellsOf(bits), channel))).toEqual(values);

    const cells = values.map((value) =>
      encodeBarcode(value, channel)
        .map((white) => (white ? '1' : '0'))
        .join(''),
    );
    expect(codes(channel, cells).map(Number)).toEqual(values);
    const flipped = cells.map((bits) => bits.slice(0, -1) + (bits.endsWith('1') ? '0' : '1'));
    expect(codes(channel, flipped).map(Number)).toEqual(values.map(() => -1));
  });

  test('has the sizes that barcode.ts names', () => {
    const header = readFileSync(join(native, 'barcode.h'), 'utf8');
    const named = (name: string) => Number(header.match(new RegExp(`\\b${name} = (\\w+)`))?.[1]);
    expect(named('CODE_CELLS')).toBe(barcode.cells);
    expect(named('CODE_CELL_PX')).toBe(barcode.cellPx);
    expect(named('CODE_MARKER')).toBe(barcode.marker);
    expect(named('STRIP_HEIGHT')).toBe(barcode.stripHeight);
    expect(named('CODE_X')).toBe(barcode.x);
    expect(named('FRAME_CODE_Y')).toBe(barcode.y.frame);
    expect(named('INPUT_CODE_Y')).toBe(barcode.y.input);
    expect(named('FRAME_SALT')).toBe(barcode.salts.frame);
    expect(named('INPUT_SALT')).toBe(barcode.salts.input);
  });
});
