import { describe, expect, it } from 'vitest';
import { isBelow, mountOf, parseMounts, realPath } from '#main/guard/posture/linux/mounts.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';

describe('mountinfo', () => {
  it('takes a line apart, with any number of optional fields and escaped blanks', () => {
    const text = [
      '22 27 0:21 / /proc rw,relatime - proc proc rw',
      '36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,upperdir=/a\\040b',
    ].join('\n');
    expect(parseMounts(text)).toEqual([
      { device: '0:21', point: '/proc', type: 'proc', options: ['rw'] },
      { device: '98:0', point: '/mnt 2', type: 'ext3', options: ['rw', 'upperdir=/a b'] },
    ]);
  });

  it.each(['', 'x', '22 27 0:21 / /proc rw', '22 27 zero / /proc rw - proc proc rw', '22 27 0:21 / /proc rw -'])(
    'leaves out a line that is none: %j',
    (line) => expect(parseMounts(line)).toEqual([]),
  );

  it('finds the deepest mount, and of those at one place the last', () => {
    const mounts = [{ point: '/' }, { point: '/home', n: 1 }, { point: '/home', n: 2 }, { point: '/homely' }];
    expect(mountOf(mounts, '/home/hanako')).toEqual({ point: '/home', n: 2 });
    expect(mountOf(mounts, '/usr')).toEqual({ point: '/' });
    expect(mountOf([], '/')).toBeNull();
  });

  it('does not take a folder for one whose name begins alike', () => {
    expect([isBelow('/tmp2', '/tmp'), isBelow('/tmp/a', '/tmp'), isBelow('/a', '/')]).toEqual([false, true, true]);
  });
});

describe('a path without links', () => {
  it('follows absolute and relative links in the middle of it', async () => {
    const system = await createFakeSystem({
      links: { '/home': '/var/home', '/var/home/hanako': '../people/./hanako' },
    });
    expect(await realPath(system, '/home/hanako/.config')).toBe('/var/people/hanako/.config');
  });

  it('is null when the links lead in a circle', async () => {
    expect(await realPath(await createFakeSystem({ links: { '/a': 'b', '/b': 'a' } }), '/a/c')).toBeNull();
  });

  it('does not climb above the root', async () => {
    expect(await realPath(await createFakeSystem({ links: { '/a': '../../../etc' } }), '/a')).toBe('/etc');
  });
});
