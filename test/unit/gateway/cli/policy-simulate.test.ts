import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathProbes } from '#contract/evidence/path.ts';
import { postureItems } from '#contract/evidence/posture.ts';
import { trialRules } from '#contract/policy/policy.ts';
import { explain, localDate } from '#gateway/cli/outcome.ts';
import { addPolicySimulate } from '#gateway/cli/policy-simulate.ts';
import { testCli } from './run-cli.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 20, 12, 0);
const refuse = { action: 'refuse', graceDays: 0 };

describe('policy simulate', () => {
  const { ok, inside, cwd, close } = testCli();
  const draft = (name: string, rules: unknown): string => {
    writeFileSync(join(cwd, name), typeof rules === 'string' ? rules : JSON.stringify(rules));
    return name;
  };
  let clock = now;
  async function run(...argv: string[]) {
    const out: string[] = [];
    const output = { out: (text: string) => void out.push(text), err: () => undefined };
    const program = new Command().option('--data <folder>').option('--json').exitOverride();
    program.configureOutput({ writeErr: () => undefined });
    addPolicySimulate(program.command('policy'), {
      ...{ output, now: () => clock, env: {}, cwd, account: 'tanaka' },
      ...{ confirm: undefined, stopped: () => Promise.resolve() },
    });
    const error = await program.parseAsync(['policy', 'simulate', ...argv], { from: 'user' }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { out: out.join('\n'), error: error === undefined ? undefined : explain(error).message };
  }
  const json = async (...argv: string[]) => JSON.parse((await run('--json', ...argv)).out);

  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test');
    await ok('desk add pc-1 --name D --protocol vnc --address 10.1.2.3:5900');
    await ok('desk add pc-2 --name D --protocol vnc --address 10.1.2.4:5900 --class tax');
    for (const user of ['yamada', 'sato']) await ok(`user add ${user} --name ${user}`);
    await inside(({ store }) => {
      for (const user of ['yamada', 'sato'])
        store.addDevice({ id: `l-${user}`, user, label: 'L', created: 1, lease: null });
      const report = (device: string, received: number, bad: readonly string[]) => {
        const facts = postureItems.map((item) => ({
          item,
          state: bad.includes(item) ? 'bad' : 'good',
          set: 'yes',
          effective: 'yes',
        }));
        const posture = JSON.stringify({ os: 'linux', client: '1.0.0', facts });
        const path = JSON.stringify({ results: pathProbes.map((probe) => ({ probe, outcome: 'blocked' })) });
        const row = { device, sid: null, received, verdicts: '[]', jws: '' };
        store.addEvidence({ ...row, kind: 'posture', report: posture }, 100);
        store.addEvidence({ ...row, kind: 'path', report: path }, 100);
      };
      const session = (user: string, hoursAgo: number, desk: string, bad: readonly string[] | undefined) => {
        const granted = now - hoursAgo * hour;
        if (bad !== undefined) report(`l-${user}`, granted - 1000, bad);
        const sid = `s${hoursAgo}`;
        const source = bad === undefined ? null : '203.0.113.7';
        store.addSession({ sid, device: `l-${user}`, user, desk, granted, replica: 'main', source });
        store.openSession(sid, granted + 1000);
        store.endSession(sid, granted + hour, 'userEnded');
      };
      session('yamada', 50 * 24, 'pc-1', ['firewall']);
      session('sato', 73, 'pc-1', undefined);
      session('yamada', 48, 'pc-1', ['firewall']);
      session('sato', 47, 'pc-2', []);
      session('yamada', 24, 'pc-2', ['firewall', 'updates']);
    });
    await inside(({ store }) => {
      store.setPolicyLayer({ scope: 'site', rules: JSON.stringify(trialRules), changed: 1, actor: 'test' });
      store.joinGroup('night', 'sato');
    });
  });
  afterAll(close);

  it('says in a table who would be met by which rule, how often and when', async () => {
    const { out } = await run(
      draft('strict.json', { ...trialRules, firewall: refuse, refusedDeskClasses: ['tax'], usb: 'end' }),
    );
    const lines = out.split('\n');
    expect(lines[0]).toBe(
      `Of 4 sessions since ${localDate(now - 30 * 24 * hour)}, the draft would refuse 3 and cut 0 short; the rules of now would leave 3 of these alone.`,
    );
    expect(lines.slice(2, 6)).toEqual([
      expect.stringMatching(/^USER +RULE +REFUSED +CUT SHORT +NEW +FIRST +LAST$/),
      expect.stringMatching(/^sato +refusedDeskClasses +1 +0 +1 +2026-11-1[789] /),
      expect.stringMatching(/^yamada +firewall +2 +0 +2 +2026-11-1[789] .* 2026-11-[12]\d /),
      expect.stringMatching(/^yamada +refusedDeskClasses +1 +0 +1 /),
    ]);
    expect(lines.slice(6)).toEqual([
      ...['', 'Not known, as nothing was recorded: firewall for 1.'],
      ...['', 'Not replayed, as it leaves no trace here: usb, capture.'],
    ]);
  });

  it('gives machines all of it, as far back as asked', async () => {
    const file = draft('strict.json', { ...trialRules, firewall: refuse });
    const result = await json(file, '--days', '60');
    expect(result).toMatchObject({
      days: 60,
      since: now - 60 * 24 * hour,
      sessions: 5,
      refused: 3,
      cutShort: 0,
      anew: 3,
    });
    expect(result.people).toEqual([
      {
        ...{ user: 'yamada', rule: 'firewall', refused: 3, cutShort: 0, anew: 3 },
        ...{ first: now - 50 * 24 * hour, last: now - 24 * hour },
      },
    ]);
    expect(await json(file, '--days', '1')).toMatchObject({ sessions: 1, refused: 1 });
  });

  it('of a draft as it is now finds nothing new', async () => {
    expect(await json(draft('same.json', trialRules))).toMatchObject({ refused: 0, cutShort: 0, anew: 0, people: [] });
  });

  it('applies a draft only to whom it is for, over what is decided now', async () => {
    const file = draft('class.json', { refusedDeskClasses: ['tax'] });
    const met = async (...scope: string[]) => {
      const result = await json(file, ...scope);
      return result.people.map((person: { user: string }) => person.user);
    };
    expect(await met('--user', 'sato')).toEqual(['sato']);
    expect(await met('--group', 'night')).toEqual(['sato']);
    expect(await met('--device', 'l-yamada')).toEqual(['yamada']);
    // Set for all, it would take the place of the trial's rules: those without them are strict.
    expect(new Set(await met('--site'))).toEqual(new Set(['sato', 'yamada']));
    expect((await json(file, '--site')).people.map(({ rule }: { rule: string }) => rule)).toContain('firewall');
  });

  it('says plainly that there were none', async () => {
    clock = now + 40 * 24 * hour;
    const { out } = await run(draft('same.json', trialRules)).finally(() => {
      clock = now;
    });
    expect(out).toBe(`There were no sessions since ${localDate(now + 10 * 24 * hour)}.`);
  });

  it.each([
    [['missing.json'], 'There is no file or folder'],
    [['odd.json'], 'cannot be read as JSON'],
    [['wrong.json'], 'The draft is no set of rules (see usb, hours.week.mon'],
    [['same.json', '--user', 'sato', '--site'], 'give one of'],
    [['same.json', '--group', 'ghost'], 'Nobody is in the group "ghost".'],
    [['same.json', '--device', 'ghost'], 'There is no device "ghost".'],
  ])('refuses %s', async (argv, message) => {
    draft('odd.json', '{');
    draft('wrong.json', { usb: 'maybe', hours: { week: { mon: [{ from: '18:00', to: '09:00' }] } } });
    draft('same.json', trialRules);
    expect(await run(...argv)).toEqual({ out: '', error: expect.stringContaining(message) });
  });
});
