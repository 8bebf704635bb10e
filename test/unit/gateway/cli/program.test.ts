import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '#gateway/cli/program.ts';
import { testCli } from './run-cli.ts';

describe('hanare-gateway', () => {
  const { run, ok, json, cwd, close } = testCli();
  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test --host 192.0.2.1');
    await ok(['user', 'add', 'yamada', '--name', '山田 花子']);
    await ok('desk add pc-1 --name Desk --protocol vnc --address [::1]:5901');
  });
  afterAll(close);

  it('explains every command with an example', async () => {
    const program = createProgram({
      output: { out: () => undefined, err: () => undefined },
      ...{ now: Date.now, env: {}, cwd, account: 'x', confirm: undefined, stopped: () => Promise.resolve() },
    });
    const leaves = program.commands.flatMap((command) =>
      command.commands.length === 0 ? [[command.name()]] : command.commands.map((sub) => [command.name(), sub.name()]),
    );
    expect(leaves.map((leaf) => leaf.join(' ')).sort()).toEqual([
      ...[
        'audit list',
        'audit verify',
        'ca trust',
        'desk add',
        'desk assign',
        'desk list',
        'desk set',
        'desk unassign',
      ],
      'desk wake',
      ...['device enrol', 'device lease', 'device list', 'device retire', 'device revoke', 'device show'],
      ...['device suspend', 'device unlock', 'group add', 'group list', 'group remove', 'init'],
      ...['policy baseline', 'policy check', 'policy clear', 'policy diff', 'policy set', 'policy show'],
      ...['policy simulate', 'serve', 'session end', 'session list', 'site-file'],
      ...['user add', 'user emergency-codes', 'user list', 'user otp', 'user otp-reset', 'user unlock'],
    ]);
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
    const usage = [
      ...['frobnicate', 'user add yamada', 'user add -- -x --name y', 'init --site x', 'user otp yamada email'],
      ...['desk add d --name D --protocol telnet --address a:1', 'device issue --user yamada --label x --out x'],
      ...[
        'device lease l7',
        'device lease l7 --until tomorrow',
        'device unlock l7 --challenge 1234',
        'device restore l7',
      ],
      ...['device enrol', 'device enrol --user yamada', 'device enrol --label x', 'audit list --last 0'],
      ...['device enrol --again l7 --user yamada', 'device enrol --user yamada --label x --until 2001-01-01'],
      ...['device enrol --user yamada --label x --hours 0', 'serve --replica a/b', 'site-file'],
    ];
    for (const line of usage) expect((await run(line)).code, line).toBe(2);
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
    expect((await run('--data elsewhere device enrol --user a --label b')).code).toBe(3);
  });

  it('says in one sentence that a device or user does not exist', async () => {
    const lines = [
      ...['user unlock ghost', 'user otp ghost prompted', 'user otp-reset ghost', 'user emergency-codes ghost'],
      ...['device show ghost', 'device lease ghost --until none', 'device unlock ghost', 'device suspend ghost'],
      ...['device revoke ghost', 'device retire ghost', 'device enrol --again ghost'],
      'device enrol --user ghost --label x',
    ];
    for (const line of lines) {
      const { code, err } = await run(line);
      expect([code, err], line).toEqual([
        1,
        expect.stringMatching(/^hanare-gateway: There is no (user|device) "ghost"\.$/),
      ]);
    }
  });

  it('takes the data folder from the option before the environment', async () => {
    const env = { HANARE_GATEWAY_DATA: 'elsewhere' };
    expect((await run('user list', { env })).code).toBe(3);
    expect((await run('user list --data hanare-gateway', { env })).code).toBe(0);
  });

  it('shows tables to people and JSON to machines, errors too', async () => {
    expect(await ok('user list')).toMatch(
      /^ID +NAME +STATUS +OTP +LOCKED +ADDED\nyamada +山田 花子 +active +embedded +- /,
    );
    expect((await json('user list')).users).toMatchObject([
      { id: 'yamada', name: '山田 花子', method: 'embedded', locked: false },
    ]);
    expect((await json('desk list')).desks).toMatchObject([{ id: 'pc-1', host: '::1', port: 5901, users: [] }]);
    const refused = await run('--json session end abc');
    expect(JSON.parse(refused.err)).toEqual({ error: { exitCode: 1, message: 'There is no session "abc".' } });
  });

  it.each([
    ['--json frobnicate', "unknown command 'frobnicate'"],
    ['--json user add yamada', "required option '--name <name>' not specified"],
    ['user otp yamada email --json', "command-argument value 'email' is invalid"],
    ['device --json', 'Give a command.'],
  ])('says wrong usage to machines as JSON, too: %s', async (line, message) => {
    const { code, out, err } = await run(line);
    expect([code, out]).toEqual([2, '']);
    const said = JSON.parse(err);
    expect(said).toEqual({ error: { exitCode: 2, message: expect.stringContaining(message) } });
  });

  it('still shows help to whoever asks for it with --json', async () => {
    expect(await run('device --help --json')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Usage'),
      err: '',
    });
  });

  it('assigns and unassigns, and says when it was so already', async () => {
    expect(await ok('desk assign pc-1 yamada')).toContain('From now on');
    expect(await ok('desk assign pc-1 yamada')).toContain('so already');
    expect(await json('desk unassign pc-1 yamada')).toMatchObject({ assigned: false, changed: true });
    await ok('desk assign pc-1 yamada');
  });

  it('says nobody is connected when there are no sessions', async () => {
    expect(await ok('session list')).toBe('Nobody is connected.');
    expect(await json('session list --all')).toEqual({ sessions: [] });
  });
});
