import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Example, startExample } from './example.ts';

let app: Example;
beforeAll(async () => {
  app = await startExample();
});
afterAll(() => app.end());

/** A rejection as the page sees it. */
const rejection = (call: string) =>
  app.run(
    `${call}.then(() => 'nothing rejected', (error) => [error.constructor.name, error.message, error.code ?? null])`,
  );

const thrown = (call: string) =>
  app.run(
    `(() => { try { ${call}; return 'nothing thrown' } catch (error) { return [error.constructor.name, error.message] } })()`,
  );

describe('the isolated world', () => {
  it('keeps Electron out of the page when the preload uses it', async () => {
    expect(await app.run('[typeof require, typeof process, typeof ipcRenderer, typeof contextBridge]')).toEqual(
      Array(4).fill('undefined'),
    );
    const names = await app.run<string[]>('Object.getOwnPropertyNames(window)');
    expect(names.filter((name) => /^[bdim][0-9a-f]{32}$/.test(name))).toEqual([]);
  });

  it('gives the bridge to the top frame only', async () => {
    const [, screen] = app.page.frames();
    expect(await screen!.evaluate('typeof example')).toBe('undefined');
    expect(await app.run('typeof example')).toBe('object');
  });

  it('refuses modules that a sandboxed preload does not have', async () => {
    expect(await app.run('example.tries.require')).toBe('module not found: node:fs');
    expect(await app.run('example.tries.url')).toBe("the Electron stand-in has no require('node:url')");
    expect(await app.run('example.tries.missing')).toBe('the Electron stand-in has no ipcRenderer.sendSync');
  });
});

describe('contextBridge', () => {
  it('freezes what is exposed and protects its name', async () => {
    expect(
      await app.run('[example, example.nested, example.nested.list, example.nested.list[1]].map(Object.isFrozen)'),
    ).toEqual([true, true, true, true]);
    expect(await app.run('(window.example = 1, typeof example)')).toBe('object');
    expect(await app.run('example.tries.again()')).toBe(
      'Cannot bind an API on top of an existing property on the window object',
    );
  });

  it('proxies functions both ways, also nested and returned', async () => {
    expect(await app.run('example.add(1)(2)')).toBe(3);
    expect(await app.run('example.nested.list[1].deep()')).toBe('deep');
    expect(await app.run('example.callBack((value) => value * 2, 21)')).toBe(42);
    expect(await app.run('(() => { const f = () => 1; return example.echo(f) === f })()')).toBe(true);
  });

  it('loses prototypes and keeps cycles', async () => {
    expect(await app.run('Object.keys(example.thing())')).toEqual(['own']);
    expect(
      await app.run('(() => { const a = []; a.push(a); const b = example.echo(a); return b !== a && b[0] === b })()'),
    ).toBe(true);
  });

  it('keeps only the message of an error', async () => {
    expect(await rejection('example.rejects()')).toEqual(['Error', 'only this', null]);
    expect(await thrown('example.throws()')).toEqual(['Error', 'thrown']);
  });

  it('refuses what cannot be cloned', async () => {
    expect(await thrown('example.symbol()')).toEqual(['Error', 'An object could not be cloned.']);
    expect(await thrown('example.echo(new WeakMap())')).toEqual(['Error', 'An object could not be cloned.']);
  });

  it('clones typed values into the page', async () => {
    const check = `((v) => [v instanceof Map, v.get('k') instanceof Uint8Array, v.get('k')[1]])`;
    expect(await app.run(`${check}(example.echo(new Map([['k', new Uint8Array([1, 2])]])))`)).toEqual([true, true, 2]);
  });
});

describe('ipc', () => {
  it('carries every cloneable type from the page to main', async () => {
    const seen = await app.run<Record<string, unknown>>('example.describeSamples()');
    expect(seen).toEqual({
      keys: expect.arrayContaining(['undefined', 'null', 'proto']),
      nothing: true,
      numbers: [true, true, Number.NEGATIVE_INFINITY, '12345678901234567890'],
      dates: [86_400_000, true],
      map: [['a', [1, 'two']]],
      regexp: '/a+b/giu',
      error: [true, 'out of range', 'deeper'],
      shared: true,
      arrays: [true, true, [9, 8]],
      holes: [3, false],
      boxed: 'text',
      cycle: true,
      proto: true,
    });
    expect(seen.keys).toHaveLength(21);
  });

  it('carries them from main to the page', async () => {
    const look = `(s) => [s.date instanceof Date && s.date.getTime(), s.map.get('a').has('two'), s.regexp instanceof RegExp,
      s.u8 instanceof Uint8Array && [...s.u8], s.cycle.self === s.cycle, s.error.message, typeof s.bigint, 'undefined' in s,
      Object.is(s.minusZero, -0), s.f64[0] === Math.PI]`;
    expect(await app.run(`example.invoke('samples').then(${look})`)).toEqual([
      ...[86_400_000, true, true, [1, 2, 3, 4], true, 'out of range', 'bigint', true, true, true],
    ]);
  });

  it('rejects as Electron words it', async () => {
    expect(await rejection(`example.invoke('fail')`)).toEqual([
      'Error',
      "Error invoking remote method 'fail': TypeError: no such thing",
      null,
    ]);
    expect(await rejection(`example.invoke('function')`)).toEqual([
      'Error',
      "Error invoking remote method 'function': Error: An object could not be cloned.",
      null,
    ]);
    expect(await rejection(`example.invoke('nobody')`)).toEqual([
      'Error',
      "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
      null,
    ]);
    expect(await rejection('example.sendFunction()')).toEqual(['Error', 'An object could not be cloned.', null]);
  });

  it('exchanges the origins, so that each side sees its own', async () => {
    const origin = await app.run<string>('location.origin');
    expect(origin).toMatch(/^http:\/\/ui\.localhost:\d+$/);
    // The page's text comes back as it went out, main's text comes as the page's origin.
    expect(await app.run(`example.invoke('text', 'example://ui')`)).toEqual([origin, `${origin}/index.html`]);
    expect(await app.run(`example.invoke('text', location.origin).then(([first]) => first === location.origin)`)).toBe(
      true,
    );
    expect(await app.told('did-finish-load')).toEqual(['example://ui/index.html']);
    expect(await app.run(`example.invoke('who')`)).toMatchObject({ main: true, url: `${origin}/index.html` });
  });

  it('delivers what main sends', async () => {
    const ticks = await app.run<{ at: string }[]>(
      'example.ticks().map(({ at, bytes }) => ({ at, bytes: [...bytes] }))',
    );
    expect(ticks).toEqual([{ at: await app.run('location.origin'), bytes: [7] }]);
  });

  it('throws by name for what it has not', async () => {
    expect(Object.fromEntries(await app.run<[string, string][]>(`example.invoke('missing')`))).toEqual({
      app: 'the Electron stand-in has no app.getFileIcon',
      window: 'the Electron stand-in has no BrowserWindow.setOpacity',
      contents: 'the Electron stand-in has no webContents.capturePage',
      static: 'the Electron stand-in has no BrowserWindow.addExtension',
      event: "the Electron stand-in has no event 'no-such-event' on app",
      module: 'the Electron stand-in has no session.cookies',
    });
  });
});
