import { describe, expect, it } from 'vitest';
import {
  createLines,
  MessageChannelMain,
  type MessagePortMain,
  type PortMessage,
} from '#build/standin/message-port.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));
function collect(port: MessagePortMain): unknown[] {
  const got: unknown[] = [];
  port.on('message', ({ data }: PortMessage) => got.push(data));
  port.on('close', () => got.push('closed'));
  return got;
}

describe('a message channel in main', () => {
  it('queues until start, keeps order, clones and never calls back within the call', async () => {
    const { port1, port2 } = new MessageChannelMain();
    const got = collect(port2);
    const message = { n: 1 };
    port1.postMessage(message);
    message.n = 2;
    port1.postMessage('second');
    await settle();
    expect(got).toEqual([]);
    port2.start();
    port1.postMessage(new Uint8Array([3]));
    expect(got).toEqual([]);
    await settle();
    expect(got).toEqual([{ n: 1 }, 'second', new Uint8Array([3])]);
    port1.close();
    await settle();
    expect(got.at(-1)).toBe('closed');
    port1.postMessage('late');
    await settle();
    expect(got).toHaveLength(4);
  });

  it('refuses what cannot be cloned and ports inside messages', () => {
    const { port1, port2 } = new MessageChannelMain();
    expect(() => port1.postMessage(() => 1)).toThrow('An object could not be cloned.');
    expect(() => port1.postMessage('x', [port2])).toThrow('sends no ports through a port');
  });
});

describe('a port handed over', () => {
  function handOver() {
    const lines = createLines();
    const { port1, port2 } = new MessageChannelMain();
    const frames: (string | Uint8Array)[] = [];
    const line = {
      send: (frame: string | Uint8Array) => void frames.push(frame),
      close: () => void frames.push('end'),
    };
    return { lines, port1, port2, frames, line };
  }

  it('keeps the order of what was sent before it was handed over, before it opened and after', () => {
    const { lines, port1, port2, frames, line } = handOver();
    port1.postMessage('a');
    lines.give(port2, 'id');
    port1.postMessage(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    lines.attach('id', line);
    port1.postMessage(new Uint8Array([9]).buffer);
    expect(frames).toEqual(['j["a"]', new Uint8Array([2, 3]), 'b', new Uint8Array([9])]);
    expect(() => lines.give(port2, 'again')).toThrow('already neutered');
  });

  it('copies what it sends, because the sender may use its memory again', () => {
    const { lines, port1, port2, frames, line } = handOver();
    lines.give(port2, 'id');
    lines.attach('id', line);
    const block = new Uint8Array([1]);
    port1.postMessage(block);
    block[0] = 2;
    expect(frames).toEqual([new Uint8Array([1])]);
  });

  it('keeps a line that comes before the message that announces it', () => {
    const lines = createLines();
    const ran: string[] = [];
    lines.whenExpected('given up', () => ran.push('given up'))();
    lines.whenExpected('early', () => ran.push('early'));
    expect(ran).toEqual([]);
    lines.receive('given up');
    lines.receive('early');
    lines.receive('late');
    lines.whenExpected('late', () => ran.push('late'));
    expect(ran).toEqual(['early', 'late']);
  });

  it('delivers frames and the end of the line', async () => {
    const { lines, port1, port2, line } = handOver();
    const got = collect(port1);
    port1.start();
    lines.give(port2, 'id');
    const attached = lines.attach('id', line)!;
    attached.frame('j[["o","x",1],5]');
    attached.frame('b');
    attached.frame(new Uint8Array([7]));
    attached.frame(new Uint8Array([8]));
    attached.closed();
    await settle();
    expect(got).toEqual([{ x: 5 }, new Uint8Array([7]).buffer, new Uint8Array([8]), 'closed']);
  });

  it('closes the line, also when it opens late or the document never opens it', async () => {
    const late = handOver();
    late.lines.give(late.port2, 'id');
    late.port1.close();
    expect(late.lines.attach('id', late.line)).toBeUndefined();

    const early = handOver();
    early.port1.close();
    early.lines.give(early.port2, 'id');
    expect(early.lines.attach('id', early.line)).toBeUndefined();

    const never = handOver();
    const got = collect(never.port1);
    never.lines.give(never.port2, 'id');
    never.port1.start();
    never.lines.abandon(['id']);
    await settle();
    expect(got).toEqual(['closed']);
    expect(never.lines.attach('guessed', never.line)).toBeUndefined();
  });
});
