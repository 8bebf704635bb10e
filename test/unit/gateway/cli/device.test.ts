import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCode, parseCode, showCode } from '#contract/identity/code.ts';
import { parseEnrolment } from '#contract/wire/enrol.ts';
import { enrolmentHash, unlockAnswer } from '#gateway/identity/codes.ts';
import { caFingerprint } from '#gateway/site/site-file.ts';
import { newKey } from '#main/identity/keys.ts';
import { qrMatrix } from './qr-matrix.ts';
import { testCli } from './run-cli.ts';

const day = 86_400_000;
const machine = { uuid: '4c4c4544-0051-3010-8053-b7c04f4d3432', serial: '7Q0SM42', macs: ['00:1b:21:aa:bb:cc'] };

describe('device', () => {
  const { run, ok, json, inside, cwd, paths, close } = testCli();
  const client = { version: '1.2.3', platform: 'linux' };
  const gateway = { host: 'gw.test', port: 8443 };
  /** As a laptop does it. @returns what it was given. */
  const enrol = async (code: string) => {
    const { csr } = await newKey();
    return inside(({ identity }) =>
      identity.enrol({ code, client, machine, key: { kind: 'csr', csr } }, { address: '192.0.2.9', gateway }),
    );
  };

  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test --host 192.0.2.1 --enrol-port 9444');
    await ok(['user', 'add', 'yamada', '--name', '山田 花子']);
  });
  afterAll(close);

  describe('enrol', () => {
    it('prints a sheet: laptop, person, loan, code in groups, office, fingerprint in groups, QR code', async () => {
      const now = Date.now();
      const line = [
        'device',
        'enrol',
        '--user',
        'yamada',
        '--label',
        'Laptop 7',
        '--id',
        'l7',
        '--until',
        '2099-03-31',
      ];
      const text = await ok([...line, '--hours', '24'], { now: () => now });
      expect(text).toMatch(/Laptop +Laptop 7\n +Lent to +山田 花子 \(yamada\)\n +Lent until +2099-03-31\n/);
      const code = parseCode('enrolment', /Code +((?:\w{4}-){3}\w{4})\n/.exec(text)![1]!)!;
      expect(text).toMatch(/Office +gw\.test:9444\n/);
      const fingerprint = caFingerprint(readFileSync(paths.caCertificate, 'utf8'));
      const groups = /Fingerprint +((?:[0-9a-f]{4}\s+)+)/.exec(text)![1]!;
      expect(groups.replace(/\s/g, '')).toBe(fingerprint);
      expect(qrMatrix(text)).toEqual(qrMatrix.of(`HANARE1 GW.TEST:9444 ${fingerprint.toUpperCase()} ${code}`));
      await inside(({ store }) => {
        expect(store.device('l7')).toMatchObject({
          status: 'new',
          lease: new Date(2099, 2, 31, 23, 59, 59, 999).getTime(),
        });
        expect(store.enrolmentCode(enrolmentHash(code))).toMatchObject({ device: 'l7', expires: now + day });
      });
    });

    it('gives machines the same as JSON, with a line that the app reads', async () => {
      const result = await json([
        'device',
        'enrol',
        '--user',
        'yamada',
        '--label',
        'x',
        '--office',
        '[2001:db8::1]:8000',
      ]);
      expect(result).toMatchObject({
        device: { id: expect.stringMatching(/^device-/), label: 'x', user: 'yamada', lease: null },
        office: { host: '2001:db8::1', port: 8000 },
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        svg: null,
      });
      const { code, office, fingerprint } = result;
      expect(parseEnrolment(result.line)).toEqual({ code, office: { enrol: office, fingerprint } });
      expect(result.expires - Date.now()).toBeGreaterThan(2 * day);
    });

    it('writes the QR code for its owner alone, and refuses before anything when the file exists', async () => {
      const line = ['device', 'enrol', '--user', 'yamada', '--label', 'y', '--id', 'l8', '--svg', 'l8.svg'];
      const { code } = await json(line);
      const svg = readFileSync(join(cwd, 'l8.svg'), 'utf8');
      expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
      expect(svg).not.toContain(code);
      expect(statSync(join(cwd, 'l8.svg')).mode & 0o777).toBe(0o600);
      const again = await run(['device', 'enrol', '--again', 'l8', '--svg', 'l8.svg']);
      expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('nothing was changed') });
      expect(readFileSync(join(cwd, 'l8.svg'), 'utf8')).toBe(svg);
      await inside(({ store }) => expect(store.enrolmentCodes('l8')).toHaveLength(1));
    });

    it('leaves no file and no device when it is refused', async () => {
      const taken = await run(['device', 'enrol', '--user', 'yamada', '--label', 'z', '--id', 'l7', '--svg', 'z.svg']);
      expect(taken).toMatchObject({ code: 1, err: expect.stringContaining('already a device "l7"') });
      expect(() => statSync(join(cwd, 'z.svg'))).toThrow();
      const missing = ['device', 'enrol', '--user', 'yamada', '--label', 'z', '--id', 'l9', '--svg', 'no/such/z.svg'];
      expect(await run(missing)).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
      await inside(({ store }) => expect(store.device('l9')).toBeUndefined());
    });

    it('--again makes another code for the same device and ends the one before', async () => {
      expect(await ok('device enrol --again l8')).toContain('Its older codes are void.');
      const first = await json('device enrol --again l8 --hours 1');
      const second = await json('device enrol --again l8 --hours 1');
      expect(second.device).toMatchObject({ id: 'l8', label: 'y' });
      await expect(enrol(first.code)).rejects.toMatchObject({ reason: 'enrolCodeExpired' });
      expect((await enrol(second.code)).device.id).toBe('l8');
    });

    it('says where to switch enrolment on when it is off', async () => {
      await ok('--data closed init --site x --host gw.test --enrol-port 0');
      await ok('--data closed user add a --name a');
      const { code, err } = await run('--data closed device enrol --user a --label b');
      expect([code, err]).toEqual([1, expect.stringContaining('config.json')]);
      expect((await json('--data closed device enrol --user a --label b --office gw.test:1234')).office.port).toBe(
        1234,
      );
    });
  });

  it('list and show tell loan, certificate, last contact, machine, its change, clock and erasing', async () => {
    const { code } = await json('device enrol --user yamada --label Seen --id seen');
    expect(await ok('device show seen')).toMatch(/Certificates +none yet\n +Last seen +never\n/);
    await enrol(code);
    const local = '2030-01-02 03:04:05';
    const at = new Date(2030, 0, 2, 3, 4, 5).getTime();
    await inside(({ store }) => {
      store.recordContact('seen', at, '1.2.3');
      store.setMachine('seen', machine, at);
      store.setOtpSecret({ kind: 'device', id: 'seen' }, new Uint8Array(1), at);
      store.spendStep({ kind: 'device', id: 'seen' }, 1, -30);
      store.setLease('seen', at);
    });
    const list = await ok('device list', { now: () => at + 1 });
    expect(list).toMatch(/^ID +LABEL +USER +STATUS +LENT UNTIL +LAST SEEN +NOTE\n/);
    expect(list).toMatch(new RegExp(`seen +Seen .*${local} +loan is over, machine changed, clock -30 s$`, 'm'));
    const text = await ok('device show seen', { now: () => at + 1 });
    expect(text).toMatch(/Lent until +2030-01-0\d \(over\)\n/);
    expect(text).toMatch(/Certificates +new, issued, [-\d]+ [:\d]+ to [-\d]+ [:\d]+, serial [0-9a-f ]+\n/);
    expect(text).toContain(`${local}, version 1.2.3`);
    for (const fact of [machine.uuid, machine.serial, ...machine.macs]) expect(text).toContain(fact);
    expect(text).toContain(`CHANGED at ${local}`);
    expect(text).toContain('about 30 s behind the gateway');
    const { device, certificates } = await json('device show seen');
    expect(device).toMatchObject({ id: 'seen', machine, machineChanged: at, drift: -30, erase: 'none' });
    expect(certificates).toMatchObject([{ device: 'seen', state: 'new' }]);
    expect(JSON.stringify([device, certificates])).not.toMatch(/secret|unlock/i);
  });

  it('lease sets the end of that day on this computer’s clock, or none', async () => {
    const { lease } = await json('device lease l7 --until 2099-12-31');
    expect(new Date(lease).toString()).toContain('Dec 31 2099 23:59:59');
    expect(await ok('device lease l7 --until none')).toContain('without an end');
    expect((await json('device show l7')).device.lease).toBeNull();
    // Today is not over yet.
    const noon = new Date(2030, 5, 15, 12).getTime();
    expect((await json('device lease l7 --until 2030-06-15', { now: () => noon })).lease).toBeGreaterThan(noon);
    expect((await run('device lease l7 --until 2030-06-14', { now: () => noon })).code).toBe(2);
  });

  it('suspend and unlock go there and back, and say when it was so already', async () => {
    expect(await ok('device suspend l7')).toContain('is suspended now');
    expect(await ok('device suspend l7')).toContain('was suspended already');
    expect(await ok('device unlock l7')).toBe('Device "l7" is new again.');
    expect(await ok('device unlock l7')).toBe('Device "l7" was new already.');
  });

  it('unlock answers what a locked laptop shows, typed as people type', async () => {
    const { code } = await json('device enrol --user yamada --label u --id u');
    const { unlockKey } = await enrol(code);
    const challenge = makeCode('challenge', Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    const expected = unlockAnswer(Buffer.from(unlockKey, 'base64url'), challenge);
    const typed = showCode(challenge).toLowerCase().replace('-', ' ');
    expect(await ok(['device', 'unlock', 'u', '--challenge', typed])).toBe(
      `Answer for the laptop: ${showCode(expected)}`,
    );
    expect((await json(['device', 'unlock', 'u', '--challenge', challenge])).answer).toBe(expected);
    const slip = challenge.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await run(['device', 'unlock', 'u', '--challenge', slip])).code).toBe(2);
    // Where there is nothing to answer with, nothing is answered.
    expect(await run(['device', 'unlock', 'l7', '--challenge', challenge])).toMatchObject({ code: 1, out: '' });
  });

  it.each(['revoke', 'retire'] as const)('%s asks first; without a terminal it wants --yes', async (verb) => {
    const id = `to-${verb}`;
    const status = `${verb}d`;
    const { code } = await json(['device', 'enrol', '--user', 'yamada', '--label', 'Old one', '--id', id]);
    await enrol(code);
    const asked: string[] = [];
    const answering = (answer: boolean) => ({
      confirm: async (question: string) => {
        asked.push(question);
        return answer;
      },
    });
    expect(await run(['device', verb, id])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--yes') });
    expect((await run(['device', verb, id], answering(false))).code).toBe(1);
    expect(asked).toEqual([expect.stringContaining('Old one')]);
    expect((await json(['device', 'show', id])).device.status).toBe('new');
    expect(await ok(['device', verb, id], answering(true))).toMatch(/erases itself/);
    expect((await json(['device', 'show', id])).device).toMatchObject({ status, erase: 'asked' });
    expect(await ok('device list')).toMatch(new RegExp(`${id} .*not erased yet`));
    // What is so already needs no answer.
    expect(await json(['device', verb, id])).toEqual({ device: id, status, changed: false });
    await inside(({ identity }) => identity.erased(id));
    expect(await ok(['device', 'show', id])).toMatch(/Erasing +confirmed by the laptop at /);
    expect((await run(['device', 'unlock', id])).code).toBe(1);
  });

  it('with --yes asks nobody', async () => {
    await json('device enrol --user yamada --label q --id quiet');
    const confirm = () => Promise.reject(new Error('asked'));
    expect(await ok('device revoke quiet --yes', { confirm })).toContain('has nothing to erase');
    expect((await run('device enrol --again quiet')).code).toBe(0);
    await ok('device retire quiet --yes');
    expect((await run('device enrol --again quiet')).code).toBe(1);
  });
});
