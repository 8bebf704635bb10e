import { describe, expect, it } from 'vitest';
import { hostAndPort, readDeskAddress } from '#build/demo/desk-address.ts';
import { UsageError } from '#build/demo/usage-error.ts';

describe('a VNC desk', () => {
  it.each([
    ['vnc://127.0.0.1', { host: '127.0.0.1', port: 5900 }],
    ['vnc://127.0.0.1:5999', { host: '127.0.0.1', port: 5999 }],
    ['vnc://[::1]:5901', { host: '::1', port: 5901 }],
    ['vnc://desk', { host: 'desk', port: 5900 }],
  ])('is understood when it is %s', (text, desk) => {
    expect(readDeskAddress(text)).toEqual({ protocol: 'vnc', ...desk });
  });
});

describe('an RDP desk', () => {
  it.each([
    ['rdp://127.0.0.1', { host: '127.0.0.1', port: 3389, user: null, security: 'nla' }],
    ['rdp://hanako@desk:3390', { host: 'desk', port: 3390, user: 'hanako', security: 'nla' }],
    ['rdp://hanako@[::1]?security=tls', { host: '::1', port: 3389, user: 'hanako', security: 'tls' }],
    ['rdp://hanako@desk:3390/?security=nla', { host: 'desk', port: 3390, user: 'hanako', security: 'nla' }],
    ['rdp://CITY%5Chanako@desk', { host: 'desk', port: 3389, user: 'CITY\\hanako', security: 'nla' }],
    ['rdp://hanako%40city.example@desk', { host: 'desk', port: 3389, user: 'hanako@city.example', security: 'nla' }],
    ['rdp://%E8%8A%B1@desk', { host: 'desk', port: 3389, user: '花', security: 'nla' }],
  ])('is understood when it is %s', (text, desk) => {
    expect(readDeskAddress(text)).toEqual({ protocol: 'rdp', ...desk });
  });

  it('is refused when a password is in its address, which is not quoted back', () => {
    const read = () => readDeskAddress('rdp://hanako:himitsu@desk');
    expect(read).toThrow(UsageError);
    expect(read).toThrow(/^(?!.*himitsu).*HANARE_DESK_PASSWORD/);
  });
});

describe('a desk', () => {
  it.each([
    '',
    '127.0.0.1:5900',
    'http://127.0.0.1:5900',
    'vnc:',
    'vnc://',
    'vnc://:5900',
    'vnc://h:0',
    'vnc://h:65536',
    'vnc://h:x',
    'rdp:',
    'rdp://',
    'rdp://user@',
    'rdp://h:0',
    'rdp://%ff@h',
    'rdp://h?security=rdp',
    'rdp://h?security=',
  ])('is refused when it is %j', (text) => {
    expect(() => readDeskAddress(text)).toThrow(UsageError);
  });

  it('is written as the gateway reads it when its address is of IPv6', () => {
    expect(hostAndPort({ host: '::1', port: 3389 })).toBe('[::1]:3389');
    expect(hostAndPort({ host: 'desk', port: 5900 })).toBe('desk:5900');
  });
});
