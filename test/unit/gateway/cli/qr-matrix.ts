import { encode } from 'uqr';

/**
 * The modules of the first QR code in a text: two rows of modules a line, light modules drawn, a border of two.
 * Without the quiet zone; true is dark.
 */
export function qrMatrix(text: string): boolean[][] {
  const lines = text.split('\n').filter((line) => /^[█▀▄ ]{20,}$/.test(line) && line.includes('█'));
  const rows = lines.flatMap((line) => [
    [...line].map((symbol) => symbol !== '█' && symbol !== '▀'),
    [...line].map((symbol) => symbol !== '█' && symbol !== '▄'),
  ]);
  const size = rows[0]!.length;
  return rows.slice(2, size - 2).map((row) => row.slice(2, -2));
}

/** What it must be. */
qrMatrix.of = (content: string): boolean[][] => encode(content, { ecc: 'L', border: 0 }).data;
