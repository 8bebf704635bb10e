import { expect, test } from 'vitest';
import { protocolProblem } from '#renderer/screen/core/screen-end.ts';
import type { Drawn } from '#renderer/screen/rdp/egfx/decoders.ts';
import { Harness, message, say } from './harness.ts';

const problem = (text: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ details: { problem: text } }) });

/** An H.264 decoder that ends when it is told to. */
class Later {
  readonly given: number[] = [];
  #settle: { done(drawn?: Drawn): void; fail(error: unknown): void }[] = [];
  readonly avc420 = (bytes: Uint8Array) => {
    this.given.push(bytes[0]!);
    return new Promise<Drawn>((done, fail) => this.#settle.push({ done, fail }));
  };

  async done(drawn?: Drawn): Promise<void> {
    this.#settle.shift()!.done(drawn);
    await settled();
  }
  async fail(error: unknown): Promise<void> {
    this.#settle.shift()!.fail(error);
    await settled();
  }
}

const settled = () => new Promise<void>((done) => setImmediate(done));
const frame = (id: number) => [say.start(id), say.wire(1, 0x0b, [0, 0, 4, 3], [id, 0, 0]), say.end(id)];

function open(queueBytes?: number): { harness: Harness; later: Later } {
  const later = new Later();
  const options = queueBytes === undefined ? {} : { queueBytes };
  const harness = new Harness({ decoders: { avc420: later.avc420 }, options });
  harness.say(say.confirm(), say.reset(4, 3), say.create(1, 4, 3), say.map(1));
  return { harness, later };
}

test('decodes one at a time and shows frames in order when all of them come at once', async () => {
  const { harness, later } = open();
  harness
    .say(...frame(1), ...frame(2))
    .say(...frame(3))
    .say(say.create(2, 1, 1), say.end(4));
  expect(later.given).toEqual([1]);
  expect(harness.gfx.blocked).toBe(true);
  await later.done();
  expect(later.given).toEqual([1, 2]);
  await later.done();
  await later.done();
  expect(later.given).toEqual([1, 2, 3]);
  expect(harness.events.filter((event) => event.startsWith('ack'))).toEqual(
    [1, 2, 3, 4].map((id) => `acknowledged ${id}`),
  );
  expect(harness.gfx.blocked).toBe(false);
});

test('draws nothing that stands behind a pending picture when that is not done', async () => {
  const { harness, later } = open();
  harness.say(say.wire(1, 0x0b, [0, 0, 4, 3], [9]), say.fill(1, 0xff0000, [0, 0, 1, 1]), say.end());
  expect(harness.events).toEqual(['resized 4x3']);
  await later.done([{ x: 3, y: 2, w: 1, h: 1 }]);
  expect(harness.events.slice(1)).toEqual(['frame', 'acknowledged 1']);
});

test('holds credit and says how much waits when messages pile up', async () => {
  const { harness, later } = open();
  const before = harness.consumed;
  const one = message(...frame(1));
  const two = message(...frame(2));
  harness.gfx.push(one);
  harness.gfx.push(two);
  expect(harness.consumed).toBe(before);
  expect(harness.gfx.held).toBe(one.length + two.length);
  await later.done();
  expect(harness.consumed).toBe(before + one.length);
  expect(Buffer.from(harness.sent.at(-1)!, 'hex').readUInt32LE(8)).toBe(two.length);
  await later.done();
  expect(harness.consumed).toBe(before + one.length + two.length);
  expect(Buffer.from(harness.sent.at(-1)!, 'hex').readUInt32LE(8)).toBe(0);
});

test('has copied what it still needs when the bytes given to it change after the call', async () => {
  const { harness, later } = open();
  const bytes = message(...frame(1), ...frame(2));
  harness.gfx.push(bytes);
  const queued = message(...frame(3));
  harness.gfx.push(queued);
  bytes.fill(0xee);
  queued.fill(0xee);
  for (let i = 0; i < 3; i++) await later.done();
  expect(later.given).toEqual([1, 2, 3]);
});

test('ends the session when more waits than may', () => {
  const { harness } = open(10_000);
  harness.say(...frame(1));
  const flood = () => {
    for (let i = 0; i < 1000; i++) harness.say(...frame(2));
  };
  expect(flood).toThrow(problem('graphics messages waiting'));
  expect(harness.codec.memory.used).toBe(0);
});

test('ends the session when very many empty messages wait', () => {
  const { harness } = open();
  harness.say(...frame(1));
  const flood = () => {
    for (let i = 0; i < 70_000; i++) harness.gfx.push(new Uint8Array(1));
  };
  expect(flood).toThrow(problem('graphics messages waiting'));
});

test('works off a long queue in order when its decoder is done', async () => {
  const { harness, later } = open();
  harness.say(...frame(1));
  for (let i = 0; i < 5000; i++) harness.say(say.end(i));
  await later.done();
  const acknowledged = harness.events.filter((event) => event.startsWith('ack')).slice(1);
  expect(acknowledged).toEqual(Array.from({ length: 5000 }, (_, i) => `acknowledged ${i}`));
  expect(harness.gfx.held).toBe(0);
});

test('reports what a decoder failed with, and what comes behind it when that is wrong', async () => {
  const first = open();
  first.harness.say(...frame(1));
  const error = protocolProblem('picture');
  await first.later.fail(error);
  expect(first.harness.failures).toEqual([error]);
  const second = open();
  second.harness.say(...frame(1), say.fill(77, 0, [0, 0, 1, 1]));
  await second.later.done();
  expect(second.harness.failures).toEqual([problem('unknown surface')]);
  expect(second.harness.codec.memory.used).toBe(0);
});

test('gives back all credit and hears nothing of a picture when it was reset in between', async () => {
  const { harness, later } = open();
  const before = harness.consumed;
  const bytes = message(...frame(1));
  harness.gfx.push(bytes);
  harness.gfx.push(bytes);
  harness.gfx.open();
  expect(harness.consumed).toBe(before + 2 * bytes.length);
  harness.say(say.confirm(), say.reset(4, 3), say.create(1, 4, 3), say.map(1), say.end(5), say.end(6));
  const { length } = harness.events;
  await later.done();
  expect(harness.events.length).toBe(length);
  expect(harness.failures).toEqual([]);
});

test('stays silent when it was closed while a picture was pending, and that then fails', async () => {
  const { harness, later } = open();
  harness.say(...frame(1));
  harness.gfx.close();
  await later.fail(new Error('late'));
  expect(harness.failures).toEqual([]);
});

test('keeps the order when an effect pushes more', () => {
  const harness: Harness = new Harness({
    decoders: {
      planar: () => {
        harness.say(say.end(2));
        return undefined;
      },
    },
  });
  harness.say(say.confirm(), say.reset(4, 3), say.create(1, 4, 3), say.map(1));
  harness.say(say.wire(1, 0x0a, [0, 0, 1, 1], []), say.end(1));
  expect(harness.events.filter((event) => event.startsWith('ack'))).toEqual(['acknowledged 1', 'acknowledged 2']);
});
