import { describe, expect, it } from 'vitest';
import { absent, createEvent, Loud, LoudEmitter, loudObject, standInName } from '#build/standin/loud.ts';

class Bell extends LoudEmitter {
  override get [standInName]() {
    return 'bell';
  }
  #rung = 0;
  constructor() {
    super(['ring']);
  }
  ring(): number {
    this.emit('ring', ++this.#rung);
    return this.#rung;
  }
}
const anything = (value: unknown) => value as Record<string, () => void>;

describe('a loud object', () => {
  it('throws by name when something it has not is read', async () => {
    const bell = new Bell();
    expect(() => anything(bell).toll).toThrow('the Electron stand-in has no bell.toll');
    expect(() => anything(loudObject('shell', { a: 1 })).b).toThrow('the Electron stand-in has no shell.b');
    expect(() => anything(class extends Loud {}).make).toThrow('the Electron stand-in has no class.make');
    expect(await bell).toBe(bell);
    expect(`${bell}`).toBe('[object Object]');
    expect('toll' in bell).toBe(false);
  });

  it('knows its events only and keeps private members', () => {
    const bell = new Bell();
    const heard: number[] = [];
    bell.once('ring', (count: number) => heard.push(count));
    expect([bell.ring(), bell.ring()]).toEqual([1, 2]);
    expect(heard).toEqual([1]);
    expect(() => bell.on('knock', () => {})).toThrow("the Electron stand-in has no event 'knock' on bell");
  });

  it('tells whether an event was prevented', () => {
    const event = createEvent({ url: 'x' });
    expect([event.url, event.defaultPrevented]).toEqual(['x', false]);
    event.preventDefault();
    expect(event.defaultPrevented).toBe(true);
  });

  it('lets an absent module be imported and nothing else', () => {
    const Tray = absent('Tray') as { new (): unknown; (): unknown; create(): void };
    expect(() => new Tray()).toThrow('the Electron stand-in has no Tray');
    expect(() => Tray()).toThrow('the Electron stand-in has no Tray');
    expect(() => Tray.create()).toThrow('the Electron stand-in has no Tray.create');
  });
});
