import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect as dial, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { openRdp, type RdpOptions } from '#main/desk/rdp/open-rdp.ts';
import { RdpProblem } from '#main/desk/rdp/problems.ts';
import { rdpFailure } from '#main/desk/rdp/reasons.ts';
import { openChannel } from '#main/tunnel/channel.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { ensureSuiteRoot, startShadow3, startXrdp010 } from '#test/fakes/rdp/chroot.ts';
import { noShadow, type Shadow, type ShadowOptions, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { noXrdp, startXrdp, type Xrdp, type XrdpOptions } from '#test/fakes/rdp/xrdp.ts';

const account = { user: 'tester', password: 'a throw-away' };
const credentials = { ...account, domain: '' };

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
const track = <T extends { stop(): Promise<void> }>(server: T): T => {
  stops.push(server.stop);
  return server;
};

async function toDesk(port: number): Promise<Socket> {
  const socket = dial({ host: '127.0.0.1', port });
  stops.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The way that a desk's bytes take: CONNECT within TLS; and then they wait while the person types. */
async function throughTunnel(port: number): Promise<Duplex> {
  const { certificate, privateKey } = await forgeCertificate({
    ...{ signer: 'self', name: 'gateway', key: 'RSA-2048', usages: [] },
  });
  const gateway = createServer({ cert: certificate, key: privateKey });
  gateway.on('connect', (_, near) => {
    const far = dial({ host: '127.0.0.1', port });
    for (const socket of [near, far]) socket.on('error', () => {});
    near.write('HTTP/1.1 200 OK\r\n\r\n');
    near.pipe(far).pipe(near);
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  stops.push(() => void gateway.close());
  const address = gateway.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = tls.connect({ host: '127.0.0.1', port: address.port, rejectUnauthorized: false });
  stops.push(() => void socket.destroy());
  await once(socket, 'secureConnect');
  const { signal } = new AbortController();
  const stream = await openChannel(socket, { authority: 'desk-0123.desk:rdp', token: 'a grant', signal });
  stream.on('error', () => {});
  await sleep(500);
  return stream;
}

const open = (stream: Duplex, options: Partial<RdpOptions> = {}) =>
  openRdp(stream, {
    host: 'desk-0123',
    credentials,
    security: 'nla',
    pin: null,
    signal: AbortSignal.timeout(20_000),
    now: Date.now,
    random: randomBytes,
    ...options,
  });

const reasonOf = (opened: Promise<unknown>) =>
  opened.then(
    () => 'opened',
    (error: unknown) => (error instanceof RdpProblem ? rdpFailure(error).reason : error),
  );

/** MCS Connect Initial of nonsense: a desk that let the person in reads it, hangs up over it, and the tunnel sees it. */
async function hangsUp(secured: Duplex, below: Duplex): Promise<void> {
  secured.resume();
  const over = Promise.all([once(secured, 'close'), once(below, 'close')]);
  secured.write(Buffer.from('0300000802f08000', 'hex'));
  await over;
}

function shadowServer(title: string, reason: string | null, start: (options: ShadowOptions) => Promise<Shadow>): void {
  if (reason !== null) console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skipIf(reason !== null)(title, () => {
    const nla = { security: 'nla', ...account, width: 640, height: 480 } as const;

    it('lets the person in when name, password and certificate are right', async () => {
      const shadow = track(await start(nla));
      const seen: string[] = [];
      const pin = shadow.certificateSha256();
      const socket = await toDesk(shadow.port);
      const opened = await open(socket, { pin, onCertificate: (sha256) => void seen.push(sha256) });
      expect(opened).toMatchObject({ pinned: true, certificate: { sha256: pin } });
      expect([2, 8]).toContain(opened.protocol);
      expect(seen).toEqual([pin]);
      await hangsUp(opened.stream, socket);
    });

    it('lets the person in through the tunnel when the person has taken a while', async () => {
      const shadow = track(await start(nla));
      const tunnel = await throughTunnel(shadow.port);
      const opened = await open(tunnel);
      expect(opened.certificate.sha256).toBe(shadow.certificateSha256());
      await hangsUp(opened.stream, tunnel);
    });

    it('is seen to have gone when it goes while the person is typing, though nobody reads from it', async () => {
      const shadow = track(await start(nla));
      const tunnel = await throughTunnel(shadow.port);
      const gone = once(tunnel, 'close');
      await shadow.stop();
      await gone;
    });

    it('tells why it does not when the password or the name is wrong', async () => {
      const shadow = track(await start(nla));
      for (const wrong of [{ password: 'not this one' }, { password: '' }, { user: 'nobody' }]) {
        const opened = open(await toDesk(shadow.port), { credentials: { ...credentials, ...wrong } });
        expect(await reasonOf(opened)).toBe('deskPasswordWrong');
      }
      // It has taken no offence.
      await open(await toDesk(shadow.port));
    });

    it('is not signed in to when it shows another certificate than before', async () => {
      const shadow = track(await start(nla));
      const pin = shadow.certificateSha256();
      await shadow.newCertificate();
      const seen: string[] = [];
      const options = { pin, onCertificate: (sha256: string) => void seen.push(sha256) };
      expect(await reasonOf(open(await toDesk(shadow.port), options))).toBe('deskCertificateChanged');
      expect(seen).toEqual([shadow.certificateSha256()]);
    });

    it('is refused without network level authentication, unless TLS is enough', async () => {
      const shadow = track(await start({ ...nla, security: 'tls' }));
      expect(await reasonOf(open(await toDesk(shadow.port)))).toBe('deskSecurityUnsupported');
      const { protocol } = await open(await toDesk(shadow.port), { security: 'tls' });
      expect(protocol).toBe(1);
    });
  });
}

function xrdpServer(title: string, reason: string | null, start: (options: XrdpOptions) => Promise<Xrdp>): void {
  if (reason !== null) console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skipIf(reason !== null)(title, () => {
    it('is opened with TLS alone when that is enough, and only with the known certificate', async () => {
      const xrdp = track(await start({ desk: { kind: 'vnc', port: 1 } }));
      const pin = xrdp.certificateSha256();
      const tlsOnly = { security: 'tls', pin } as const;
      expect(await open(await toDesk(xrdp.port), tlsOnly)).toMatchObject({ protocol: 1, pinned: true });
      expect(await open(await throughTunnel(xrdp.port), tlsOnly)).toMatchObject({ protocol: 1, pinned: true });
      expect(await reasonOf(open(await toDesk(xrdp.port), { pin }))).toBe('deskSecurityUnsupported');
      await xrdp.newCertificate();
      expect(await reasonOf(open(await toDesk(xrdp.port), tlsOnly))).toBe('deskCertificateChanged');
    });

    it('is refused when it speaks only Standard RDP Security', async () => {
      const xrdp = track(await start({ desk: { kind: 'vnc', port: 1 }, security: 'rdp' }));
      for (const security of ['nla', 'tls'] as const) {
        expect(await reasonOf(open(await toDesk(xrdp.port), { security }))).toBe('deskSecurityUnsupported');
      }
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
