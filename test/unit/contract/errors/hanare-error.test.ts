import { describe, expect, it } from 'vitest';
import { errorNames } from '#contract/errors/catalogue.ts';
import { fromFailure, HanareError, toFailure } from '#contract/errors/hanare-error.ts';

describe('an expected failure', () => {
  it('carries its code and name in the message, for logs', () => {
    expect(new HanareError('clockWrong', { seconds: 95 })).toMatchObject({
      name: 'HanareError',
      message: '2107 clockWrong',
      reason: 'clockWrong',
      details: { seconds: 95 },
    });
  });

  it('keeps what caused it when there was something', () => {
    const cause = new Error('ECONNRESET');
    expect(new HanareError('connectionLost', {}, { cause }).cause).toBe(cause);
    expect('cause' in new HanareError('connectionLost')).toBe(false);
  });

  it.each(errorNames)('comes back as it was when %s crosses a process boundary', (reason) => {
    const failure = toFailure(new HanareError(reason, { host: 'gw', port: 443, again: true }));
    const crossed = fromFailure(JSON.parse(JSON.stringify(failure)));
    expect(crossed).toBeInstanceOf(HanareError);
    expect(toFailure(crossed)).toEqual({ reason, details: { host: 'gw', port: 443, again: true } });
  });

  it('does not take its cause along when it crosses', () => {
    const failure = toFailure(new HanareError('internal', {}, { cause: new Error('secret path') }));
    expect(JSON.stringify(failure)).not.toContain('secret');
  });
});

describe('anything else that is thrown', () => {
  it.each([
    ['an error', new Error('password: hunter2')],
    ['a look-alike', { reason: 'clockWrong', details: {} }],
    ['text', 'clockWrong'],
    ['nothing', undefined],
    ['null', null],
  ])('becomes internal, with nothing of its own, when it is %s', (_, thrown) => {
    expect(toFailure(thrown)).toEqual({ reason: 'internal', details: {} });
  });
});
