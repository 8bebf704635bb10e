/** The barcode of native/barcode.h, described once more so that a test can hold the two together. */
export const barcode = {
  cells: 40,
  cellPx: 16,
  marker: 0xac,
  stripHeight: 64,
  x: 64,
  salts: { frame: 0x5a, input: 0xa5 },
  /** Top of each code, in pixels from the strip's top. */
  y: { frame: 8, input: 40 },
} as const;

export type BarcodeChannel = keyof typeof barcode.salts;

const checksum = (value: number, channel: BarcodeChannel) =>
  (value ^ (value >> 8) ^ (value >> 16) ^ barcode.salts[channel]) & 0xff;

/** @param value 24 bits. @returns 40 cells, most significant bit first, true = white. */
export function encodeBarcode(value: number, channel: BarcodeChannel): boolean[] {
  const bytes = [barcode.marker, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff, checksum(value, channel)];
  return bytes.flatMap((byte) => Array.from({ length: 8 }, (_, bit) => ((byte >> (7 - bit)) & 1) === 1));
}

/** @returns the value, or undefined when length, marker or checksum is wrong. */
export function decodeBarcode(cells: readonly boolean[], channel: BarcodeChannel): number | undefined {
  if (cells.length !== barcode.cells) return undefined;
  const byteAt = (index: number) =>
    cells.slice(index * 8, index * 8 + 8).reduce((byte, white) => (byte << 1) | Number(white), 0);
  const value = (byteAt(1) << 16) | (byteAt(2) << 8) | byteAt(3);
  return byteAt(0) === barcode.marker && byteAt(4) === checksum(value, channel) ? value : undefined;
}
