import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceFileSchema } from '#contract/device/device-file.ts';
import { createProgram, runCli } from '#gateway/cli/program.ts';

describe('hanare-gateway', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'hanare-cli-'));
  const run = async (line: string | readonly string[], env: Record<string, string> = {}) => {
    const out: string[] = [];
    const err: string[] = [];
    const argv = typeof line === 'string' ? line.split(' ') : line;
    const code = await runCli(argv, {
      output: { out: (text) => out.push(text), err: (text) => err.push(text) },
      ...{ now: Date.now, env, cwd, stopped: () => Promise.resolve() },
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const ok = async (line: string | readonly string[]) => {
    const result = await run(line);
    expect(result, JSON.stringify(line)).toMatchObject({ code: 0, err: '' });
    return result.out;
  };
  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test --host 192.0.2.1');
    await ok(['user', 'add', 'yamada', '--name', '山田 花子']);
    await ok('desk add pc-1 --name Desk --protocol vnc --address [::1]:5901');
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('explains every command with an example', async () => {
    const program = createProgram({
      output: { out: () => undefined, err: () => undefined },
      ...{ now: Date.now, env: {}, cwd, stopped: () => Promise.resolve() },
    });
    const leaves = program.commands.flatMap((command) =>
      command.commands.length === 0 ? [[command.name()]] : command.commands.map((sub) => [command.name(), sub.name()]),
    );
    expect(leaves).toHaveLength(14);
    for (const leaf of leaves) {
      const { code, out, err } = await run([...leaf, '--help']);
      expect([code, err], leaf.join(' ')).toEqual([0, '']);
      expect(out).toContain(
        `$ hanare-gateway ${leaf.join(' ').replace('serve', '--data /var/lib/hanare-gateway serve')}`,
      );
    }
    expect((await run('--help')).out).toContain('Exit codes');
  });

  it('tells usage, refusal and a missing site apart by exit code', async () => {
    expect((await run('frobnicate')).code).toBe(2);
    expect((await run('user add yamada')).code).toBe(2);
    expect((await run('user add -- -x --name y')).code).toBe(2);
    expect((await run('desk add d --name D --protocol telnet --address a:1')).code).toBe(2);
    expect((await run('init --site x')).code).toBe(2);
    expect(await run('user add yamada --name other')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^hanare-gateway: There is already a user "yamada"/),
    });
    expect(await run('init --site x --host y')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing was changed'),
    });
    expect((await run('desk assign pc-1 nobody')).code).toBe(1);
    expect((await run('session end abc')).code).toBe(1);
    expect((await run('--data elsewhere user list')).code).toBe(3);
    expect((await run('--data elsewhere serve')).code).toBe(3);
  });

  it('takes the data folder from the option before the environment', async () => {
    expect((await run('user list', { HANARE_GATEWAY_DATA: 'elsewhere' })).code).toBe(3);
    expect((await run('user list --data hanare-gateway', { HANARE_GATEWAY_DATA: 'elsewhere' })).code).toBe(0);
  });

  it('shows tables to people and JSON to machines, errors too', async () => {
    expect(await ok('user list')).toMatch(/^ID +NAME +STATUS +ADDED\nyamada +山田 花子 +active /);
    expect(JSON.parse(await ok('--json user list')).users).toMatchObject([{ id: 'yamada', name: '山田 花子' }]);
    expect(JSON.parse(await ok('desk list --json')).desks).toMatchObject([
      { id: 'pc-1', host: '::1', port: 5901, users: [] },
    ]);
    const refused = await run('--json session end abc');
    expect(JSON.parse(refused.err)).toEqual({ error: { exitCode: 1, message: 'There is no session "abc".' } });
  });

  it('assigns and unassigns, and says when it was so already', async () => {
    expect(await ok('desk assign pc-1 yamada')).toContain('From now on');
    expect(await ok('desk assign pc-1 yamada')).toContain('so already');
    expect(JSON.parse(await ok('desk unassign pc-1 yamada --json'))).toMatchObject({ assigned: false, changed: true });
    await ok('desk assign pc-1 yamada');
  });

  it('issues a device file for its owner alone, once', async () => {
    const issue = ['device', 'issue', '--user', 'yamada', '--label', 'Laptop 7', '--id', 'l7', '--out', 'l7.json'];
    await ok([...issue, '--gateway-host', '10.0.0.9', '--gateway-port', '9443', '--days', '3']);
    const path = join(cwd, 'l7.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(v.parse(deviceFileSchema, JSON.parse(text))).toMatchObject({
      ...{ gateway: { host: '10.0.0.9', port: 9443 }, device: { id: 'l7', label: 'Laptop 7' } },
      ...{ user: { id: 'yamada' }, desk: { id: 'pc-1', name: 'Desk', protocol: 'vnc' } },
    });
    expect((await run(issue)).code).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe(text);
    // A refused issue leaves no file and no device.
    expect((await run([...issue.slice(0, -1), 'other.json'])).err).toContain('already a device "l7"');
    expect((await run('device issue --user nobody --label x --out nobody.json')).code).toBe(1);
    expect(() => statSync(join(cwd, 'other.json'))).toThrow();
    expect(() => statSync(join(cwd, 'nobody.json'))).toThrow();
    const { devices } = JSON.parse(await ok('device list --json'));
    expect(devices).toHaveLength(1);
    expect(devices[0].expires - Date.now()).toBeLessThan(3 * 86_400_000);
    expect(await ok('device revoke l7')).toContain('is revoked now');
    expect(await ok('device restore l7')).toContain('is active now');
  });

  it('says nobody is connected when there are no sessions', async () => {
    expect(await ok('session list')).toBe('Nobody is connected.');
    expect(JSON.parse(await ok('session list --json --all'))).toEqual({ sessions: [] });
  });
});
