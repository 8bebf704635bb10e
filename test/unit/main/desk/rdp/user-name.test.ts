import { expect, test } from 'vitest';
import { readLogin } from '#main/desk/rdp/user-name.ts';

const password = ' as typed ';

test.each([
  ['yamada', '', 'yamada'],
  ['  yamada ', '', 'yamada'],
  ['山田 花子', '', '山田 花子'],
  ['OFFICE\\yamada', 'OFFICE', 'yamada'],
  ['OFFICE¥yamada', 'OFFICE', 'yamada'],
  ['OFFICE￥yamada', 'OFFICE', 'yamada'],
  ['office.example\\yamada', 'office.example', 'yamada'],
  ['.\\yamada', '', 'yamada'],
  ['yamada@office.example', '', 'yamada@office.example'],
  ['OFFICE\\yamada@home', 'OFFICE', 'yamada@home'],
])('reads %j as domain %j and user %j', (user, domain, name) => {
  expect(readLogin({ user, password })).toEqual({ user: name, domain, password });
});

test.each(['', '  ', 'OFFICE\\', '\\', 'a\\b\\c', 'ya\0mada', 'ya\nmada', `${'x'.repeat(256)}`])(
  'refuses %j, which is nobody’s account',
  (user) => {
    expect(() => readLogin({ user, password })).toThrow(expect.objectContaining({ reason: 'badRequest' }));
  },
);

test('refuses a password when it holds a zero or is too long to be sent', () => {
  for (const wrong of ['a\0b', 'x'.repeat(256)]) {
    expect(() => readLogin({ user: 'u', password: wrong })).toThrow(expect.objectContaining({ reason: 'badRequest' }));
  }
  expect(readLogin({ user: 'u', password: '' }).password).toBe('');
});
