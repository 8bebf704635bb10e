import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCode } from '#contract/identity/code.ts';
import { trialRules } from '#contract/policy/policy.ts';
import { type Address, enrolAnswerSchema, enrolPaths, parseEnrolment, siteCardSchema } from '#contract/wire/enrol.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { caFingerprint } from '#gateway/site/site-file.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';
import { type ControlClient, dialControl } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { unknownMachine } from '#test/fixtures/gateway/enrol-test-device.ts';
import { connectRequest, dialTls, type Identity, over, readAnswer } from '#test/fixtures/gateway/office.ts';

const entry = fileURLToPath(new URL('../../../gateway/index.ts', import.meta.url));

/** Without `ca`, any server is believed: only to learn which CA it claims. */
async function ask(at: Address, path: string, options: { ca?: string; body?: unknown } = {}) {
  const { ca, body } = options;
  const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
  const method = body === undefined ? 'GET' : 'POST';
  const headers = { 'content-type': 'application/json' };
  const sent = request({ ...at, path, method, headers, agent: false, ...trust });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = await once(sent, 'response');
  return { status: answer.statusCode as number, body: JSON.parse(await text(answer)) as unknown };
}

/** As a laptop enrols: by what the sheet says, and nothing else. */
async function enrolBy(line: string) {
  const { code, office } = parseEnrolment(line)!;
  const card = v.parse(siteCardSchema, (await ask(office!.enrol, enrolPaths.site)).body);
  expect(caFingerprint(card.ca)).toBe(office!.fingerprint);
  const { privateKey, csr } = await newRequest();
  const client = { version: '1.0.0', platform: 'test' };
  const body = { code, client, machine: unknownMachine, key: { kind: 'csr', csr } };
  const answer = await ask(office!.enrol, enrolPaths.enrol, { ca: card.ca, body });
  return { ...answer, privateKey };
}

