import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/*
 * The system's part for Windows, run by the cmd.exe and reg.exe of wine against its registry. What Windows does with the
 * values, only Windows shows: docs/verification.md.
 */
const script = fileURLToPath(new URL('../../../build/kitting/windows/hanare-lockdown.cmd', import.meta.url));
const gateway = ['--gateway', '10.1.2.3:8443'];
const usbStor = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\USBSTOR';
const firewallRules = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules';

/** All that wine writes lies in it: its registry, and what it leaves in the temporary folder. */
let folder: string;
const wineEnv = () => ({
  ...process.env,
  WINEPREFIX: join(folder, 'prefix'),
  TMPDIR: folder,
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'mscoree,mshtml=',
  DISPLAY: '',
});
const wine = (...args: string[]): Promise<{ code: number; lines: string[] }> =>
  new Promise((resolve, reject) => {
    execFile('wine', args, { env: wineEnv(), timeout: 150_000 }, (error, stdout) => {
      if (error && typeof error.code !== 'number') reject(error);
      else
        resolve({ code: Number(error?.code ?? 0), lines: stdout.split(/\r?\n/).filter((line) => line.trim() !== '') });
    });
  });
const lockdown = (...args: string[]) => wine('cmd', '/c', script, ...args);
/** Everything below a key, without what the script keeps for itself. */
const dump = async (key: string) =>
  (await wine('reg', 'query', key, '/s')).lines.filter((line) => line.startsWith('    '));
const first = (lines: readonly string[]) => new Set(lines.map((line) => line.split(':')[0]));

/** Each value is a program started under wine: half a minute for all of them where the machine is busy. */
const patienceMs = 180_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanare-wine-'));
  await wine('cmd', '/c', 'exit');
}, patienceMs);
afterAll(async () => {
  await new Promise((resolve) => execFile('wineserver', ['-k', '-w'], { env: wineEnv() }, resolve));
  await rm(folder, { recursive: true, force: true });
}, patienceMs);
beforeEach(async () => {
  await lockdown('remove');
  await wine('reg', 'add', usbStor, '/v', 'Start', '/t', 'REG_DWORD', '/d', '3', '/f');
}, patienceMs);

describe('the system’s part for Windows', { timeout: patienceMs }, () => {
  it('is set by apply, seen by check, and set only once', async () => {
    expect(await lockdown('check')).toMatchObject({ code: 1 });
    const done = await lockdown('apply', ...gateway);
    expect(done.code).toBe(0);
    expect(first(done.lines)).toEqual(new Set(['done']));
    const checked = await lockdown('check');
    expect(checked.code).toBe(0);
    expect(first(checked.lines)).toEqual(new Set(['set']));
    const again = await lockdown('apply', ...gateway);
    expect(again.code).toBe(0);
    expect(first(again.lines)).toEqual(new Set(['same']));
  });

  it('gives back exactly what was there, though it was applied twice', async () => {
    await wine(
      'reg',
      'add',
      firewallRules,
      '/v',
      'Ours',
      '/t',
      'REG_SZ',
      '/d',
      'v2.30|Action=Block|Name=a b; c|',
      '/f',
    );
    const before = [
      ...(await dump('HKLM\\SOFTWARE\\Policies')),
      ...(await dump('HKLM\\SYSTEM\\CurrentControlSet\\Services')),
    ];
    await lockdown('apply', ...gateway);
    await lockdown('apply', '--gateway', '10.9.9.9:443', '--dns', '10.1.2.53');
    expect((await lockdown('remove')).code).toBe(0);
    const after = [
      ...(await dump('HKLM\\SOFTWARE\\Policies')),
      ...(await dump('HKLM\\SYSTEM\\CurrentControlSet\\Services')),
    ];
    expect(after).toEqual(before);
    expect((await wine('reg', 'query', usbStor, '/v', 'Start')).lines.join()).toContain('0x3');
    expect(await lockdown('remove')).toEqual({ code: 0, lines: [] });
  });

  it('touches one part alone', async () => {
    await lockdown('apply', 'usb');
    expect((await lockdown('check', 'usb')).code).toBe(0);
    const others = await lockdown('check', 'storage', 'path');
    expect(first(others.lines)).toEqual(new Set(['missing']));
  });

  it('changes nothing in a dry run, and says what it would change', async () => {
    const before = await dump('HKLM\\SOFTWARE\\Policies');
    const would = await lockdown('apply', ...gateway, '--dry-run');
    expect(would.code).toBe(0);
    expect(first(would.lines)).toEqual(new Set(['would']));
    expect(await dump('HKLM\\SOFTWARE\\Policies')).toEqual(before);
    const kept = (await wine('reg', 'query', 'HKLM\\SOFTWARE\\Hanare', '/s')).lines;
    expect(kept.join('\n')).not.toContain(';');
  });

  it('tells when one value was changed behind its back', async () => {
    await lockdown('apply', 'usb');
    await wine('reg', 'add', usbStor, '/v', 'Start', '/t', 'REG_DWORD', '/d', '3', '/f');
    const checked = await lockdown('check', 'usb');
    expect(checked.code).toBe(1);
    expect(checked.lines.filter((line) => line.startsWith('missing'))).toEqual([
      'missing: usb HKLM\\SYSTEM\\CurrentControlSet\\Services\\USBSTOR Start',
    ]);
  });

  it('opens the firewall to the gateway and to what it is told, by address', async () => {
    const ways = ['--gateway', '[2001:db8::7]:8443', '--enrol', '10.1.2.3:8444', '--dns', '10.1.2.53'];
    expect((await lockdown('apply', 'path', ...ways)).code).toBe(0);
    const rules = (await dump(firewallRules)).join('\n');
    expect(rules).toContain('Protocol=6|RPort=8443|RA6=2001:db8::7|');
    expect(rules).toContain('Protocol=6|RPort=8444|RA4=10.1.2.3|');
    expect(rules).toContain('Protocol=17|RPort=53|RA4=10.1.2.53|');
    expect(rules.match(/Action=Allow/g)).toHaveLength(7);
  });

  it.each([
    [['apply', 'path']],
    [['apply', 'path', '--gateway', 'gateway.example:8443']],
    [['apply', 'path', '--gateway', '10.1.2.3']],
    [['apply', 'path', '--gateway', '10.1.2.3:0']],
    [['apply', 'path', '--gateway', '10.1.2.3:70000']],
    [['apply', 'path', ...gateway, '--dns', 'resolver']],
    [['apply', 'path', ...gateway, '--enrol', 'x']],
    [['apply', 'everything']],
    [['enforce']],
    [[]],
  ])('is left alone when the words are wrong: %s', async (args) => {
    const before = await dump('HKLM\\SOFTWARE\\Policies');
    expect((await lockdown(...args)).code).toBe(2);
    expect(await dump('HKLM\\SOFTWARE\\Policies')).toEqual(before);
  });

  it('speaks to machines in JSON, a line each', async () => {
    const { lines } = await lockdown('check', 'usb', '--json');
    const rows = lines.map((line) => JSON.parse(line) as { is: string; key: string });
    expect(rows.every((row) => row.is === 'missing' && row.key.startsWith('HKLM\\'))).toBe(true);
    const table = await readFile(new URL('../../../build/kitting/windows/registry.txt', import.meta.url), 'utf8');
    expect(rows).toHaveLength(table.split(/\r?\n/).filter((line) => line.startsWith('usb;')).length);
  });
});
