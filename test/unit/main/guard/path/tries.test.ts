import { describe, expect, test } from 'vitest';
import { judgeTcp } from '#main/guard/path/tries.ts';

describe('what a connection fails with', () => {
  test.each([
    ['answered', 'linux', 'leaks'],
    ['silence', 'linux', 'leaks'],
    ['ETIMEDOUT', 'linux', 'leaks'],
    ['EPERM', 'linux', 'blocked'],
    // ICMPv6 "administratively prohibited", from here or from any router on the way.
    ['EACCES', 'linux', 'doubtful'],
    ['ECONNREFUSED', 'linux', 'doubtful'],
    ['EHOSTUNREACH', 'linux', 'doubtful'],
    ['ENETUNREACH', 'linux', 'doubtful'],
    ['EACCES', 'win32', 'blocked'],
    ['ECONNREFUSED', 'win32', 'doubtful'],
    ['silence', 'win32', 'leaks'],
  ] as const)('%s on %s: %s', (code, platform, state) => {
    expect(judgeTcp(code, false, platform).state).toBe(state);
  });

  test('nothing that listens on the laptop itself is no way out', () => {
    expect(judgeTcp('ECONNREFUSED', true, 'linux').state).toBe('blocked');
    expect(judgeTcp('answered', true, 'linux').state).toBe('leaks');
  });

  test('an error that says nothing about the path is thrown', () => {
    expect(() => judgeTcp('EMFILE', false, 'linux')).toThrow(expect.objectContaining({ code: 'EMFILE' }));
  });
});
