import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureSuiteRoot, startShadow3, startXrdp010 } from '#test/fakes/rdp/chroot.ts';
import { startDisplay } from '#test/fakes/rdp/display.ts';
import { noShadow, type Shadow, type ShadowOptions, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { listeningAddresses, loopbackAddresses } from '#test/fakes/rdp/listening.ts';
import { negotiate, protocols } from '#test/fakes/rdp/negotiate.ts';
import { noXrdp, startXrdp, type Xrdp, type XrdpOptions } from '#test/fakes/rdp/xrdp.ts';
import { startXtigervnc } from '#test/fakes/xtigervnc.ts';
import { connectXfreerdp, hasXfreerdp, mayEnter } from './xfreerdp.ts';

/** Every process that this one has started, however deep, those in namespaces included. */
async function descendants(): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = stat.slice(stat.lastIndexOf(')')).split(' ')[2];
    if (parent) parents.set(pid, Number(parent));
  }
  const found = new Set([process.pid]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

const ours = async () => (await readdir(tmpdir())).filter((name) => /^hanare-(shadow|xrdp|xvnc|xfreerdp)-/.test(name));

const stops: (() => Promise<void>)[] = [];
const track = <T extends { stop(): Promise<void> }>(server: T): T => {
  stops.push(server.stop);
  return server;
};
let filesBefore: readonly string[] = [];
beforeEach(async () => {
  filesBefore = await ours();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Stops all that the test has started, and finds nothing of it left. */
async function expectNothingLeft(port: number): Promise<void> {
  const running = await descendants();
  for (const stop of stops.splice(0).reverse()) await stop();
  // A terminal's shell ends by itself, a moment after its terminal.
  const left = () => running.filter((pid) => existsSync(`/proc/${pid}`));
  await until('no process left', () => left().length === 0, 3_000).catch(() => undefined);
  expect(left()).toEqual([]);
  expect(await listeningAddresses(port)).toEqual([]);
  expect(await ours()).toEqual(filesBefore);
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await sleep(50);
  }
}

/** Somebody listens at the display's abstract socket. */
const displayRuns = async (display: string | null) =>
  (await readFile('/proc/net/unix', 'utf8'))
    .split('\n')
    .some((line) => line.endsWith(`@/tmp/.X11-unix/X${display?.slice(1)}`));

async function expectLoopbackOnly(port: number): Promise<void> {
  const addresses = await listeningAddresses(port);
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.filter((address) => !loopbackAddresses.includes(address))).toEqual([]);
}

const hasXtigervnc = spawnSync('which', ['Xtigervnc']).status === 0;
const account = { user: 'tester', password: 'a throw-away' };

/** @param title starts every test's name. @param reason why it is skipped */
function shadowServer(title: string, reason: string | null, start: (options: ShadowOptions) => Promise<Shadow>): void {
  if (reason !== null) console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skipIf(reason !== null)(title, () => {
    for (const security of ['nla', 'tls'] as const) {
      const options: ShadowOptions = { security, ...account, width: 640, height: 480, session: ['xterm'] };

      it(`selects ${security} and shows its certificate when asked`, async () => {
        const shadow = track(await start(options));
        await expectLoopbackOnly(shadow.port);
        const answer = await negotiate(shadow.port, protocols[security] | protocols.tls);
        expect(answer).toEqual({
          selected: protocols[security],
          failure: null,
          certificateSha256: shadow.certificateSha256(),
        });
        await expectNothingLeft(shadow.port);
      });
    }

    it('shows another certificate at the same port when it has made a new one', async () => {
      const shadow = track(await start({ security: 'nla', ...account, width: 640, height: 480 }));
      const first = shadow.certificateSha256();
      await shadow.newCertificate();
      expect(shadow.certificateSha256()).not.toBe(first);
      const answer = await negotiate(shadow.port, protocols.nla);
      expect(answer.certificateSha256).toBe(shadow.certificateSha256());
    });

    it.skipIf(!hasXfreerdp)('lets a real client in when the password is right, and only then', async () => {
      const shadow = track(await start({ security: 'nla', ...account, width: 640, height: 480 }));
      const screen = track(await startDisplay({ width: 800, height: 600 }));
      const target = { port: shadow.port, security: 'nla', ...account } as const;
      expect(await mayEnter(target, screen.name)).toBe(true);
      expect(await mayEnter({ ...target, password: 'wrong' }, screen.name)).toBe(false);
      await expectNothingLeft(shadow.port);
    });
  });
}

function xrdpServer(title: string, reason: string | null, start: (options: XrdpOptions) => Promise<Xrdp>): void {
  if (reason !== null) console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skipIf(reason !== null)(title, () => {
    it('selects TLS and shows its certificate, then a new one, when asked', async () => {
      const xrdp = track(await start({ desk: { kind: 'vnc', port: 1 } }));
      await expectLoopbackOnly(xrdp.port);
      const answer = await negotiate(xrdp.port, protocols.tls | protocols.nla);
      expect(answer).toEqual({ selected: protocols.tls, failure: null, certificateSha256: xrdp.certificateSha256() });
      await xrdp.newCertificate();
      const again = await negotiate(xrdp.port, protocols.tls);
      expect(again.certificateSha256).toBe(xrdp.certificateSha256());
      expect(again.certificateSha256).not.toBe(answer.certificateSha256);
      await expectNothingLeft(xrdp.port);
    });

    it('selects standard RDP security when it is set to nothing else', async () => {
      const xrdp = track(await start({ desk: { kind: 'vnc', port: 1 }, security: 'rdp' }));
      expect((await negotiate(xrdp.port, protocols.rdp)).selected).toBe(protocols.rdp);
      await expectNothingLeft(xrdp.port);
    });

    it.skipIf(!hasXfreerdp || !hasXtigervnc)(
      'shows a VNC server when the client sends its password, and only then',
      async () => {
        const vnc = track(await startXtigervnc({ password: 'secret12' }));
        const xrdp = track(await start({ desk: { kind: 'vnc', port: vnc.port } }));
        const screen = track(await startDisplay({ width: 800, height: 600 }));
        const target = { port: xrdp.port, security: 'tls', user: 'anybody', password: 'wrong' } as const;
        // TigerVNC says a client's pixel format once the client has been let in.
        const shown = () => vnc.log().includes('Server default pixel format');
        const wrong = track(await connectXfreerdp(target, screen.name));
        await until('the refusal', () => /[Aa]uthentication fail/.test(vnc.log()));
        expect(shown()).toBe(false);
        await wrong.stop();
        track(await connectXfreerdp({ ...target, password: 'secret12' }, screen.name));
        await until('the desk', shown);
        await expectNothingLeft(xrdp.port);
      },
    );

    it.skipIf(!hasXfreerdp)('starts a session of its own when its user signs in, and ends it with itself', async () => {
      const xrdp = track(await start({ desk: { kind: 'xorg', ...account } }));
      const screen = track(await startDisplay({ width: 800, height: 600 }));
      const target = { port: xrdp.port, security: 'tls', ...account } as const;
      const wrong = track(await connectXfreerdp({ ...target, password: 'wrong' }, screen.name));
      await until('the refusal', () => /pam_authenticate failed|AUTHFAIL|login failed/i.test(xrdp.log()));
      expect(await displayRuns(xrdp.display)).toBe(false);
      await wrong.stop();
      track(await connectXfreerdp(target, screen.name));
      await until('its Xorg', () => displayRuns(xrdp.display));
      const { display } = xrdp;
      await expectNothingLeft(xrdp.port);
      expect(await displayRuns(display)).toBe(false);
    });
  });
}

shadowServer('FreeRDP 2 shadow', noShadow(), startShadow);
xrdpServer('xrdp 0.9', noXrdp(), startXrdp);

const [trixie, sid] = [await ensureSuiteRoot('trixie'), await ensureSuiteRoot('sid')];
shadowServer('FreeRDP 3 shadow', trixie === null ? 'no root of trixie' : null, (options) =>
  startShadow3(trixie ?? '', options),
);
xrdpServer('xrdp 0.10', sid === null ? 'no root of sid' : null, (options) => startXrdp010(sid ?? '', options));
if (!hasXfreerdp) console.warn('SKIPPED signing in to real RDP servers: freerdp2-x11 is not installed');
