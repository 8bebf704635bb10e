import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { createLogger, type LogFields, type LogLevel } from '#contract/log/logger.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function capture(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const log = createLogger({ sink: (line) => lines.push(line), now: () => 1_800_000_000_000, level, context: 'main' });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> };
}
function logged(fields: LogFields): Record<string, unknown> {
  const { log, last } = capture();
  log.info('tried', fields);
  return last();
}

const privateKey = ['-----BEGIN EC ', 'PRIVATE KEY-----\nAAAA\n-----END EC ', 'PRIVATE KEY-----'].join('');
const token = `eyJ${'hbGciOiJFUzI1NiJ9'}.eyJzdWIiOiJ5In0.c2lnbmF0dXJl`;

describe('a line', () => {
  it('says when, how grave, where and what', () => {
    const { log, lines } = capture();
    log.warn('tunnel failed', { phase: 'signIn' });
    expect(lines).toEqual([
      '{"time":"2027-01-15T08:00:00.000Z","level":"warn","context":"main","message":"tunnel failed","phase":"signIn"}',
    ]);
  });

  it('is one line when a value has several', () => {
    const { log, lines } = capture();
    log.info('tried', { text: 'a\nb\r\n\u2028c' });
    expect(lines[0]).not.toMatch(/[\n\r]/);
  });

  it.each(levels)('is written from its level upwards when the level is %s', (level) => {
    const { log, lines } = capture(level);
    for (const at of levels) log[at]('tried');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(levels.slice(levels.indexOf(level)));
  });

  it('is not written below info when no level is given', () => {
    const lines: string[] = [];
    const log = createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'main' });
    log.debug('tried');
    log.info('tried');
    expect(lines).toHaveLength(1);
  });

  it('says where more exactly, and keeps the fields, when loggers are nested', () => {
    const { log, last } = capture();
    log.with('session', { sid: 's1', n: 1 }).with('tunnel', { n: 2 }).info('tried', { m: 3 });
    expect(last()).toMatchObject({ context: 'main.session.tunnel', sid: 's1', n: 2, m: 3 });
    log.info('tried');
    expect(last()).not.toHaveProperty('sid');
  });

  it('keeps its own time, level, context and message when fields have those names', () => {
    expect(logged({ time: 'never', level: 'error', context: 'x', message: 'forged' })).toMatchObject({
      time: '2027-01-15T08:00:00.000Z',
      level: 'info',
      context: 'main',
      message: 'tried',
    });
  });
});

describe('a secret', () => {
  it.each([
    'password',
    'Passphrase',
    'deskPassword',
    'secret',
    'totpSecret',
    'token',
    'accessToken',
    'authorization',
    'Authorization',
    'privateKey',
    'otp',
    'pin',
    'PIN',
    'nonce',
    'challenge',
    'response',
    'keystrokes',
    'cookie',
  ])('is left out when its field is named %s', (key) => {
    expect(logged({ [key]: 'hunter2' })[key]).toBe('[redacted]');
    expect(JSON.stringify(logged({ outer: [{ [key]: { deep: 'hunter2' } }] }))).not.toContain('hunter2');
  });

  it.each(['shipping', 'spinning', 'reason', 'desk', 'user', 'protocol', 'phase'])(
    'is not suspected when a field is named %s',
    (key) => {
      expect(logged({ [key]: 'plain' })[key]).toBe('plain');
    },
  );

  it.each([
    ['a private key', privateKey],
    ['a PKCS#8 key', privateKey.replaceAll('EC ', '')],
    ['an encrypted key', privateKey.replaceAll('EC ', 'ENCRYPTED ')],
    ['a token', token],
    ['a token among other words', `sent Bearer ${token} to the desk`],
    ['an unsigned token', token.replace(/\.[^.]*$/, '.')],
  ])('is left out when a value holds %s, whatever the field’s name', (_, value) => {
    for (const fields of [{ note: value }, { list: [value] }, { a: { b: { c: value } } }]) {
      const line = JSON.stringify(logged(fields));
      expect(line).toContain('[redacted]');
      expect(line).not.toContain('AAAA');
      expect(line).not.toContain('c2lnbmF0dXJl');
    }
  });

  it('is left out when it is in an error, its cause or its details', () => {
    const cause = Object.assign(new Error(`bad ${token}`), { code: token });
    const error = new HanareError('internal', { note: privateKey, password: 'hunter2' }, { cause });
    const line = JSON.stringify(logged({ error }));
    for (const secret of ['hunter2', 'c2lnbmF0dXJl', 'AAAA']) expect(line).not.toContain(secret);
  });

  it('is left out when a function of the value would have written it', () => {
    const line = JSON.stringify(logged({ value: { toJSON: () => 'hunter2' }, nested: { list: [() => 'hunter2'] } }));
    expect(line).not.toContain('hunter2');
  });

  it('is left out when it is in the fields of the logger itself', () => {
    const { log, last } = capture();
    log.with('x', { token: 'abc' }).info('tried');
    expect(last().token).toBe('[redacted]');
  });
});

