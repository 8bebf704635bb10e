import { sign } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolProof } from '#contract/wire/enrol.ts';
import { type Issued, issueCa } from '#gateway/pki/issue.ts';
import { openGateway } from '#gateway/server/index.ts';
import { addClientCas } from '#gateway/site/client-cas.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { clientAuth, forgeCertificate, serverAuth } from '#test/fakes/pki.ts';
import { issueDevice } from '#test/fixtures/gateway/certificates.ts';
import { type TestDevice, unknownMachine } from '#test/fixtures/gateway/enrol-test-device.ts';
import {
  dialTls,
  type Identity,
  type Office,
  over,
  readAnswer,
  startOffice,
  until,
} from '#test/fixtures/gateway/office.ts';

/* test-targets no. 11: each refused, with its own reason where TLS got that far. */

const now = Date.now();

describe('the gateway door', () => {
  let office: Office;
  let device: TestDevice;
  beforeAll(async () => {
    office = await startOffice({ limits: { handshakeMs: 1500, requestMs: 700, refusedLingerMs: 500 } });
    device = await office.enrol('yamada', { id: 'pc-1', port: 9 });
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
  });

  const identity = (issued: Issued, chain = ''): Identity => ({
    ca: office.ca.certificate,
    cert: issued.certificate + chain,
    key: issued.privateKey,
  });
  /** What a request gets that a registered device would have answered with 404. */
  const ask = async (who: Identity | TestDevice | undefined) => {
    const socket = await office.dial(who);
    socket.write('GET /v1/other HTTP/1.1\r\nHost: gateway\r\n\r\n');
    const { status, refusal } = await readAnswer(socket);
    await over(socket);
    return refusal === undefined ? String(status) : `${status} ${refusal}`;
  };

  it('lets a registered device through', async () => {
    expect(await ask(device)).toBe('404');
  });

  it('refuses TLS 1.2 in the handshake', async () => {
    const error = await office.dial(device, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }).catch((e: Error) => e);
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });

  it('refuses no certificate', async () => {
    expect(await ask(undefined)).toBe('403 deviceCertificateMissing');
  });

  it('refuses an expired certificate, and one that is not valid yet', async () => {
    const expired = await forgeCertificate({ signer: office.ca, from: -3, until: -1 });
    const early = await forgeCertificate({ signer: office.ca, from: 1, until: 3 });
    expect(await ask(identity(expired))).toBe('403 deviceCertificateExpired');
    expect(await ask(identity(early))).toBe('403 deviceCertificateExpired');
  });

  it('refuses a self-signed certificate', async () => {
    expect(await ask(identity(await forgeCertificate({ signer: 'self' })))).toBe('403 deviceCertificateRefused');
  });

  it('refuses another CA, even one of the same name, even when its CA is sent along', async () => {
    const other = await issueCa({ site: 'test', now, days: 1 });
    const foreign = await issueDevice(other, { device: 'd', now, days: 1 });
    expect(await ask(identity(foreign))).toBe('403 deviceCertificateRefused');
    expect(await ask(identity(foreign, other.certificate))).toBe('403 deviceCertificateRefused');
  });

  it('refuses a certificate for servers only, and one for nothing in particular', async () => {
    const server = await forgeCertificate({ signer: office.ca, usages: [serverAuth] });
    const vague = await forgeCertificate({ signer: office.ca, usages: [] });
    expect(await ask(identity(server))).toBe('403 deviceCertificateRefused');
    expect(await ask(identity(vague))).toBe('403 deviceCertificateRefused');
  });

  it('refuses a leaf that acts as CA, with and without the claim to be one', async () => {
    const leaf = { certificate: device.credentials.certificate, privateKey: device.credentials.privateKey };
    for (const ca of [false, true]) {
      const forged = await forgeCertificate({ signer: leaf, ca, usages: [clientAuth] });
      expect(await ask(identity(forged, leaf.certificate))).toBe('403 deviceCertificateRefused');
    }
  });

  it('refuses an intermediate CA under the site CA', async () => {
    const intermediate = await forgeCertificate({ signer: office.ca, ca: true, usages: [] });
    const below = await forgeCertificate({ signer: intermediate });
    expect(await ask(identity(below, intermediate.certificate))).toBe('403 deviceCertificateRefused');
  });

  it('takes certificates of a CA that the site trusts besides its own, and none of a CA below it', async () => {
    const root = await forgeCertificate({ signer: 'self', ca: true, usages: [], name: 'root' });
    const issuing = await forgeCertificate({ signer: root, ca: true, usages: [], name: 'issuing' });
    const below = await forgeCertificate({ signer: issuing, ca: true, usages: [], name: 'below' });
    const laptop = await forgeCertificate({ signer: issuing, name: 'laptop' });
    const folder = await startOffice();
    await folder.gateway.close();
    addClientCas(sitePaths(folder.dataDir).clientCas, root.certificate + issuing.certificate);
    const gateway = openGateway({ dataDir: folder.dataDir });
    const { port } = await gateway.listen();
    gateway.store.addUser({ id: 'yamada', name: 'yamada', created: now });
    const { code } = gateway.identity.createDevice({
      ...{ user: 'yamada', label: 'L1', lease: null, hours: 1, actor: { kind: 'admin', name: 'test' } },
    });
    const proof = sign('sha256', Buffer.from(enrolProof(code)), laptop.privateKey).toString('base64');
    await gateway.identity.enrol(
      {
        ...{ code, client: { version: '1.0.0', platform: 'test' }, machine: unknownMachine },
        key: { kind: 'certificate', certificate: laptop.certificate, proof },
      },
      { address: '127.0.0.1', gateway: { host: '127.0.0.1', port } },
    );
    const answerTo = async (who: Issued, chain = '') => {
      const shown = { ...identity(who, chain), ca: folder.ca.certificate };
      const socket = await dialTls(port, folder.ca.certificate, shown);
      socket.write('GET / HTTP/1.1\r\nHost: g\r\n\r\n');
      const { status, refusal } = await readAnswer(socket);
      await over(socket);
      return refusal === undefined ? String(status) : `${status} ${refusal}`;
    };
    expect(await answerTo(laptop)).toBe('404');
    // Of that CA, but nobody enrolled it.
    expect(await answerTo(await forgeCertificate({ signer: issuing }))).toBe('403 deviceRevoked');
    const lower = await forgeCertificate({ signer: below });
    expect(await answerTo(lower, below.certificate)).toBe('403 deviceCertificateRefused');
    await gateway.close();
    await folder.stop();
  });

  it('refuses the CA certificate itself', async () => {
    expect(await ask(identity(office.ca))).toBe('403 deviceCertificateRefused');
  });

  it('refuses a certificate of this CA that the store does not know', async () => {
    const unknown = await issueDevice(office.ca, { device: device.device.id, now, days: 1 });
    expect(await ask(identity(unknown))).toBe('403 deviceRevoked');
  });

  it('does not resume a session, and so refuses a stopped device that comes with one', async () => {
    const lost = await office.enrol('sato', { id: 'pc-2', port: 9 });
    const first = await office.dial(lost);
    const tickets: Buffer[] = [];
    first.on('session', (session) => tickets.push(session));
    first.write('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n');
    expect((await readAnswer(first)).status).toBe(404);
    const session = tickets.at(-1) ?? first.getSession();
    await over(first);
    expect(session).toBeDefined();

    const again = await office.dial(lost, { session: session! });
    expect(again.isSessionReused()).toBe(false);
    again.destroy();
    const { identity } = office.gateway;
    const stopped = async () => {
      const socket = await office.dial(lost, { session: session! });
      expect(socket.isSessionReused()).toBe(false);
      const { status, refusal } = await readAnswer(socket);
      await over(socket);
      return `${status} ${refusal}`;
    };
    identity.setDeviceStatus(lost.device.id, 'suspended', { kind: 'admin', name: 'test' });
    expect(await stopped()).toBe('403 deviceSuspended');
    identity.setDeviceStatus(lost.device.id, 'revoked', { kind: 'admin', name: 'test' });
    identity.erased(lost.device.id);
    expect(await stopped()).toBe('403 deviceRevoked');
  });

  it('parses nothing of a refused client: garbage and endless input get the same answer, then the end', async () => {
    const socket = await office.dial(undefined);
    socket.write('\0\x01garbage\r\n'.repeat(50));
    expect(await readAnswer(socket)).toMatchObject({ status: 403, refusal: 'deviceCertificateMissing' });
    const flood = setInterval(() => socket.destroyed || socket.write(Buffer.alloc(32_768)), 5);
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(flood);
  });

  it('drops sockets that never speak, before and after TLS', async () => {
    const tcp = connectTcp(office.port, '127.0.0.1');
    tcp.on('error', () => undefined);
    const tls = await office.dial(device);
    await Promise.all([once(tcp, 'close'), over(tls)]);
    expect(await ask(device)).toBe('404');
  });

  it('is refused by a client that trusts another CA', async () => {
    const other = await issueCa({ site: 'test', now, days: 1 });
    const socket = connectTls({ host: '127.0.0.1', port: office.port, ca: other.certificate });
    const [error] = await once(socket, 'error');
    expect(['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_SIGNATURE_FAILURE']).toContain(
      (error as NodeJS.ErrnoException).code,
    );
  });

  it('offers the hybrid post-quantum key exchange where this runtime has it', async () => {
    const socket = connectTls({
      ...{ host: '127.0.0.1', port: office.port, ca: office.ca.certificate, ecdhCurve: 'X25519MLKEM768' },
    });
    // A client that knows only this group completes the handshake only if the gateway offers it.
    await once(socket, 'secureConnect');
    expect(socket.getProtocol()).toBe('TLSv1.3');
    await over(socket);
  });

  it('serves nothing but its two doors', async () => {
    const requests = [
      'GET / HTTP/1.1\r\nHost: g\r\n\r\n',
      'GET /v1/control HTTP/1.1\r\nHost: g\r\n\r\n',
      'POST /v1/control HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhello',
      'GET /v1/admin HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'OPTIONS * HTTP/1.1\r\nHost: g\r\n\r\n',
    ];
    for (const request of requests) {
      const socket = await office.dial(device);
      socket.write(request);
      const { status, refusal } = await readAnswer(socket);
      expect([status, refusal], request).toEqual([404, undefined]);
      await over(socket);
    }
  });

  it('answers a malformed request with 400', async () => {
    for (const request of [
      '\0\0\0\0\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      'GET / HTTP/9.9\r\n\r\n',
    ]) {
      const socket = await office.dial(device);
      socket.write(request);
      expect(await readAnswer(socket)).toMatchObject({ status: 400, refusal: 'protocolMismatch' });
      await over(socket);
    }
  });
});
