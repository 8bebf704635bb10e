import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockdown } from '#test/fakes/lockdown.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

async function madeUpRoot(): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'etc'));
  await writeFile(
    join(root, 'etc/passwd'),
    'staff:x:1:1::/home/staff:/bin/sh\nodd:x:2:2::/home/o dd:/bin/sh\nlow:x:3:3::/:/bin/sh\n',
  );
  return root;
}

test.each([
  ['nothing', []],
  ['two actions', ['apply', 'remove']],
  ['a part that is none', ['apply', 'printer']],
  ['an option that is none', ['check', '--force']],
  ['an option without its value', ['check', '--root']],
  ['a path without a gateway', ['apply', 'path']],
  ['a storage without an account', ['apply', 'storage']],
  ['a gateway without a port', ['apply', 'path', '--gateway', '10.0.0.1']],
  ['a port that is none', ['apply', 'path', '--gateway', '10.0.0.1:70000']],
  ['a port that reads as another', ['apply', 'path', '--gateway', '10.0.0.1:0443']],
  ['an IPv6 gateway without brackets', ['apply', 'path', '--gateway', 'fd00::1:443']],
  ['a gateway that is a rule', ['apply', 'path', '--gateway', '0.0.0.0/0 accept #:443']],
  ['a gateway of two lines', ['apply', 'path', '--gateway', 'a\nb:443']],
  ['a gateway that is a command', ['apply', 'path', '--gateway', '$(reboot):443']],
  ['an enrolment port of no host', ['apply', 'path', '--gateway', '10.0.0.1:443', '--enrol', ':444']],
  ['a resolver by name', ['apply', 'path', '--gateway', '10.0.0.1:443', '--dns', 'resolver']],
  ['a resolver with too much in it', ['apply', 'path', '--gateway', '10.0.0.1:443', '--dns', '10.0.0.256']],
  ['an account that is a path', ['apply', 'storage', '--account', '../staff']],
  ['an account that is not there', ['apply', 'storage', '--account', 'nobody-here']],
  ['a home with a blank', ['apply', 'storage', '--account', 'odd']],
  ['a home that is the whole disk', ['apply', 'storage', '--account', 'low']],
])('is refused as a usage error, and nothing is written: %s', async (_, args) => {
  const root = await madeUpRoot();
  const { code, stderr } = await lockdown(['--root', root, ...args]);
  expect(stderr).toMatch(/^hanare-lockdown: /);
  expect(code).toBe(2);
  expect(await readdir(join(root, 'etc'))).toEqual(['passwd']);
});

test('a relative root is refused, and one that is not there', async () => {
  expect(await lockdown(['check', '--root', 'etc'])).toMatchObject({ code: 2 });
  expect(await lockdown(['check', '--root', '/nowhere/at/all'])).toMatchObject({ code: 2 });
});

test('what was remembered is checked like what is typed', async () => {
  const root = await madeUpRoot();
  await mkdir(join(root, 'etc/hanare'));
  await writeFile(join(root, 'etc/hanare/lockdown.conf'), 'gateway=$(touch /tmp/hanare-owned):443\n');
  expect(await lockdown(['apply', 'path', '--root', root])).toMatchObject({ code: 2 });
});

test('changing the system needs an administrator, looking at it does not', async () => {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  for (const action of ['apply', 'remove'])
    expect(await lockdown([action, 'usb'], nobody)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('administrator'),
    });
  // Of this very system, which nobody has set up.
  expect(await lockdown(['check', 'usb'], nobody)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('set: no'),
  });
});

test('help names every option', async () => {
  const { code, stdout } = await lockdown(['--help']);
  expect(code).toBe(0);
  for (const option of ['--gateway', '--enrol', '--dns', '--account', '--dry-run', '--json', '--root'])
    expect(stdout).toContain(option);
});

test('on the real system only its own programs are run, whatever PATH says', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'grep'), '#!/bin/sh\necho taken\n');
  await chmod(join(folder, 'grep'), 0o755);
  const { stdout } = await lockdown(['check', 'usb'], { env: { PATH: `${folder}:${process.env.PATH}` } });
  expect(stdout).not.toContain('taken');
});
