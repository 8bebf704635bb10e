import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import type { Findings } from '#build/try-rdp/findings.ts';
import type { TryRdpReport } from '#build/try-rdp/report.ts';
import { trySession } from '#build/try-rdp/session/index.ts';
import { createSteps } from '#build/try-rdp/steps.ts';
import { createSay } from '#build/try-rdp/words.ts';
import { noShadow, type Shadow, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { jisKeys } from './support/jis-keys.ts';
import { screenBox } from './support/picture.ts';
import { account } from './support/rdp-desks.ts';
import { createWorld, type World } from './support/world.ts';

/* The trial that a person with a Windows host makes, against a server that is none. */

const entry = fileURLToPath(new URL('../../build/try-rdp/index.ts', import.meta.url));
/** A still screen sends nothing. */
const moving = ['xterm', '-e', 'sh', '-c', 'while :; do date +%N; sleep 0.05; done'];
const reason = noShadow();

describe.skipIf(reason !== null)('a trial of an RDP host', () => {
  let desk: Shadow;
  let folder: string;
  beforeAll(async () => {
    desk = await startShadow({ ...account, security: 'nla', width: 1280, height: 720, session: moving });
    folder = await mkdtemp(join(tmpdir(), 'hanare-try-rdp-test-'));
  });
  afterAll(async () => {
    await desk?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function command(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HANARE_DESK_PASSWORD: account.password, INIT_CWD: folder },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  test('goes from the first answer to the end of a session, and leaves a report that names nobody', async () => {
    const address = `rdp://${account.user}@127.0.0.1:${desk.port}`;
    const { code, output } = await command(address, '--headless', '--lang', 'en', '--wrong-password');
    // The server keeps its size, which is told as a failure.
    expect(code, output).toBe(1);
    const files = (await readdir(folder)).sort();
    expect(files).toEqual([expect.stringMatching(/^hanare-rdp-report-.*\.json$/), expect.stringMatching(/\.txt$/)]);
    const [json = '', text = ''] = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const report = JSON.parse(json) as TryRdpReport;
    const outcomes = Object.fromEntries(
      report.steps.map(({ step, outcome, because, code: why }) => [step, because ?? why ?? outcome]),
    );
    expect(outcomes).toEqual({
      ...{
        negotiation: 'ok',
        standardRdp: 'ok',
        tls: 'ok',
        credssp: 'ok',
        nlaEx: 'ok',
        wrongPassword: '4103',
        nla: 'ok',
      },
      ...{ tlsOnly: 'notOffered', app: 'ok', connect: 'ok', pointer: 'ok', drag: 'noDisplay', scroll: 'noDisplay' },
      ...{ keys: 'noDisplay', resize: 'deskKeptItsSize', signOut: 'ok' },
    });
    const { findings } = report;
    expect(findings.tls).toMatchObject({
      version: 'TLSv1.3',
      certificate: { sha256: desk.certificateSha256(), subjectParts: ['CN'] },
    });
    expect(findings.credssp).toMatchObject({ version: 6, names: { computer: true } });
    expect(findings.signIn).toEqual({ nlaEx: { protocol: 'HYBRID' }, nla: { protocol: 'HYBRID' } });
    expect(findings.screen).toMatchObject({
      width: 1280,
      height: 720,
      rdpVersion: '0x00080004',
      displayControl: false,
    });
    expect(Object.values(findings.screen?.codecs ?? {}).some((count) => count > 0)).toBe(true);
    expect(findings.fps?.pointer?.frames).toBeGreaterThan(0);
    expect(findings.signOut).toEqual({ remains: 'clean' });

    for (const file of files) expect(output).toContain(file);
    expect(output).not.toContain(account.password);
    for (const written of [json, text]) {
      for (const secret of [account.password, account.user, '127.0.0.1', os.hostname()])
        expect(written.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  });

  test('says that the password is wrong when it is, and sends it no second time', async () => {
    const before = new Set(await readdir(folder));
    const wrong = { ...process.env, HANARE_DESK_PASSWORD: 'another-one' };
    const args = [entry, `rdp://${account.user}@127.0.0.1:${desk.port}`, '--headless', '--out', 'wrong'];
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...wrong, INIT_CWD: folder } });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect((await readdir(folder)).filter((name) => !before.has(name))).toEqual(['wrong']);
    const [file = ''] = (await readdir(join(folder, 'wrong'))).filter((name) => name.endsWith('.json'));
    const { steps } = JSON.parse(await readFile(join(folder, 'wrong', file), 'utf8')) as TryRdpReport;
    const found = Object.fromEntries(steps.map(({ step, code, because }) => [step, because ?? code]));
    expect(found).toMatchObject({
      nlaEx: '4103',
      nla: 'refusedBefore',
      app: 'refusedBefore',
      connect: 'refusedBefore',
    });
  });
});

describe.skipIf(reason !== null)('the part of a trial that a person does', () => {
  let desk: Shadow;
  let world: World;
  let app: LaunchedApp;
  beforeAll(async () => {
    desk = await startShadow({ ...account, security: 'nla', width: 1280, height: 720, session: moving });
    world = await createWorld({ rdp: { port: desk.port, security: 'nla' } });
    app = await world.open();
  });
  afterAll(async () => {
    await world?.stop();
    await desk?.stop();
  });

  test('counts frames and says which keys went to the desk, in no order', async () => {
    const { signal } = new AbortController();
    const lines: string[] = [];
    const steps = createSteps({
      say: createSay('ja', (line) => lines.push(line)),
      stop: signal,
      now: () => performance.now(),
    });
    const findings: Findings = {};
    const type = async (codes: readonly string[]) => {
      const cdp = await app.page.context().newCDPSession(app.page);
      for (const { code, key, virtualKey } of codes.map((wanted) => jisKeys.find((each) => each.code === wanted)!)) {
        const event = { code, key, windowsVirtualKeyCode: virtualKey, location: 0 };
        await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
        await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
      }
      await cdp.detach();
    };
    const guide = {
      ready: async (task: string) => {
        if (task === 'drag') {
          const box = await screenBox(app.page);
          await app.page.mouse.click(box.x + 300, box.y + 200);
          // Before anybody has asked to look at keys.
          await type(['KeyQ']);
        }
        if (task === 'keys')
          // Once the step looks.
          setTimeout(
            () => void type(['KeyZ', 'KeyA', 'IntlRo', 'IntlYen', 'KanaMode', 'NonConvert', 'Convert', 'Backquote']),
            1_500,
          );
      },
    };
    const { page } = app;
    await trySession(steps, findings, { page, language: 'ja', ...account, guide });
    const outcomes = Object.fromEntries(
      steps.records().map(({ step, code, because, outcome }) => [step, because ?? code ?? outcome]),
    );
    expect(outcomes, lines.join('\n')).toEqual({
      ...{ connect: 'ok', pointer: 'display', drag: 'ok', scroll: 'ok', keys: 'ok' },
      ...{ resize: 'deskKeptItsSize', signOut: 'ok' },
    });
    expect(findings.fps?.drag?.frames).toBeGreaterThan(0);
    expect(Object.values(findings.keys?.japanese ?? {})).toEqual([true, true, true, true, true, true]);
    const seen = findings.keys?.pressed.map(({ key, scancode, sent }) => `${key} ${scancode} ${sent}`);
    expect(seen).toEqual([
      ...['KeyA 0x1e true', 'KeyZ 0x2c true', 'IntlYen 0x7d true', 'IntlRo 0x73 true', 'Backquote 0x29 true'],
      ...['NonConvert 0x7b true', 'Convert 0x79 true', 'KanaMode 0x70 true'],
    ]);
  });
});
