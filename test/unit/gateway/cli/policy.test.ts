import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSPKI, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPolicy, trialRules } from '#contract/policy/policy.ts';
import { ruleNames, ruleOf } from '#contract/policy/rules.ts';
import { policyPublicKey } from '#gateway/identity/policy-token.ts';
import { testCli } from './run-cli.ts';

/** One site with two people, each with a laptop, and a group `night` with one of them. */
function office() {
  const cli = testCli();
  const file = (name: string, value: unknown): string => {
    writeFileSync(join(cli.cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
    return name;
  };
  beforeAll(async () => {
    await cli.ok('init --site Sakura --host gw.test');
    for (const user of ['sato', 'yamada']) await cli.ok(`user add ${user} --name ${user}`);
    await cli.ok('device enrol --user sato --label A --id l-1');
    await cli.ok('device enrol --user yamada --label B --id l-2');
    await cli.ok('group add night yamada');
  });
  afterAll(cli.close);
  const rule = async (device: string, name: string) => {
    const { rules } = await cli.json(`policy show --device ${device}`);
    return rules.find((one: { name: string }) => one.name === name);
  };
  return { ...cli, file, rule };
}

describe('policy show', () => {
  const { ok, json, run } = office();

  it('shows a new site’s strict rules, each with its reason', async () => {
    const shown = await json('policy show');
    expect(shown).toMatchObject({ version: 2, layers: [] });
    expect(shown.rules.map(({ name }: { name: string }) => name)).toEqual(ruleNames);
    for (const one of shown.rules) {
      const { title, why } = ruleOf(one.name);
      expect(one).toEqual({
        ...{ name: one.name, value: defaultPolicy[one.name as 'usb'], origin: 'default', looser: false },
        ...{ title: title.en, why: why.en },
      });
    }
  });

  it('says in English who has decided what, and what is looser than the default', async () => {
    await ok('policy set --rule usb=warn');
    await ok('policy set --group night --rule firewall=refuse:3');
    await ok('policy set --device l-2 --rule pinMinimum=8');
    const lines = (await ok('policy show --device l-2')).split('\n');
    expect(lines[0]).toBe('Rules for laptop "l-2" (yamada), version 5');
    expect(lines[2]).toMatch(/^RULE +WHAT +VALUE +SET BY +NOTE +WHY$/);
    expect(lines).toHaveLength(3 + ruleNames.length);
    const line = (name: string) => lines.find((text) => text.startsWith(`${name} `))?.replace(/ {2,}/g, ' | ');
    expect(line('usb')).toBe(
      'usb | When USB storage is plugged in | only said | the site, for all | looser than Hanare’s default | So that nothing of the office is carried away.',
    );
    expect(line('firewall')).toContain('| needed, 3 days of grace | group "night" | looser than Hanare’s default |');
    expect(line('pinMinimum')).toContain('| at least 8 characters | for this laptop | - |');
    expect(line('hours')).toContain('| at any time | Hanare’s default | - |');
  });

  it('says the same in Japanese, in columns that hold', async () => {
    const lines = (await ok('policy show --device l-2 --lang ja')).split('\n');
    expect(lines[0]).toBe('端末「l-2」（yamada）の規則、第5版');
    expect(lines[2]?.split(/ +/)).toEqual(['規則', '内容', '値', '決めた人', '注記', '理由']);
    const usb = lines.find((text) => text.startsWith('usb '))!;
    expect(usb.split(/ {2,}/)).toEqual([
      ...['usb', 'USBメモリーを差したとき', '知らせるだけ', '全員の規則', 'Hanareの既定より緩い'],
      '庁内の情報が持ち出されないようにします。',
    ]);
    const columns = (text: string) => [...text].reduce((sum, char) => sum + (/[^\x20-\x7e]/.test(char) ? 2 : 1), 0);
    const reasons = lines.slice(3).map((text) => columns(text.slice(0, text.lastIndexOf('  ') + 2)));
    expect(new Set(reasons).size).toBe(1);
  });

  it('without an option shows what is for everybody, and names what lies over it', async () => {
    const text = await ok('policy show');
    expect(text).toMatch(/^Rules for everybody, version 5\n/);
    expect(text).toContain('\nDecided otherwise for some: device "l-2", group "night".');
    expect(text).not.toContain('3 days of grace');
    expect((await json('policy show')).layers).toEqual(['device:l-2', 'group:night', 'site']);
    expect(await ok('policy show --lang ja')).toContain('これとは別に決めてあるもの: 端末「l-2」、グループ「night」');
  });

  it('shows of a group, a person and the site only what is decided there, and by whom', async () => {
    const text = await ok('policy show --group night');
    expect(text).toMatch(
      /^Decided for group "night" at \d{4}-\d\d-\d\d \d\d:\d\d by tanaka\n\nRULE +WHAT +VALUE +NOTE/,
    );
    expect(text.split('\n')).toHaveLength(4);
    expect(await json('policy show --site')).toMatchObject({
      ...{ scope: 'site', actor: 'tanaka', changed: expect.any(Number) },
      rules: [{ name: 'usb', value: 'warn', looser: true }],
    });
    expect(await ok('policy show --user sato')).toBe('Nothing is decided for user "sato".');
    expect(await json('policy show --user sato')).toMatchObject({ changed: null, actor: null, rules: [] });
  });

  it.each([
    ['policy show --device ghost', 1, 'There is no device "ghost".'],
    ['policy show --user ghost', 1, 'There is no user "ghost".'],
    ['policy show --lang fr', 2, 'ja, en'],
    ['policy show --site --user sato', 2, 'cannot be used with'],
  ])('refuses %s', async (line, code, message) => {
    expect(await run(line)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });
});

describe('policy set, clear and diff', () => {
  const { ok, json, run, file, rule, inside } = office();

  it('says before and after what changes for whom, and marks what gets looser', async () => {
    const draft = file('draft.json', { usb: 'end', capture: 'warn' });
    const text = await ok(`policy diff ${draft}`);
    expect(text.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'For everybody, 2 rules would change.',
      'RULE | BEFORE | AFTER | NOTE',
      'usb | not decided here | ends the session | -',
      'capture | not decided here | only said | looser than Hanare’s default',
      '',
      'It changes the rules of 2 laptops:',
      'RULE | BEFORE | AFTER | NOTE | LAPTOPS',
      'usb | hides the picture until it is out | ends the session | - | l-1, l-2',
      'capture | hides the picture | only said | looser | l-1, l-2',
    ]);
    expect((await rule('l-1', 'usb')).value).toBe('pause');
    const done = await ok(`policy set ${draft}`);
    expect(done).toBe(text.replace('everybody, 2 rules would change.', 'everybody: 2 rules changed.'));
    expect(await rule('l-1', 'usb')).toMatchObject({ value: 'end', origin: 'site' });
    expect(await ok(`policy diff ${draft}`)).toBe('It is so already for everybody.');
    expect(await ok(`policy set ${draft} --site`)).toBe('It was so already for everybody.');
  });

  it('gives machines every laptop with every rule', async () => {
    expect(await json('policy diff --group night --rule usb=warn')).toEqual({
      scope: 'group:night',
      rules: [{ rule: 'usb', before: null, after: 'warn', looser: true }],
      laptops: [
        { device: 'l-2', user: 'yamada', changes: [{ rule: 'usb', before: 'end', after: 'warn', looser: true }] },
      ],
    });
    expect(await json('policy set --user sato --rule usb=end')).toMatchObject({ changed: true, laptops: [] });
    expect(await json('policy set --user sato --rule usb=end')).toMatchObject({ changed: false, rules: [] });
  });

  it('changes single rules of a layer, and replaces a layer by a file', async () => {
    await ok(['policy', 'set', '--device', 'l-1', '--rule', 'hours=null', '--rule', 'networks=10.0.0.0/8,fd00::/8']);
    await ok('policy set --device l-1 --rule antivirus=refuse:14 --rule hours=');
    const { rules } = await json('policy show --device l-1');
    const own = rules.filter(({ origin }: { origin: string }) => origin === 'device');
    expect(own.map(({ name, value }: { name: string; value: unknown }) => [name, value])).toEqual([
      ['antivirus', { action: 'refuse', graceDays: 14 }],
      ['networks', ['10.0.0.0/8', 'fd00::/8']],
    ]);
    await ok(`policy set ${file('own.json', { pinMinimum: 9 })} --device l-1`);
    expect(await rule('l-1', 'antivirus')).toMatchObject({ origin: 'default' });
    expect(await rule('l-1', 'pinMinimum')).toMatchObject({ origin: 'device', value: 9 });
  });

  it('takes a layer back', async () => {
    expect(await json('policy clear --device l-1')).toMatchObject({
      ...{ scope: 'device:l-1', changed: true, rules: [{ rule: 'pinMinimum', before: 9, after: null }] },
      laptops: [{ device: 'l-1', changes: [{ rule: 'pinMinimum', before: 9, after: 6, looser: true }] }],
    });
    expect(await ok('policy clear --device l-1')).toBe('Nothing was decided for device "l-1".');
    expect(await ok('policy clear')).toContain('For everybody nothing is decided any more.');
    expect(await rule('l-1', 'capture')).toMatchObject({ value: 'pause', origin: 'default' });
  });

  it('makes the version grow, and leaves its lines in the log', async () => {
    const version = async () => (await json('policy show')).version;
    const before = await version();
    await ok('policy set --rule watermark=false');
    await ok('policy diff --rule watermark=true');
    expect(await version()).toBe(before + 1);
    await ok('policy set --rule watermark=');
    expect(await version()).toBe(before + 2);
    const { entries } = await json('audit list --last 2');
    expect(entries).toMatchObject([
      {
        action: 'policy.set',
        actor: { name: 'tanaka' },
        details: { scope: 'site', rules: { watermark: { to: 'false' } } },
      },
      { action: 'policy.set', details: { rules: { watermark: { from: 'false', to: null } } } },
    ]);
    await inside(async ({ audit }) => expect(await audit.verify()).toMatchObject({ problem: null }));
  });

  it.each([
    ['policy set', 2, 'give either a file or --rule'],
    ['policy set draft.json --rule usb=end', 2, 'give either a file or --rule'],
    ['policy set missing.json', 1, 'There is no file or folder'],
    ['policy set broken.json', 1, 'broken.json cannot be used; nothing was changed.\n  It cannot be read as JSON'],
    [
      'policy set --rule usb=maybe',
      1,
      '--rule usb=maybe cannot be used; nothing was changed.\n  usb: It must be one of',
    ],
    ['policy set --rule frob=1', 1, 'frob: There is no such rule.'],
    ['policy set hours.json', 1, 'hours.week.mon.0: It must end after it begins.'],
    ['policy set --user ghost --rule usb=end', 1, 'There is no user "ghost".'],
    ['policy diff --device ghost --rule usb=end', 1, 'There is no device "ghost".'],
    ['policy clear --user ghost', 1, 'There is no user "ghost".'],
    ['policy set long.json', 1, 'too long to be sent'],
    ['policy diff long.json', 1, 'too long to be sent'],
    ['policy set --group a/b --rule usb=end', 2, 'Use 1 to 64 letters'],
    ['--data elsewhere policy set --rule usb=end', 3, 'There is no site'],
  ])('refuses %s', async (line, code, message) => {
    file('broken.json', '{');
    file('hours.json', { hours: { week: { mon: [{ from: '18:00', to: '09:00' }] } } });
    const windows = [1, 2, 3, 4].map((hour) => ({ from: `0${hour}:00`, to: `0${hour}:30` }));
    const extra = Array.from({ length: 60 }, (_, day) => ({
      date: new Date(day * 86_400_000).toISOString().slice(0, 10),
      windows,
    }));
    file('long.json', { hours: { week: {}, extra } });
    const before = await json('policy show');
    expect(await run(line)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
    expect(await json('policy show')).toEqual(before);
  });
});

describe('policy check', () => {
  const { ok, run, file } = office();

  it('is content with a file that is in order, and needs no site', async () => {
    const name = file('good.json', trialRules);
    expect(await ok(`policy check ${name}`)).toBe('good.json is in order.');
    expect(await ok(`--data elsewhere policy check ${name}`)).toBe('good.json is in order.');
  });

  it('names each problem with its place, and ends with 1', async () => {
    const name = file('bad.json', { usb: 'maybe', hours: { week: { mon: [{ from: '9:00', to: '17:00' }] } }, nap: 1 });
    const { code, out, err } = await run(`policy check ${name}`);
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual([
      'hanare-gateway: bad.json cannot be used.',
      '  usb: It must be one of warn, pause, end; it is "maybe".',
      '  hours.week.mon.0.from: It must be a time like 09:00; it is "9:00".',
      '  nap: There is no such rule.',
    ]);
    const machine = await run(`--json policy check ${name}`);
    expect(machine.code).toBe(1);
    expect(JSON.parse(machine.out).problems).toHaveLength(3);
    expect(JSON.parse(machine.out).problems[2]).toEqual({ path: 'nap', message: 'There is no such rule.' });
  });
});

describe('policy baseline', () => {
  const { ok, run, cwd, inside, json } = office();

  it('writes what is for everybody, signed for any laptop, into a new file', async () => {
    await ok('policy set --rule usb=end');
    await ok('policy set --user sato --rule usb=warn');
    expect(await json('policy baseline --out b.jws')).toEqual({ file: join(cwd, 'b.jws'), version: 4 });
    const path = join(cwd, 'b.jws');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await inside(async ({ site }) => {
      const key = await importSPKI(policyPublicKey(site.policyKey), 'ES256');
      const { payload } = await jwtVerify(readFileSync(path, 'utf8').trim(), key);
      expect(payload).toMatchObject({ sub: '*', policy: { ...defaultPolicy, usb: 'end', version: 4 } });
    });
    expect((await json('audit list --last 1')).entries).toMatchObject([{ action: 'policy.baseline' }]);
  });

  it('does not touch a file that is there', async () => {
    writeFileSync(join(cwd, 'there.jws'), 'mine');
    expect(await run('policy baseline --out there.jws')).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists'),
    });
    expect(readFileSync(join(cwd, 'there.jws'), 'utf8')).toBe('mine');
    expect((await run('policy baseline')).code).toBe(2);
  });
});

describe('init --rules', () => {
  const { ok, json, run, close } = testCli();
  afterAll(close);
  const rules = async (data: string) => {
    const shown = await json(`--data ${data} policy show`);
    return Object.fromEntries(shown.rules.map(({ name, value }: { name: string; value: unknown }) => [name, value]));
  };

  it('is strict unless a trial is asked for by name', async () => {
    const { version, ...strict } = defaultPolicy;
    expect(await ok('--data a init --site S --host h')).not.toContain('trial');
    expect(await rules('a')).toEqual(strict);
    expect(await ok('--data b init --site S --host h --rules trial')).toContain('for a trial');
    expect(await rules('b')).toEqual({ ...strict, ...trialRules });
    const shown = await json('--data b policy show');
    const files = shown.rules.filter(({ origin }: { origin: string }) => origin === 'file');
    expect(files.map(({ name }: { name: string }) => name).sort()).toEqual(Object.keys(trialRules).sort());
    for (const one of files) expect(one, one.name).toMatchObject({ looser: true });
    expect((await run('--data c init --site S --host h --rules lax')).code).toBe(2);
  });
});
