import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { killingPrograms, lockdown, snapshot } from '../../fakes/lockdown.ts';

/* The kitting script below a made-up root. What needs the running system is in verification.md. */

let folder: string;
let root: string;
const options = ['--gateway', '10.0.0.9:443', '--account', 'staff'];
const run = (action: string, ...more: string[]) => lockdown([action, '--root', root, ...more]);

async function put(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text, { mode });
}
/** With owners and times, which Node's own cp does not keep. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);
const read = (path: string) => readFile(join(root, path), 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanare-kitting-'));
  root = join(folder, 'root');
  await put('etc/passwd', 'root:x:0:0::/root:/bin/sh\nstaff:x:12345:12346:,,,:/home/staff:/bin/bash\n');
  // No newline at the end, a line for one of our places, and bytes that are no UTF-8.
  await put('etc/fstab', '# \xe9\n/dev/sda1 / ext4 defaults 0 1\ntmpfs /tmp tmpfs size=1G 0 0', 0o640);
  await put('etc/hosts', '127.0.0.1 localhost\n\n\n');
  // Somebody's own file in the place of ours.
  await put('etc/modprobe.d/hanare-usb-storage.conf', 'options usb-storage quirks=1\n', 0o600);
  await mkdir(join(root, 'home/staff'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('apply', () => {
  test('sets all three parts, and a second time changes nothing', async () => {
    expect(await run('apply', ...options)).toMatchObject({ code: 0, stderr: '' });
    const first = await snapshot(root, { times: true });
    const again = await run('apply');
    expect(again).toMatchObject({ code: 0, stdout: 'nothing to change\n' });
    expect(await snapshot(root, { times: true })).toEqual(first);
    const { parts } = JSON.parse((await run('check', '--json')).stdout);
    expect(parts.map(({ part, set }: { part: string; set: string }) => [part, set])).toEqual([
      ['usb', 'yes'],
      ['storage', 'yes'],
      ['path', 'yes'],
    ]);
  });

  test('switches off a line of fstab that would win over ours, and keeps the others', async () => {
    await run('apply', ...options);
    const fstab = await read('etc/fstab');
    expect(fstab).toContain('\n/dev/sda1 / ext4 defaults 0 1\n# hanare-off: tmpfs /tmp tmpfs size=1G 0 0\n');
    expect(fstab).toContain('\ntmpfs /home/staff tmpfs mode=0700,uid=12345,gid=12346,');
    expect(fstab.split('\n').filter((line) => line.endsWith('# hanare'))).toHaveLength(5);
  });

  test('takes along what the account has of the app, and remove leaves that where it is', async () => {
    await put('home/staff/.config/Hanare/vault', 'sealed', 0o600);
    await run('apply', ...options);
    expect(await read('var/lib/hanare/staff/app/vault')).toBe('sealed');
    expect(await run('remove')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('kept /var/lib/hanare/staff/app'),
    });
    expect(await read('var/lib/hanare/staff/app/vault')).toBe('sealed');
    await run('apply', ...options);
    expect(await read('var/lib/hanare/staff/app/vault')).toBe('sealed');
  });

  test.each([
    ['the app’s folder itself', 'home/staff/.config/Hanare', 'home/admin/.config/Hanare'],
    ['a folder on the way', 'home/staff/.local/share', 'home/admin/.local/share'],
  ])('copies nobody else’s files for the account, to which it has made a link: %s', async (_, link, target) => {
    await put('home/admin/.config/Hanare/vault', 'of somebody else', 0o600);
    await put('home/admin/.local/share/keyrings/login.keyring', 'of somebody else', 0o600);
    await mkdir(dirname(join(root, link)), { recursive: true });
    await rm(join(root, link), { recursive: true, force: true });
    await symlink(join(root, target), join(root, link));
    const before = await snapshot(root);
    expect(await run('apply', ...options)).toMatchObject({ code: 1, stderr: expect.stringContaining('link') });
    expect(await snapshot(root)).toEqual(before);
  });

  test('pins the name of a gateway to its addresses', async () => {
    await run('apply', 'path', '--gateway', 'localhost:8443');
    expect(await read('etc/hanare/path.nft')).toContain('ip daddr 127.0.0.1 tcp dport 8443 accept\n');
    expect(await read('etc/hosts')).toContain('\n127.0.0.1 localhost # hanare\n');
    // Told another gateway, the old pin goes.
    await run('apply', 'path', '--gateway', '10.0.0.9:443');
    expect(await read('etc/hosts')).not.toContain('hanare');
  });

  test('opens what it is told to, and rejects the rest', async () => {
    await run(
      'apply',
      'path',
      '--gateway',
      '10.0.0.9:443',
      '--enrol',
      '[fd00::9]:444',
      '--dns',
      '10.0.0.53',
      '--dns',
      'fd00::53',
    );
    const rules = await read('etc/hanare/path.nft');
    for (const line of [
      'ip daddr 10.0.0.9 tcp dport 443 accept',
      'ip6 daddr fd00::9 tcp dport 444 accept',
      'ip daddr 10.0.0.53 meta l4proto { tcp, udp } th dport 53 accept',
      'ip6 daddr fd00::53 meta l4proto { tcp, udp } th dport 53 accept',
      'reject with icmpx admin-prohibited',
    ])
      expect(rules).toContain(`    ${line}\n`);
    expect(rules.match(/ accept$/gm)).toHaveLength(9);
  });

  test('writes a rule for USBGuard only where USBGuard is', async () => {
    await run('apply', 'usb');
    await expect(read('etc/usbguard/rules.d/50-hanare.conf')).rejects.toThrow('ENOENT');
    await mkdir(join(root, 'etc/usbguard'));
    await run('apply', 'usb');
    expect(await read('etc/usbguard/rules.d/50-hanare.conf')).toBe('reject with-interface one-of { 08:*:* 06:*:* }\n');
  });
});

describe('remove', () => {
  test('restores everything byte for byte, with modes and times', async () => {
    const before = await snapshot(root, { times: true });
    await run('apply', ...options, '--dns', '10.0.0.53');
    expect(await run('remove')).toMatchObject({ code: 0, stderr: '' });
    expect(await snapshot(root, { times: true })).toEqual(before);
    expect(await run('remove')).toMatchObject({ code: 0, stdout: 'nothing to change\n' });
  });

  test('undoes one part and leaves the others', async () => {
    await run('apply', 'storage', 'path', ...options);
    const others = await snapshot(join(root, 'etc'));
    await run('apply', 'usb');
    await run('remove', 'usb');
    const left = await snapshot(join(root, 'etc'));
    for (const each of [others, left]) delete each['hanare/saved/folders'];
    expect(left).toEqual(others);
  });

  test('keeps what somebody else has written into fstab meanwhile', async () => {
    await run('apply', ...options);
    await put('etc/fstab', `${await read('etc/fstab')}/dev/sdb1 /data ext4 ro 0 2\n`);
    // Applied again it is part of what was there before.
    await run('apply', '--gateway', '10.0.0.8:443');
    await run('remove');
    expect((await read('etc/fstab')).split('\n').slice(1)).toEqual([
      '/dev/sda1 / ext4 defaults 0 1',
      'tmpfs /tmp tmpfs size=1G 0 0',
      '/dev/sdb1 /data ext4 ro 0 2',
      '',
    ]);
  });
});

describe('when the power goes at any step', () => {
  /** Runs `work` once for each step, killed there, on a fresh copy of the root; then `after` it. */
  async function atEachStep(work: readonly string[], after: (step: number) => Promise<void>): Promise<number> {
    const environment = await killingPrograms(join(folder, 'programs'));
    const prepared = join(folder, 'prepared');
    await copy(root, prepared);
    for (let step = 1; ; step += 1) {
      await rm(root, { recursive: true });
      await copy(prepared, root);
      const { code } = await lockdown([...work, '--root', root], { env: await environment(step) });
      if (code !== null) {
        expect(code).toBe(0);
        return step;
      }
      await after(step);
    }
  }

  test('of apply, remove restores everything and apply completes it', async () => {
    const before = await snapshot(root);
    await run('apply', ...options);
    const whole = await snapshot(root);
    await run('remove');
    expect(await snapshot(root)).toEqual(before);
    const steps = await atEachStep(['apply', ...options], async (step) => {
      const broken = join(folder, 'broken');
      if (step % 4 === 0) await copy(root, broken);
      expect(await run('remove')).toMatchObject({ code: 0, stderr: '' });
      expect([step, await snapshot(root)]).toEqual([step, before]);
      // Completing takes long and differs less from step to step: every fourth.
      if (step % 4 !== 0) return;
      await rm(root, { recursive: true });
      await rename(broken, root);
      expect(await run('apply', ...options)).toMatchObject({ code: 0, stderr: '' });
      const completed = await snapshot(root);
      for (const each of [completed, whole]) delete each['etc/hanare/saved/folders'];
      expect([step, completed]).toEqual([step, whole]);
    });
    expect(steps).toBeGreaterThan(40);
  }, 240_000);

  test.each([
    ['remove', ['remove'], 20],
    ['an apply for another gateway', ['apply', '--gateway', 'localhost:443'], 10],
  ])(
    'of %s, remove restores everything',
    async (_, work, least) => {
      const before = await snapshot(root);
      await run('apply', ...options);
      const steps = await atEachStep(work, async (step) => {
        expect(await run('remove')).toMatchObject({ code: 0, stderr: '' });
        expect([step, await snapshot(root)]).toEqual([step, before]);
      });
      expect(steps).toBeGreaterThan(least);
    },
    240_000,
  );
});

