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
/** It opens with this size and shows something. */
const opens = (desk: Desk | undefined, wide = 1366, high = 700) => {
  desk?.effects.opened('', wide, high);
  desk?.effects.frame(new Damage());
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
    opens(first);
    session.take({ type: 'locks', bits: 2 });
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
      ['locks', 2],
    ]);
    opens(desks[1], 1180);
    expect(types().slice(3)).toEqual(['opened', 'firstPicture']);
    pass();
    expect(types()).toHaveLength(5);
  });

  it('is not left for a size that it has, or that was wished only for a moment', () => {
    opens(desks[0]);
    size(1366, 700);
    size(1000, 700);
    size(1367, 700);
    pass();
    expect(types()).toEqual(['opened', 'firstPicture']);
  });

  it('is left for the wish that came while it opened', () => {
    size(1000, 700);
    opens(desks[0]);
    pass();
    expect(types()).toEqual(['opened', 'firstPicture', 'reconnect']);
  });

  it.each([
    ['has a size of its own', (desk: Desk) => opens(desk, 1280, 1024)],
    [
      'takes sizes during the session',
      (desk: Desk) => {
        opens(desk);
        desk.resizes = true;
      },
    ],
  ])('is not one that %s', (_, open) => {
    open(desks[0]!);
    size(1000, 700);
    pass();
    expect(types()).toEqual(['opened', 'firstPicture']);
  });

  it('is not asked for again on the connection after which it had another size all the same', () => {
    opens(desks[0]);
    size(1000, 700);
    pass();
    session.reconnect(port(), make);
    opens(desks[1]);
    size(900, 700);
    pass();
    expect(types()).toEqual(['opened', 'firstPicture', 'reconnect', 'opened', 'firstPicture']);
  });

  it('is not one that takes a size of its own later', () => {
    opens(desks[0]);
    desks[0]?.effects.resized(1280, 1024);
    pass();
    size(1000, 700);
    pass();
    expect(types()).not.toContain('reconnect');
  });

  it('is not left before it has shown something: main would know of no session', () => {
    size(1000, 700);
    desks[0]?.effects.opened('', 1366, 700);
    pass();
    expect(types()).toEqual(['opened']);
    desks[0]?.effects.frame(new Damage());
    pass();
    expect(types()).toEqual(['opened', 'firstPicture', 'reconnect']);
  });

  it('is not left while nobody sees it, and is told so only when it has drawn', () => {
    opens(desks[0]);
    session.take({ type: 'visible', visible: false });
    size(1000, 700);
    pass();
    expect(types()).not.toContain('reconnect');
    session.take({ type: 'visible', visible: true });
    pass();
    session.reconnect(port(), make);
    session.take({ type: 'visible', visible: false });
    desks[1]?.effects.opened('', 1000, 700);
    expect(desks[1]?.said).toEqual([['size', 1000, 700]]);
    desks[1]?.effects.frame(new Damage());
    expect(desks[1]?.said.at(-1)).toEqual(['visible', false]);
  });

  it('is asked once more when it takes sizes and has not taken this one', () => {
    const [first] = desks;
    first!.resizes = true;
    opens(first);
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
    opens(desks[0]);
    size(1000, 700);
    session.take({ type: 'close' });
    expect(timers).toEqual([]);
    session.reconnect(port(), make);
    expect(desks).toHaveLength(1);
    expect(types()).toEqual(['opened', 'firstPicture', 'closed']);
  });

  it('cannot be given a second port while it has one', () => {
    session.reconnect(port(), make);
    expect(desks).toHaveLength(1);
  });
});
