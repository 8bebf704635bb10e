import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineReader } from '#main/guard/usb/line-reader.ts';

function read(longest: number, chunks: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const feed = createLineReader(longest, (line) => lines.push(line));
  for (const chunk of chunks) feed(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
  return lines;
}

describe('lines of a stream', () => {
  it('are whole lines only: what has no end is none', () => {
    expect(read(80, ['one\ntwo\n\nthr'])).toEqual(['one', 'two', '']);
    expect(read(80, ['thr', 'ee\n'])).toEqual(['three']);
  });

  it('may end as on Windows, also where the two bytes are torn apart', () => {
    expect(read(80, ['one\r\ntwo\r', '\n', '\r\n'])).toEqual(['one', 'two', '']);
  });

  it('are left out as a whole when they are too long, and the next one is read', () => {
    expect(read(4, ['12345\n1234\n'])).toEqual(['1234']);
    expect(read(4, ['123', '45', '6789', '\n', 'ok\n'])).toEqual(['ok']);
    expect(read(4, ['12345', '\n\nok\n'])).toEqual(['', 'ok']);
  });

  it('are the same however the stream is split', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\xff'), maxLength: 200 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 20 }), (all, cuts) => {
        const at = [0, ...cuts.filter((cut) => cut <= all.length).sort((a, b) => a - b), all.length];
        const chunks = at.slice(1).map((to, index) => all.slice(at[index], to));
        const whole = read(6, [all]);
        expect(read(6, chunks)).toEqual(whole);
        expect(read(6, [...all])).toEqual(whole);
      }),
    );
  });

  it('come through after 1 MiB of garbage', () => {
    const garbage = randomBytes(1024 * 1024);
    const lines = read(100, [garbage, '\nok\n']);
    expect(lines.at(-1)).toBe('ok');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(read(100, ['x'.repeat(1024 * 1024), '\nok\n'])).toEqual(['ok']);
  });

  it('are read from views of larger buffers', () => {
    const whole = Buffer.from('xxone\nyy');
    expect(read(80, [new Uint8Array(whole.buffer, whole.byteOffset + 2, 4)])).toEqual(['one']);
  });
});