describe('check', () => {
  const mounts = (...lines: string[]) =>
    put('proc/self/mountinfo', `${['1 0 8:1 / / rw - ext4 /dev/sda1 rw', ...lines].join('\n')}\n`);
  const tmpfs = (at: string) => `30 1 0:30 / ${at} rw,nosuid shared:5 - tmpfs tmpfs rw`;
  const part = async (name: string) => {
    const { code, stdout } = await run('check', name, '--json');
    const [{ set, effective, detail }] = JSON.parse(stdout).parts;
    return { code, set, effective, detail };
  };

  test('says which of set and effective is missing', async () => {
    expect(await part('usb')).toMatchObject({ code: 1, set: 'no', effective: 'yes' });
    await run('apply', ...options);
    expect(await part('usb')).toMatchObject({ code: 0, set: 'yes', effective: 'yes' });
    await put('proc/modules', 'ext4 1 1 - Live 0x0\nusb_storage 1 0 - Live 0x0\n');
    expect(await part('usb')).toMatchObject({ code: 1, set: 'yes', effective: 'no' });
    await put('proc/modules', 'ext4 1 1 usb_storage - Live 0x0\n');
    expect(await part('usb')).toMatchObject({ code: 0 });
    await mkdir(join(root, 'sys/bus/usb/drivers/uas'), { recursive: true });
    await symlink('../../../../devices/1-2:1.0', join(root, 'sys/bus/usb/drivers/uas/1-2:1.0'));
    expect(await part('usb')).toMatchObject({ code: 1, set: 'yes', effective: 'no' });
  });

  test('finds a line of ours that was changed', async () => {
    await run('apply', ...options);
    await put('etc/fstab', (await read('etc/fstab')).replace('size=25%', 'size=90%'));
    expect(await part('storage')).toMatchObject({ code: 1, set: 'no' });
    await put('etc/udev/rules.d/90-hanare-usb-storage.rules', '# nothing\n');
    expect(await part('usb')).toMatchObject({ code: 1, set: 'no' });
  });

  test.each([
    ['all three on tmpfs', [tmpfs('/home/staff'), tmpfs('/tmp'), tmpfs('/var/tmp')], 'yes'],
    ['one on the disk', [tmpfs('/home/staff'), tmpfs('/tmp')], 'no'],
    [
      'a disk mounted over one',
      [tmpfs('/home/staff'), tmpfs('/tmp'), tmpfs('/var/tmp'), '9 1 8:2 / /tmp rw - ext4 /dev/sda2 rw'],
      'no',
    ],
    [
      'an overlay with its upper part in memory',
      [
        tmpfs('/run'),
        '31 1 0:31 / /home/staff rw - overlay overlay rw,lowerdir=/l,upperdir=/run/up/1,workdir=/w',
        tmpfs('/tmp'),
        tmpfs('/var/tmp'),
      ],
      'yes',
    ],
    [
      'an overlay with its upper part on the disk',
      [
        tmpfs('/run'),
        '31 1 0:31 / /home/staff rw - overlay overlay rw,upperdir=/var/up,workdir=/w',
        tmpfs('/tmp'),
        tmpfs('/var/tmp'),
      ],
      'no',
    ],
  ])('sees whether storage is effective: %s', async (_, lines, effective) => {
    await run('apply', ...options);
    await mounts(...lines);
    expect(await part('storage')).toMatchObject({ set: 'yes', effective, code: effective === 'yes' ? 0 : 1 });
  });
});

test('a dry run changes nothing and prints every change', async () => {
  const before = await snapshot(root, { times: true });
  const { code, stdout } = await run('apply', ...options, '--dry-run');
  expect(code).toBe(0);
  expect(await snapshot(root, { times: true })).toEqual(before);
  for (const line of [
    '+install uas /bin/false',
    '+    reject with icmpx admin-prohibited',
    '-options usb-storage quirks=1',
  ])
    expect(stdout).toContain(`\n${line}\n`);
  const dry = JSON.parse((await run('apply', ...options, '--dry-run', '--json')).stdout);
  const real = JSON.parse((await run('apply', ...options, '--json')).stdout);
  expect(dry).toMatchObject({ action: 'apply', dryRun: true });
  // The same files either way, said as what would be and as what was.
  const files = ({ changes }: { changes: string[] }) => changes.map((change) => change.replace(/^.* /, ''));
  expect(files(dry)).toEqual(files(real));
  const set = await snapshot(root, { times: true });
  await run('remove', '--dry-run');
  expect(await snapshot(root, { times: true })).toEqual(set);
});