describe('bytes', () => {
  it.each([
    ['an array', new Uint8Array([1, 2, 3])],
    ['a view', new DataView(new ArrayBuffer(3))],
    ['a buffer', new Uint8Array(3).buffer],
    ['clamped', new Uint8ClampedArray(3)],
  ])('are counted, never shown, when they are %s', (_, value) => {
    expect(logged({ value, nested: { value } })).toMatchObject({ value: '[3 bytes]', nested: { value: '[3 bytes]' } });
  });

  it('are counted when they are a buffer of Node', () => {
    expect(logged({ value: Buffer.from('hunter2') })).toMatchObject({ value: '[7 bytes]' });
  });
});

describe('an error', () => {
  it('shows name, message and stack when it was not expected', () => {
    const error = logged({ error: new TypeError('broken') }).error as Record<string, string>;
    expect(error).toMatchObject({ name: 'TypeError', message: 'broken' });
    expect(error.stack).toContain('logger.test');
  });

  it('shows reason and details, and no stack, when it was', () => {
    expect(logged({ error: new HanareError('gatewayRefused', { host: 'gw' }) }).error).toEqual({
      name: 'HanareError',
      message: '1102 gatewayRefused',
      reason: 'gatewayRefused',
      details: { host: 'gw' },
    });
  });

  it('shows what caused it when something did', () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(logged({ error: new HanareError('gatewayRefused', {}, { cause }) }).error).toMatchObject({
      cause: { name: 'Error', message: 'connect', code: 'ECONNREFUSED' },
    });
  });

  it.each([
    ['text', 'broken', 'broken'],
    ['null', null, null],
    ['a number', 7, '7'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['an object', { code: 1, token: 'x' }, { code: 1, token: '[redacted]' }],
    ['an object without a prototype', Object.create(null), {}],
  ])('is shown as it is when it is %s', (_, error, shown) => {
    expect(logged({ error }).error).toEqual(shown);
  });

  it('ends somewhere when it caused itself', () => {
    const error = new Error('loop');
    error.cause = new Error('other', { cause: error });
    expect(JSON.stringify(logged({ error }))).toContain('[deep]');
  });
});

describe('a value that is hard to write', () => {
  it('ends somewhere when it contains itself', () => {
    const value: Record<string, unknown> = { name: 'loop' };
    value.self = value;
    value.list = [value];
    expect(JSON.stringify(logged({ value }))).toContain('[deep]');
  });

  it('is shown to a depth of five when it goes deeper', () => {
    expect(logged({ a: { b: { c: { d: { e: 1 } } } } })).toMatchObject({ a: { b: { c: { d: { e: 1 } } } } });
    expect(logged({ a: { b: { c: { d: { e: {} } } } } })).toMatchObject({ a: { b: { c: { d: { e: '[deep]' } } } } });
  });

  it('is written as text when JSON has no form for it', () => {
    const when = new Date('2027-01-15T08:00:00Z');
    expect(logged({ big: 12n, when, never: new Date(Number.NaN), gone: undefined })).toMatchObject({
      big: '12',
      when: '2027-01-15T08:00:00.000Z',
      never: '[no date]',
    });
  });

  it('costs its line the fields, not the message, when reading it throws', () => {
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    expect(logged({ hostile, fine: 1 })).toMatchObject({ level: 'info', message: 'tried', unreadable: true });
  });

  it('never makes the logger throw or write more than one line, whatever it is', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), anything, (fields, error) => {
        const { log, lines } = capture();
        log.error('tried', { ...fields, error });
        expect(lines).toHaveLength(1);
        expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'error', context: 'main', message: 'tried' });
      }),
      { numRuns: 300 },
    );
  });

  it('is counted when a sink fails, by letting the failure through once', () => {
    let tries = 0;
    const log = createLogger({
      sink: () => {
        tries += 1;
        throw new Error('disk full');
      },
      now: () => 0,
      context: 'main',
    });
    expect(() => log.info('tried')).toThrow('disk full');
    expect(tries).toBe(1);
  });
});