/* The command itself, as separate processes that share nothing but the data folder. */
describe('hanare-gateway as a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hanare-command-'));
  const children = new Set<ChildProcess>();
  let desk: FakeDesk;
  let sheet: { code: string; line: string };
  let identity: Required<Identity>;
  /** Printed by the command; each is good for one sign-in. */
  let codes: string[];
  let port: number;
  let enrolPort: number;
  let server: ChildProcess;

  const start = (...args: string[]): ChildProcess => {
    const { HANARE_GATEWAY_DATA: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, '--json', ...args], {
      cwd: folder,
      env: { ...env, INIT_CWD: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const run = async (...args: string[]) => {
    const child = start(...args);
    const text = { out: '', err: '' };
    child.stdout!.on('data', (chunk) => (text.out += chunk));
    child.stderr!.on('data', (chunk) => (text.err += chunk));
    const [code] = await once(child, 'close');
    const json = (part: string) => (part.trim() === '' ? undefined : JSON.parse(part.trim().split('\n').at(-1)!));
    return { code, out: json(text.out), err: code === 0 ? undefined : json(text.err) };
  };
  const serve = async (): Promise<void> => {
    server = start('serve', '--port', '0', '--enrol-port', '0', '--listen', '127.0.0.1');
    server.stderr!.resume();
    const [line] = await once(createInterface({ input: server.stdout! }), 'line');
    const ready = JSON.parse(line as string);
    expect(ready).toMatchObject({ event: 'ready', host: '127.0.0.1' });
    expect(ready.enrol).toMatchObject({ host: '127.0.0.1' });
    port = ready.port;
    enrolPort = ready.enrol.port;
  };
  const enrolSheet = async (...args: string[]) => {
    const result = await run('device', 'enrol', ...args, '--office', `127.0.0.1:${enrolPort}`);
    expect(result.code).toBe(0);
    return result.out as typeof sheet;
  };
  const signedIn = async (at = port): Promise<ControlClient> => {
    const control = await dialControl(at, identity, { otp: () => ({ kind: 'emergency', code: codes.pop()! }) });
    await control.signIn();
    return control;
  };
  const screen = async (control: ControlClient) => {
    const grant = await control.open('pc-1');
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const socket = await dialTls(port, identity.ca, identity);
    socket.write(connectRequest('pc-1', grant.token));
    expect((await readAnswer(socket)).status).toBe(200);
    return { sid: grant.sid, socket };
  };

  beforeAll(async () => {
    desk = await startEchoDesk();
    const done = async (...args: string[]) => expect((await run(...args)).code, args.join(' ')).toBe(0);
    expect((await run('user', 'list')).code).toBe(3);
    await done('init', '--site', '桜市', '--host', '127.0.0.1', '--listen', '127.0.0.1');
    const { config } = sitePaths(join(folder, 'hanare-gateway'));
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), policy: trialRules }));
    await done('user', 'add', 'yamada', '--name', '山田 花子');
    const address = `127.0.0.1:${desk.port}`;
    await done('desk', 'add', 'pc-1', '--name', '机', '--protocol', 'vnc', '--address', address);
    await done('desk', 'assign', 'pc-1', 'yamada');
    codes = (await run('user', 'emergency-codes', 'yamada')).out.codes;
    await serve();
    sheet = await enrolSheet('--user', 'yamada', '--label', 'L7', '--id', 'l7');
    const { status, body, privateKey } = await enrolBy(sheet.line);
    expect(status).toBe(200);
    const answer = v.parse(enrolAnswerSchema, body);
    expect(answer).toMatchObject({
      ...{ gateway: { host: '127.0.0.1', port }, desk: { id: 'pc-1', name: '机' } },
      ...{ device: { id: 'l7', label: 'L7' }, user: { id: 'yamada', name: '山田 花子' } },
    });
    identity = { ca: answer.site.ca, cert: answer.certificate, key: privateKey };
  });
  afterAll(async () => {
    const left = [...children];
    for (const child of left) child.kill('SIGKILL');
    await Promise.all(left.map((child) => once(child, 'exit')));
    await desk.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets in a device that was made by one process and enrolled with another', async () => {
    const control = await signedIn();
    expect((await run('device', 'show', 'l7')).out.device).toMatchObject({ status: 'active', clientVersion: '1.0.0' });
    await control.close();
  });

  it('refuses the code of a device that has been in, and one that nobody was given', async () => {
    expect(await enrolBy(sheet.line)).toMatchObject({ status: 403, body: { reason: 'enrolCodeUsed' } });
    const line = sheet.line.replace(sheet.code, makeCode('enrolment', randomBytes(15)));
    expect(await enrolBy(line)).toMatchObject({ body: { reason: 'enrolCodeWrong' } });
  });

  it('ends a live session from another process, and the client learns that the office did it', async () => {
    const control = await signedIn();
    const { sid, socket } = await screen(control);
    const list = await run('session', 'list');
    expect(list.out.sessions).toMatchObject([{ sid, user: 'yamada', desk: 'pc-1', state: 'open' }]);
    expect((await run('session', 'end', sid)).out).toEqual({ sid, requested: true });
    expect(await control.next('closed')).toEqual({ type: 'closed', sid, reason: 'sessionEndedByOffice' });
    await over(socket);
    expect((await run('session', 'list')).out.sessions).toEqual([]);
    const ended = (await run('session', 'list', '--all')).out.sessions[0];
    expect(ended).toMatchObject({ sid, state: 'ended', reason: 'sessionEndedByOffice' });
    expect(await run('session', 'end', sid)).toMatchObject({ code: 1, err: { error: { exitCode: 1 } } });
    await control.close();
  });

  it('is served by one process of each name', async () => {
    const second = await run('serve', '--port', '0', '--enrol-port', '0');
    expect(second.code).toBe(4);
    expect(second.err.error.message).toContain('already serves');
    const other = start('serve', '--replica', 'b', '--port', '0', '--enrol-port', '0', '--listen', '127.0.0.1');
    other.stderr!.resume();
    const [line] = await once(createInterface({ input: other.stdout! }), 'line');
    const control = await signedIn(JSON.parse(line as string).port);
    await control.close();
    other.kill('SIGTERM');
    expect(await once(other, 'exit')).toEqual([0, null]);
  });

  it('after kill -9 serves again, with the lost sessions marked ended', async () => {
    const control = await signedIn();
    const { sid, socket } = await screen(control);
    server.kill('SIGKILL');
    await Promise.all([once(server, 'exit'), control.closed, over(socket)]);
    expect((await run('session', 'list')).out.sessions).toMatchObject([{ sid, state: 'open' }]);
    await serve();
    expect((await run('session', 'list')).out.sessions).toEqual([]);
    const again = await signedIn();
    await again.close();
  });

  it('on SIGTERM says drain, closes and exits 0', async () => {
    const control = await signedIn();
    const { socket } = await screen(control);
    const exit = once(server, 'exit');
    server.kill('SIGTERM');
    await control.next('drain');
    expect(await control.closed).toBe(1001);
    await over(socket);
    expect(await exit).toEqual([0, null]);
    expect((await run('session', 'list', '--all')).out.sessions[0]).toMatchObject({ reason: 'gatewayBusy' });
  });

  it('revokes a laptop: cuts its session, has it erase itself, and then lets it in no more', async () => {
    await serve();
    const control = await signedIn();
    const { sid, socket } = await screen(control);
    // Nobody is there to ask.
    expect(await run('device', 'revoke', 'l7')).toMatchObject({ code: 2, err: { error: { exitCode: 2 } } });
    expect((await run('device', 'revoke', 'l7', '--yes')).out).toMatchObject({ status: 'revoked', changed: true });
    await Promise.all([control.next('erase'), over(socket)]);
    control.send({ type: 'erased' });
    await control.closed;
    const ended = (await run('session', 'list', '--all')).out.sessions[0];
    expect(ended).toMatchObject({ sid, state: 'ended', reason: 'deviceRevoked' });
    expect((await run('device', 'show', 'l7')).out.device).toMatchObject({ status: 'revoked', erase: 'done' });
    const refused = await dialTls(port, identity.ca, identity);
    expect(await readAnswer(refused)).toMatchObject({ status: 403, refusal: 'deviceRevoked' });
    refused.destroy();
  });

  it('has written all of it down, in one log that is whole', async () => {
    expect((await run('audit', 'verify')).out).toMatchObject({ problem: null });
    const { entries } = (await run('audit', 'list', '--device', 'l7', '--last', '1000')).out;
    const actions = entries.map((entry: { action: string }) => entry.action);
    expect(actions).toEqual(
      expect.arrayContaining(['device.created', 'session.endAsked', 'device.revoked', 'device.erased']),
    );
  });
});
