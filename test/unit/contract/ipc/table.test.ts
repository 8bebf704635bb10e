import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { errorNames } from '#contract/errors/catalogue.ts';
import { type CallName, calls, eventNames } from '#contract/ipc/table.ts';

const accepts = (name: CallName, args: readonly unknown[]) => v.safeParse(calls[name].args, args).success;

const figures = {
  width: 1920,
  height: 1080,
  frames: 3,
  fps: 60,
  bytes: 9,
  firstPictureMs: 120,
  decodeMs: 1.5,
  presentMs: 2,
};
const challenge = new Uint8Array(16);
const ended = (details: unknown, reason: unknown = 'deskClosed') => [{ type: 'ended', reason, details }];

const good: Readonly<Record<CallName, readonly (readonly unknown[])[]>> = {
  'app.info': [[]],
  'app.quit': [[]],
  'device.status': [[]],
  'device.unlock': [['274951'], ['']],
  'device.lock': [[]],
  'device.lift': [['ABCD-EFGH'], ['']],
  'device.changePin': [['274951', '831604']],
  'enrol.inspect': [[{ typed: 'ABCD', office: null }], [{ typed: '', office: { host: 'gw', port: 8444 } }]],
  'enrol.import': [['']],
  'enrol.run': [[{ accepted: 'a'.repeat(64), pin: '274951', imported: false }]],
  'preferences.get': [[]],
  'preferences.set': [[{ language: 'ja', theme: 'system' }], [{ language: 'en', theme: 'dark' }]],
  'rules.get': [[]],
  'rules.check': [[]],
  'session.state': [[]],
  'session.connect': [[], [undefined], ['desk-0123']],
  'session.disconnect': [[]],
  'session.answerOtp': [[{ kind: 'totp', code: '123 456' }], [{ kind: 'emergency', code: '' }]],
  'session.extend': [
    ['274951', null],
    ['274951', { kind: 'totp', code: '123456' }],
  ],
  'session.login': [[{ user: 'OFFICE\\yamada', password: 'パスワード' }], [{ user: 'x'.repeat(255), password: '' }]],
  'session.answerDesk': [
    [challenge, ''],
    [Buffer.alloc(16), 'パスワード'],
    [challenge, 'x'.repeat(256)],
  ],
  'session.report': [
    [{ type: 'challenge' }],
    [{ type: 'firstPicture', figures }],
    [{ type: 'figures', figures: { ...figures, firstPictureMs: 0 } }],
    ...errorNames.map((name) => ended({}, name)),
    ended({ problem: 'x'.repeat(200), offered: 19, again: true }),
  ],
  'window.setFullScreen': [[true], [false]],
  'window.displays': [[]],
  'window.setAllDisplays': [[true], [false]],
};

