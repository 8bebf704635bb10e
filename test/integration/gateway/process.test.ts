import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceFile, deviceFileSchema } from '#contract/device/device-file.ts';
import { type ControlClient, dialControl } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { connectRequest, dialTls, identityOf, over, readAnswer } from '#test/fixtures/gateway/office.ts';

const entry = fileURLToPath(new URL('../../../gateway/index.ts', import.meta.url));

/* The command itself, as separate processes that share nothing but the data folder. */
describe('hanare-gateway as a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hanare-command-'));
  const children = new Set<ChildProcess>();
  let desk: FakeDesk;
  let device: DeviceFile;
  let port: number;
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
    server = start('serve', '--port', '0', '--listen', '127.0.0.1');
    server.stderr!.resume();
    const [line] = await once(createInterface({ input: server.stdout! }), 'line');
    const ready = JSON.parse(line as string);
    expect(ready).toMatchObject({ event: 'ready', host: '127.0.0.1' });
    port = ready.port;
  };
  const signedIn = async (): Promise<ControlClient> => {
    const control = await dialControl(port, identityOf(device));
    await control.signIn();
    return control;
  };
  const screen = async (control: ControlClient) => {
    const grant = await control.open('pc-1');
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const socket = await dialTls(port, device.site.ca, device);
    socket.write(connectRequest('pc-1', grant.token));
    expect((await readAnswer(socket)).status).toBe(200);
    return { sid: grant.sid, socket };
  };

  beforeAll(async () => {
    desk = await startEchoDesk();
    const done = async (...args: string[]) => expect((await run(...args)).code, args.join(' ')).toBe(0);
    expect((await run('user', 'list')).code).toBe(3);
    await done('init', '--site', '桜市', '--host', '127.0.0.1', '--listen', '127.0.0.1');
    await done('user', 'add', 'yamada', '--name', '山田 花子');
    const address = `127.0.0.1:${desk.port}`;
    await done('desk', 'add', 'pc-1', '--name', '机', '--protocol', 'vnc', '--address', address);
    await done('desk', 'assign', 'pc-1', 'yamada');
    await serve();
    await done(
      ...['device', 'issue', '--user', 'yamada', '--label', 'L7', '--out', 'l7.json', '--gateway-port', String(port)],
    );
    device = v.parse(deviceFileSchema, JSON.parse(readFileSync(join(folder, 'l7.json'), 'utf8')));
  });
  afterAll(async () => {
    const left = [...children];
    for (const child of left) child.kill('SIGKILL');
    await Promise.all(left.map((child) => once(child, 'exit')));
    await desk.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('knows a device that another process registered while it runs', async () => {
    expect(device).toMatchObject({ gateway: { host: '127.0.0.1', port }, desk: { id: 'pc-1', name: '机' } });
    const control = await signedIn();
    await control.close();
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

  it('is served by one process at a time', async () => {
    const second = await run('serve', '--port', '0');
    expect(second.code).toBe(4);
    expect(second.err.error.message).toContain('already serves');
    const control = await signedIn();
    await control.close();
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
});
