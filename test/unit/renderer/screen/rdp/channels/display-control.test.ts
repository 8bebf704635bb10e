import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { DisplayControl } from '#renderer/screen/rdp/channels/display-control.ts';

let display: DisplayControl;
let sent: string[];
beforeEach(() => {
  display = new DisplayControl();
  sent = [];
});
afterEach(() => {
  vi.useRealTimers();
});
const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
const capabilities = (monitors = 16, a = 3840, b = 2400) => words(5, 20, monitors, a, b);
const open = () => {
  display.opened((message) => sent.push(Buffer.from(message).toString('hex')));
  display.message(capabilities());
};
const layout = (width: number, height: number, mm: [number, number], scale: number, device: number) =>
  words(2, 56, 40, 1, 1, 0, 0, width, height, ...mm, 0, scale, device).toString('hex');

test('a wish goes out as one monitor', () => {
  open();
  display.requestSize(1920, 1080, 100);
  expect(sent).toEqual([layout(1920, 1080, [508, 286], 100, 100)]);
});

test('the PDU is that of MS-RDPEDISP 2.2.2.2, byte by byte', () => {
  open();
  display.requestSize(1600, 900, 125);
  const header = '02000000 38000000 28000000 01000000';
  const place = '01000000 00000000 00000000 40060000 84030000';
  const looks = '53010000 bf000000 00000000 7d000000 64000000';
  expect(sent).toEqual([`${header}${place}${looks}`.replaceAll(' ', '')]);
});

test('a wish that has not changed is not repeated, nor when the desk says anew what it takes', () => {
  open();
  display.requestSize(1600, 900, 125);
  display.requestSize(1600, 900, 125);
  display.message(capabilities());
  expect(sent).toHaveLength(1);
});

test.each([
  ['none', capabilities(0, 8192, 8192), 0],
  ['more than there can be', capabilities(0xffffffff, 0xffffffff, 0xffffffff), 1],
])('a desk that takes %s', (_, said, count) => {
  display.opened((message) => sent.push(Buffer.from(message).toString('hex')));
  display.message(said);
  display.requestSize(8192, 8192, 100);
  expect(sent).toHaveLength(count);
});

test('the last wish waits until the desk has said what it takes', () => {
  display.requestSize(800, 600, 100);
  display.requestSize(1280, 720, 150);
  expect(display.open).toBe(false);
  open();
  expect(display.open).toBe(true);
  expect(sent).toEqual([layout(1280, 720, [226, 127], 150, 140)]);
});

test('an odd width is made even, sides are kept within what the field takes', () => {
  open();
  display.requestSize(1367, 100, 900);
  display.requestSize(100, 90_000, 20);
  expect(sent).toEqual([layout(1366, 200, [72, 11], 500, 180), layout(200, 8192, [53, 2167], 100, 100)]);
});

test('what the desk has already is not asked for again', () => {
  display.has(1280, 720, 100);
  open();
  display.requestSize(1280, 720, 100);
  display.requestSize(1281, 720, 100);
  expect(sent).toEqual([]);
  display.requestSize(1280, 720, 200);
  expect(sent).toHaveLength(1);
});

test('a wish is repeated when it is asked to be', () => {
  open();
  display.requestSize(1600, 900, 100);
  display.repeat();
  expect(sent).toHaveLength(2);
  expect(sent[1]).toBe(sent[0]);
});

test('a wish is told once more half a second after the desk has begun with another size', () => {
  vi.useFakeTimers();
  open();
  display.requestSize(1601, 900, 100);
  display.begun(1280, 1024);
  vi.advanceTimersByTime(499);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([sent[0], sent[0]]);
  // A desk that keeps its size all the same, and says so each time.
  for (let i = 0; i < 5; i++) {
    display.begun(1280, 1024);
    display.requestSize(1601, 900, 100);
    vi.advanceTimersByTime(10_000);
  }
  expect(sent).toHaveLength(2);
  display.requestSize(1200, 900, 100);
  display.begun(1280, 1024);
  vi.advanceTimersByTime(10_000);
  expect(sent).toHaveLength(4);
});