const bad: Readonly<Record<CallName, readonly (readonly unknown[])[]>> = {
  'app.info': [[1], [undefined]],
  'app.quit': [['now']],
  'device.status': [[{}]],
  'device.unlock': [[], [274951], ['x'.repeat(129)], ['274951', 'again']],
  'device.lock': [[true]],
  'device.lift': [[], [null], ['x'.repeat(65)]],
  'device.changePin': [['274951'], ['274951', null], ['274951', 'x'.repeat(129)]],
  'enrol.inspect': [
    [],
    ['ABCD'],
    [{ typed: 'ABCD' }],
    [{ typed: 'x'.repeat(501), office: null }],
    [{ typed: 'ABCD', office: { host: 'gw', port: 0 } }],
    [{ typed: 'ABCD', office: { host: '', port: 1 } }],
    [{ typed: 'ABCD', office: { host: 'gw', port: 1, ca: 'x' } }],
    [{ typed: 'ABCD', office: null, fingerprint: 'a'.repeat(64) }],
  ],
  'enrol.import': [[], [null], ['/etc/passwd', 'password'], ['x'.repeat(129)]],
  'enrol.run': [
    [],
    [{ accepted: 'a'.repeat(63), pin: '274951', imported: false }],
    [{ accepted: 'a'.repeat(64), pin: '274951' }],
    [{ accepted: 'a'.repeat(64), pin: 'x'.repeat(129), imported: false }],
    [{ accepted: 'a'.repeat(64), pin: '274951', imported: false, code: 'ABCD' }],
  ],
  'preferences.get': [['language']],
  'preferences.set': [
    [],
    [null],
    [{ language: 'ja' }],
    [{ language: 'fr', theme: 'dark' }],
    [{ language: 'ja', theme: 'pink' }],
    [{ language: 'ja', theme: 'dark', extra: 1 }],
    [{ language: ['ja'], theme: 'dark' }],
    [{ language: 'ja', theme: 'dark' }, 1],
  ],
  'rules.get': [[1]],
  'rules.check': [[true]],
  'session.state': [[null]],
  'session.connect': [[''], [null], [1], ['x'.repeat(65)], [{ host: '192.0.2.1', port: 5900 }], ['desk', '192.0.2.1']],
  'session.disconnect': [[true]],
  'session.answerOtp': [
    [],
    ['123456'],
    [{ kind: 'mail', code: '123456' }],
    [{ kind: 'totp', code: 123456 }],
    [{ kind: 'totp', code: 'x'.repeat(65) }],
    [{ kind: 'totp', code: '123456', secret: 'x' }],
  ],
  'session.extend': [[], ['274951'], [null, null], ['274951', '123456'], ['x'.repeat(129), null]],
  'session.login': [
    [],
    ['yamada', 'x'],
    [{ user: 'yamada' }],
    [{ user: '', password: 'x' }],
    [{ user: 'yamada', password: null }],
    [{ user: 'x'.repeat(256), password: 'x' }],
    [{ user: 'yamada', password: 'x'.repeat(256) }],
    [{ user: 'yamada', password: 'x', domain: 'OFFICE' }],
  ],
  'session.answerDesk': [
    [],
    [challenge],
    [new Uint8Array(15), 'x'],
    [new Uint8Array(17), 'x'],
    [new Uint16Array(16), 'x'],
    [challenge.buffer, 'x'],
    [Array.from(challenge), 'x'],
    [challenge, 7],
    [challenge, 'x'.repeat(257)],
    [challenge, 'x', 'y'],
  ],
  'session.report': [
    [],
    [{}],
    [{ type: 'opened' }],
    [{ type: 'challenge', challenge }],
    [{ type: 'firstPicture' }],
    [{ type: 'firstPicture', figures: {} }],
    [{ type: 'figures', figures: { ...figures, fps: -1 } }],
    [{ type: 'figures', figures: { ...figures, fps: Number.NaN } }],
    [{ type: 'figures', figures: { ...figures, bytes: Number.POSITIVE_INFINITY } }],
    [{ type: 'figures', figures: { ...figures, extra: 1 } }],
    ended({}, 'becauseISaySo'),
    ended({}, 'constructor'),
    ended(undefined),
    ended({ problem: 'x'.repeat(201) }),
    ended({ ['k'.repeat(41)]: 1 }),
    ended({ nested: {} }),
    ended({ none: null }),
    ended(Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, index]))),
  ],
  'window.setFullScreen': [[], [1], ['true'], [true, true]],
  'window.displays': [[1]],
  'window.setAllDisplays': [[], [2], ['all']],
};

describe('the arguments of a call', () => {
  it.each(Object.entries(good) as [CallName, unknown[][]][])('are taken when those of %s are right', (name, list) => {
    for (const args of list) expect(accepts(name, args), JSON.stringify(args)).toBe(true);
  });

  it.each(Object.entries(bad) as [CallName, unknown[][]][])('are refused when those of %s are wrong', (name, list) => {
    for (const args of list) expect(accepts(name, args), JSON.stringify(args)).toBe(false);
  });

  it.each(Object.keys(calls) as CallName[])('are refused when those of %s are no list', (name) => {
    for (const args of [undefined, null, {}, 'x', { length: 0 }]) expect(accepts(name, args as never)).toBe(false);
  });
});

describe('the table', () => {
  it('is tried whole by these tests', () => {
    expect(Object.keys(good).sort()).toEqual(Object.keys(calls).sort());
    expect(Object.keys(bad).sort()).toEqual(Object.keys(calls).sort());
  });

  it('has no call and event of one name', () => {
    for (const name of eventNames) expect(Object.keys(calls)).not.toContain(name);
    expect(new Set(eventNames).size).toBe(eventNames.length);
  });
});
