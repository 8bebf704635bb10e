import { describe, expect, it } from 'vitest';
import { readFailure, sayFailure } from '#renderer/app/failure.ts';
import { rejection } from '#test/fakes/fake-bridge.ts';

const internal = { reason: 'internal', details: {} };

describe('readFailure', () => {
  it('reads back what preload put into the message', () => {
    const failure = { reason: 'gatewayTimeout', details: { host: 'gw.example', port: 443, proxy: false } } as const;
    expect(readFailure(rejection(failure))).toEqual(failure);
  });

  it('takes missing details for none', () => {
    expect(readFailure(new Error('{"reason":"deskDown"}'))).toEqual({ reason: 'deskDown', details: {} });
  });

  it.each([
    ['a sentence', new Error('something broke')],
    ['a reason that the catalogue does not have', new Error('{"reason":"constructor","details":{}}')],
    ['details that are not plain values', new Error('{"reason":"deskDown","details":{"a":{"b":1}}}')],
    ['JSON that is no object', new Error('null')],
    ['no Error at all', '{"reason":"deskDown"}'],
    ['nothing', undefined],
  ])('gives an internal failure for %s', (_, thrown) => {
    expect(readFailure(thrown)).toEqual(internal);
  });
});

describe('sayFailure', () => {
  it.each([
    ['ja', '11/24 08:30', '次に使えるのは 11月24日 08:30 からです。'],
    ['en', '02/29 13:00', 'You can use it again from Feb 29 13:00.'],
    ['ja', '–', '次に使えるのは – からです。'],
  ] as const)('says in %s when the hours begin: %s', (language, opens, said) => {
    expect(sayFailure({ reason: 'outsideHours', details: { opens } }, language).cause).toBe(said);
  });

  it('names the USB storage that was found', () => {
    const said = sayFailure({ reason: 'usbStorageFound', details: { device: 'Cruzer' } }, 'ja');
    expect(said.cause).toBe('「Cruzer」が見つかりました。規則で使えません。');
  });
});