test.each([
  [
    'had not been told then',
    () => {
      display.requestSize(1601, 900, 100);
      display.begun(1280, 1024);
      open();
    },
    1,
  ],
  [
    'is what the desk has by then',
    () => {
      open();
      display.requestSize(1601, 900, 100);
      display.begun(1280, 1024);
      display.begun(1600, 900);
    },
    1,
  ],
  [
    'is another by then',
    () => {
      open();
      display.requestSize(1601, 900, 100);
      display.begun(1280, 1024);
      display.requestSize(1000, 700, 100);
    },
    2,
  ],
  [
    'has nobody to hear it by then',
    () => {
      open();
      display.requestSize(1601, 900, 100);
      display.begun(1280, 1024);
      display.closed();
    },
    1,
  ],
])('… but not when it %s', (_, happen, count) => {
  vi.useFakeTimers();
  happen();
  vi.advanceTimersByTime(10_000);
  expect(sent).toHaveLength(count);
  expect(vi.getTimerCount()).toBe(0);
});

test('more than the desk takes is not asked for', () => {
  display.opened((message) => sent.push(Buffer.from(message).toString('hex')));
  display.message(capabilities(1, 1000, 1000));
  display.requestSize(1920, 1080, 100);
  expect(sent).toEqual([]);
});

test('after the channel was closed the wish is sent to the next one', () => {
  open();
  display.requestSize(800, 600, 100);
  display.closed();
  display.requestSize(1024, 768, 100);
  expect(sent).toHaveLength(1);
  open();
  expect(sent).toEqual([layout(800, 600, [212, 159], 100, 100), layout(1024, 768, [271, 203], 100, 100)]);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['half a header', words(5)],
  ['another length', Buffer.concat([capabilities(), Buffer.alloc(1)])],
  ['another type', words(2, 20, 1, 1, 1)],
  ['a length that lies', words(5, 24, 1, 1, 1)],
  ['no factors', words(5, 12, 1)],
])('%s ends the session', (_, bytes) => {
  expect(() => display.message(bytes)).toThrow(ScreenEnd);
});

const pair = [
  { left: 0, top: 100, width: 1280, height: 1024, primary: false },
  { left: 1280, top: 0, width: 1920, height: 1200, primary: true },
] as const;

test('several monitors go out each in its place, counted from the primary one', () => {
  open();
  display.requestSize(3200, 1200, 100, pair);
  const header = '02000000 60000000 28000000 02000000';
  const left = '00000000 00fbffff 64000000 00050000 00040000 53010000 0f010000 00000000 64000000 64000000';
  const right = '01000000 00000000 00000000 80070000 b0040000 fc010000 3e010000 00000000 64000000 64000000';
  expect(sent).toEqual([`${header}${left}${right}`.replaceAll(' ', '')]);
  display.requestSize(3200, 1200, 100, [...pair]);
  expect(sent).toHaveLength(1);
  display.requestSize(3200, 1200, 100);
  expect(sent[1]).toBe(layout(3200, 1200, [847, 318], 100, 100));
});

test.each([
  ['that has fewer', capabilities(1, 3840, 2400), pair],
  ['none of which is the primary one', capabilities(), pair.map((one) => ({ ...one, primary: false }))],
  ['of an odd width', capabilities(), [{ ...pair[0], width: 1279 }, pair[1]]],
  ['of which one is too small', capabilities(), [{ ...pair[0], height: 199 }, pair[1]]],
])('monitors %s are one', (_, said, monitors) => {
  display.opened((message) => sent.push(Buffer.from(message).toString('hex')));
  display.message(said);
  display.requestSize(3200, 1200, 100, monitors);
  expect(sent).toEqual([layout(3200, 1200, [847, 318], 100, 100)]);
});
