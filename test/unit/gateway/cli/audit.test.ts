import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCli } from './run-cli.ts';

describe('audit', () => {
  const { run, ok, json, paths, close } = testCli();
  const log = () => readFileSync(paths.audit, 'utf8');
  const secrets: string[] = [];

  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test');
    expect(await ok('audit list')).toBe('There are no entries.');
    await ok('user add yamada --name Yamada --otp prompted');
    await ok('desk add pc-1 --name Desk --protocol vnc --address 10.1.2.3:5900');
    await ok('desk assign pc-1 yamada');
    await ok('desk assign pc-1 yamada');
    secrets.push((await json('device enrol --user yamada --label L7 --id l7')).code);
    secrets.push((await json('user otp-reset yamada')).secret);
    secrets.push(...(await json('user emergency-codes yamada')).codes);
    await ok('device lease l7 --until 2099-01-01', { account: 'sato' });
    await ok('device suspend l7', { account: 'sato' });
    await ok('device unlock l7');
    await ok('device revoke l7 --yes');
    await ok('desk unassign pc-1 yamada');
  });
  afterAll(close);

  it('names who did what to whom, one entry for each thing done', async () => {
    const { entries, unreadable } = await json('audit list');
    expect(unreadable).toBe(0);
    type Entry = { actor: { name: string }; action: string; device?: string; user?: string; desk?: string };
    const seen = entries.map(({ actor, action, device, user, desk }: Entry) =>
      [actor.name, action, device ?? '-', user ?? '-', desk ?? '-'].join(' '),
    );
    for (const wanted of [
      ...['tanaka user.added - yamada -', 'tanaka desk.added - - pc-1', 'tanaka desk.assigned - yamada pc-1'],
      ...['sato device.lease l7 yamada -', 'sato device.suspended l7 yamada -', 'tanaka device.unlocked l7 yamada -'],
      ...['tanaka device.revoked l7 yamada -', 'tanaka desk.unassigned - yamada pc-1'],
      ...['tanaka user.otpReset - yamada -', 'tanaka user.emergencyCodes - yamada -'],
    ]) {
      expect(
        seen.filter((item: string) => item === wanted),
        wanted,
      ).toHaveLength(1);
    }
  });

  it('holds none of the secrets that were shown', () => {
    expect(secrets).toHaveLength(12);
    for (const secret of secrets) expect(log()).not.toContain(secret);
  });

  it('list takes the last ones, or those of one device or user', async () => {
    const text = await ok('audit list --last 2');
    expect(text).toMatch(/^NO +TIME +BY +WHAT +DEVICE +USER +DESK +DETAILS\n/);
    expect(text.split('\n')).toHaveLength(3);
    expect(text.split('\n').at(-1)).toMatch(
      /^\d+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +admin tanaka +desk\.unassigned +- +yamada +pc-1/,
    );
    const { entries } = await json('audit list --last 1 --device l7');
    expect(entries).toMatchObject([{ action: 'device.revoked', device: 'l7' }]);
    expect(await ok('audit list --user nobody')).toBe('There are no entries.');
  });

  it('verify counts a whole log, and names the line of a damaged one with exit code 1', async () => {
    const whole = log();
    const lines = whole.trimEnd().split('\n');
    expect(await ok('audit verify')).toBe(`The audit log is whole: ${lines.length} lines.`);
    expect(await json('audit verify')).toEqual({ lines: lines.length, problem: null });
    const damaged = async (changed: readonly string[]) => {
      writeFileSync(paths.audit, `${changed.join('\n')}\n`);
      try {
        const { code, err } = await run('audit verify');
        expect(code).toBe(1);
        const machine = await run('--json audit verify');
        expect(machine.code).toBe(1);
        return { err, problem: JSON.parse(machine.out).problem };
      } finally {
        writeFileSync(paths.audit, whole);
      }
    };
    expect(await damaged(lines.with(2, lines[2]!.replace('pc-1', 'pc-2')))).toEqual({
      err: 'hanare-gateway: Line 3 of the audit log (entry 3) was changed after it was written.',
      problem: { line: 3, seq: 3, what: 'changed' },
    });
    expect((await damaged(lines.toSpliced(3, 1))).err).toMatch(/Line 4 .* is missing; others follow it/);
    expect((await damaged(lines.with(1, lines[2]!).with(2, lines[1]!))).err).toMatch(/Line 2 .* is not in its place/);
    expect((await damaged(lines.slice(0, -1))).err).toMatch(new RegExp(`Line ${lines.length} .* was cut off there`));
    expect((await damaged(lines.with(0, 'x'))).err).toMatch(/Line 1 .* cannot be read/);
    expect(await ok('audit verify')).toContain('is whole');
  });
});
