import { describe, expect, it } from 'vitest';
import { parseScreenEvent } from '#renderer/features/desk/screen-events.ts';
import type { ScreenEvent } from '#renderer/screen/api.ts';

const figures = { width: 800, height: 600, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };

const good: readonly ScreenEvent[] = [
  { type: 'opened', name: '総務課', width: 1920, height: 1080 },
  { type: 'resized', width: 1, height: 1 },
  { type: 'challenge', challenge: new Uint8Array(16) },
  { type: 'firstPicture', figures },
  { type: 'figures', figures },
  { type: 'leave' },
  { type: 'hide' },
  { type: 'closed' },
  { type: 'closed', failure: { reason: 'screenProtocolError', details: { problem: 'rectangle outside' } } },
  { type: 'closed', failure: { reason: 'deskPasswordWrong', details: {} } },
  { type: 'closed', failure: { reason: 'internal', details: {} } },
];

describe('parseScreenEvent', () => {
  it.each(good)('reads %j', (event) => {
    expect(parseScreenEvent(event)).toEqual(event);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a string', 'closed'],
    ['an unknown type', { type: 'navigate', url: 'https://example.com' }],
    ['a challenge of another length', { type: 'challenge', challenge: new Uint8Array(17) }],
    ['a challenge that is no bytes', { type: 'challenge', challenge: 'a'.repeat(16) }],
    ['an absurd size', { type: 'opened', name: '', width: 1e9, height: 1 }],
    ['figures that are not numbers', { type: 'figures', figures: { ...figures, fps: Number.NaN } }],
    ['figures with more in them', { type: 'figures', figures: { ...figures, keys: 'typed text' } }],
    ['a reason of the gateway', { type: 'closed', failure: { reason: 'deviceRevoked', details: {} } }],
    ['a reason of the sign-in', { type: 'closed', failure: { reason: 'signInRefused', details: {} } }],
    ['a long detail', { type: 'closed', failure: { reason: 'screenCrashed', details: { a: 'x'.repeat(201) } } }],
    [
      'many details',
      {
        type: 'closed',
        failure: { reason: 'screenCrashed', details: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, i])) },
      },
    ],
  ])('refuses %s', (_, data) => {
    expect(parseScreenEvent(data)).toBeNull();
  });
});
