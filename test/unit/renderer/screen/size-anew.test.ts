import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BytePort } from '#renderer/screen/byte-link.ts';
import { Damage } from '#renderer/screen/core/damage.ts';
import type { DeskClient, DeskEffects } from '#renderer/screen/desk-client.ts';
import { Session } from '#renderer/screen/session.ts';
import type { FromWorker } from '#renderer/screen/worker-messages.ts';

/** A desk whose protocol is of no interest: it takes the size that it is asked for when it opens, and no other. */
class Desk implements DeskClient {
  readonly picture = undefined;
  resizes = false;
  closed = false;
  readonly said: unknown[] = [];
  readonly effects: DeskEffects;
  constructor(effects: DeskEffects) {
    this.effects = effects;
  }
  push(chunk: Uint8Array): void {
    this.said.push(['push', chunk.length]);
  }
  close(): void {
    this.closed = true;
  }
  key(down: boolean): void {
    this.said.push(['key', down]);
  }
  pointer(): void {}
  setVisible(visible: boolean): void {
    this.said.push(['visible', visible]);
  }
  setLocks(bits: number): void {
    this.said.push(['locks', bits]);
  }
  repeatSize(): void {
    this.said.push('again');
  }
  requestSize(width: number, height: number): void {
    this.said.push(['size', width, height]);
  }
}

let desks: Desk[];
let events: FromWorker[];
let timers: { ms: number; run: () => void }[];
let session: Session;
const port = (): BytePort => ({ postMessage: vi.fn(), onmessage: null });
const make = (effects: DeskEffects) => {
  const desk = new Desk(effects);
  desks.push(desk);
  return desk;
};
const size = (width: number, height: number) =>
  session.take({ type: 'size', width, height, scalePercent: 100, monitors: [] });
const pass = () => {
  for (const { run } of timers.splice(0)) run();
};
const types = () => events.map(({ type }) => type);

beforeEach(() => {
  desks = [];
  events = [];
  timers = [];
  session = new Session({
    port: port(),
    desk: make,
    screen: (_, presented) => ({ resize: () => undefined, show: () => presented(1) }),
    now: () => 0,
    every: () => () => undefined,
    after: (ms, run) => {
      const timer = { ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    emit: (event) => events.push(event),
  });
  size(1367, 700);
});

describe('a desk that takes another size only when it is connected to anew', () => {
  it('is left two seconds after the last wish, and gets all that was wished on its next connection', () => {
    const [first] = desks;
    first?.effects.opened('', 1366, 700);
    first?.effects.frame(new Damage());
    session.take({ type: 'locks', bits: 2 });
    session.take({ type: 'visible', visible: false });
    size(1200, 700);
    size(1180, 700);
    expect(timers.map(({ ms }) => ms)).toEqual([2000]);
    pass();
    expect(first?.closed).toBe(true);
    expect(types()).toEqual(['opened', 'firstPicture', 'reconnect']);
    // Nobody is there to hear it.
    session.take({ type: 'key', down: true, keysym: 0x61, scancode: 0x1e });
    session.reconnect(port(), make);
    expect(desks[1]?.said).toEqual([
      ['size', 1180, 700],
      ['visible', false],
      ['locks', 2],
    ]);
    desks[1]?.effects.opened('', 1180, 700);
    desks[1]?.effects.frame(new Damage());
    expect(types().slice(3)).toEqual(['opened', 'firstPicture']);
    pass();
    expect(types()).toHaveLength(5);
  });

  it('is not left for a size that it has, or that was wished only for a moment', () => {
    desks[0]?.effects.opened('', 1366, 700);
    size(1366, 700);
    size(1000, 700);
    size(1367, 700);
    pass();
    expect(types()).toEqual(['opened']);
  });

  it('is left for the wish that came while it opened', () => {
    size(1000, 700);
    desks[0]?.effects.opened('', 1366, 700);
    pass();
    expect(types()).toEqual(['opened', 'reconnect']);
  });

  it.each([
    ['has a size of its own', (desk: Desk) => desk.effects.opened('', 1280, 1024)],
    [
      'takes sizes during the session',
      (desk: Desk) => {
        desk.effects.opened('', 1366, 700);
        desk.resizes = true;
      },
    ],
  ])('is not one that %s', (_, open) => {
    open(desks[0]!);
    size(1000, 700);
    pass();
    expect(types()).toEqual(['opened']);
  });

  it('is not asked for again on the connection after which it had another size all the same', () => {
    desks[0]?.effects.opened('', 1366, 700);
    size(1000, 700);
    pass();
    session.reconnect(port(), make);
    desks[1]?.effects.opened('', 1366, 700);
    size(900, 700);
    pass();
    expect(types()).toEqual(['opened', 'reconnect', 'opened']);
  });

  it('is asked once more when it takes sizes and has not taken this one', () => {
    const [first] = desks;
    first!.resizes = true;
    first?.effects.opened('', 1366, 700);
    size(1000, 700);
    pass();
    expect(first?.said.at(-1)).toBe('again');
    first?.effects.resized(1366, 700);
    pass();
    expect(first?.said.filter((said) => said === 'again')).toHaveLength(1);
    size(900, 700);
    first?.effects.resized(900, 700);
    pass();
    expect(first?.said.filter((said) => said === 'again')).toHaveLength(1);
    expect(types()).not.toContain('reconnect');
  });

  it('is not left any more when the session is over', () => {
    desks[0]?.effects.opened('', 1366, 700);
    size(1000, 700);
    session.take({ type: 'close' });
    expect(timers).toEqual([]);
    session.reconnect(port(), make);
    expect(desks).toHaveLength(1);
    expect(types()).toEqual(['opened', 'closed']);
  });

  it('cannot be given a second port while it has one', () => {
    session.reconnect(port(), make);
    expect(desks).toHaveLength(1);
  });
});
