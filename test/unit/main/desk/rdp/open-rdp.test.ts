import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { encodeCredentials } from '#main/desk/rdp/credssp.ts';
import { openRdp, type RdpOptions } from '#main/desk/rdp/open-rdp.ts';
import { RdpProblem } from '#main/desk/rdp/problems.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { account, type DeskSide, type Seen, serveDesk } from './desk-side.ts';

const identity = await forgeCertificate({ signer: 'self', name: 'desk', key: 'RSA-2048', usages: [] });
const sha256 = createHash('sha256').update(new X509Certificate(identity.certificate).raw).digest('hex');

function pair(): readonly [Duplex, Duplex] {
  const [client, server] = duplexPair();
  server.on('error', () => {});
  onTestFinished(() => {
    client.destroy();
    server.destroy();
  });
  return [client, server];
}

function connect(desk: Partial<DeskSide>, options: Partial<RdpOptions> = {}) {
  const [client, server] = pair();
  const seen: Seen = { authInfo: null, response: null, messages: 0 };
  // What the desk makes of a client that hangs up is not looked at.
  serveDesk(server, { identity, chosen: 2, ...desk }, seen).catch(() => {});
  const opened = openRdp(client, {
    host: 'desk.office.test',
    credentials: account,
    security: 'nla',
    pin: null,
    signal: AbortSignal.timeout(10_000),
    now: Date.now,
    random: randomBytes,
    ...options,
  });
  return { opened, seen, client, server };
}

const reasonOf = (opened: Promise<unknown>) =>
  opened.then(
    () => 'opened',
    (error: unknown) => (error instanceof RdpProblem ? error.reason : error),
  );

test.each([
  [2, 6],
  [2, 5],
  [8, 6],
])('signs in and loses no byte when the desk chose protocol %d and CredSSP version %d', async (chosen, version) => {
  const { opened, seen } = connect({ chosen, version }, { pin: sha256 });
  const { stream, certificate, pinned, protocol } = await opened;
  expect({ protocol, pinned, sha256: certificate.sha256 }).toEqual({ protocol: chosen, pinned: true, sha256 });
  expect(certificate.subject).toBe('CN=desk');
  expect(certificate.notAfter.getTime()).toBeGreaterThan(Date.now());
  const [hello] = await once(stream, 'data');
  expect(String(hello)).toBe('hello');
  expect(seen.authInfo).toEqual(encodeCredentials(account));
  expect(seen.response?.includes(Buffer.from('TERMSRV/desk.office.test', 'utf16le'))).toBe(true);
});

test('opens without CredSSP when TLS is enough and chosen', async () => {
  const { opened, seen } = connect({ chosen: 1 }, { security: 'tls' });
  const { stream, protocol, pinned } = await opened;
  expect({ protocol, pinned }).toEqual({ protocol: 1, pinned: false });
  expect(String((await once(stream, 'data'))[0])).toBe('hello');
  expect(seen.messages).toBe(0);
});

test('names the wrong password and sends no credentials when it is wrong', async () => {
  const { opened, seen, client } = connect({}, { credentials: { ...account, password: 'not this one' } });
  const error = await opened.catch((problem: unknown) => problem);
  expect(error).toMatchObject({ reason: 'desk-password-wrong' });
  expect(String((error as Error).stack)).not.toContain('not this one');
  expect(seen.authInfo).toBeNull();
  expect(client.destroyed).toBe(true);
});

test('stops before CredSSP when the certificate is not the pinned one', async () => {
  const { opened, seen } = connect({}, { pin: '00'.repeat(32) });
  expect(await reasonOf(opened)).toBe('desk-certificate-changed');
  expect(seen).toEqual({ authInfo: null, response: null, messages: 0 });
});

test('sends no credentials when the desk proves another key', async () => {
  for (const version of [6, 5]) {
    const told: string[] = [];
    const { opened, seen } = connect({ lies: true, version }, { onCertificate: (hash) => told.push(hash) });
    expect(await reasonOf(opened)).toBe('desk-protocol-error');
    expect({ credentials: seen.authInfo, messages: seen.messages }).toEqual({ credentials: null, messages: 2 });
    // Told, it would become the pin of everybody's.
    expect(told).toEqual([]);
  }
});

test('tells of a certificate before the credentials leave, of another than the pin at once, and of one without proof', async () => {
  for (const [desk, options, reason] of [
    [{ chosen: 8, early: 5 }, {}, 'desk-logon-not-allowed'],
    [{}, { pin: '00'.repeat(32) }, 'desk-certificate-changed'],
    [{ chosen: 1 }, { security: 'tls' }, 'opened'],
  ] as const) {
    const told: string[] = [];
    const { opened } = connect(desk, { ...options, onCertificate: (hash) => told.push(hash) });
    expect(await reasonOf(opened)).toBe(reason);
    expect(told).toEqual([sha256]);
  }
});

test('signs nobody in with a version of CredSSP that lets others choose what is sealed', async () => {
  for (const version of [2, 3, 4]) {
    const { opened, seen } = connect({ version });
    expect(await reasonOf(opened)).toBe('desk-credssp-old');
    expect(seen.messages).toBe(1);
  }
});

test('takes a desk that hangs up on the logon for a refusal', async () => {
  expect(await reasonOf(connect({ hangsUp: true, version: 5 }).opened)).toBe('desk-password-wrong');
  expect(await reasonOf(connect({ hangsUp: true, version: 6 }).opened)).toBe('desk-password-wrong');
});

test('names the reason when the credentials are refused where the early result would be', async () => {
  expect(await reasonOf(connect({ chosen: 8, refuses: true }).opened)).toBe('desk-password-must-change');
});

test('closes both streams when TLS breaks, while signing in and after', async () => {
  const { opened, client } = connect({ breaks: true, chosen: 8 });
  expect(await reasonOf(opened)).toBe('desk-hung-up');
  expect(client.destroyed).toBe(true);
  const later = connect({});
  const { stream } = await later.opened;
  stream.resume();
  later.server.write('nothing of TLS');
  await once(stream, 'close');
  expect(stream.destroyed).toBe(true);
  await expect.poll(() => later.client.destroyed).toBe(true);
});

test('uses RSA key transport only for a key that may not sign, and never for a password in clear', async () => {
  const windows = await forgeCertificate({
    ...({ signer: 'self', name: 'desk', key: 'RSA-2048', usages: [], enciphers: true } as const),
  });
  const { opened } = connect({ identity: windows }, { keyTransport: true });
  const { stream } = await opened;
  expect((stream as TLSSocket).getCipher().name).toBe('AES256-GCM-SHA384');
  expect((stream as TLSSocket).getProtocol()).toBe('TLSv1.2');
  expect(await reasonOf(connect({}, { keyTransport: true }).opened)).toBe('desk-protocol-error');
  const plain = connect({ identity: windows, chosen: 1 }, { keyTransport: true, security: 'tls' });
  expect(await reasonOf(plain.opened)).toBe('desk-tls-failed');
});

test('says that the user may not sign in when the early result denies it', async () => {
  expect(await reasonOf(connect({ chosen: 8, early: 5 }).opened)).toBe('desk-logon-not-allowed');
});

test('refuses TLS alone when network level authentication is needed', async () => {
  expect(await reasonOf(connect({ chosen: 1 }).opened)).toBe('desk-without-nla');
});

test('refuses a desk when it speaks only Standard RDP Security', async () => {
  for (const confirm of ['0300000b06d00000123400', '030000130ed000001234000200080000000000']) {
    const [client, server] = pair();
    server.once('data', () => server.write(Buffer.from(confirm, 'hex')));
    const options = { host: 'desk', credentials: account, security: 'tls', pin: null, random: randomBytes } as const;
    const opened = openRdp(client, { ...options, now: Date.now, signal: AbortSignal.timeout(10_000) });
    expect(await reasonOf(opened)).toBe('desk-without-tls');
    expect(client.destroyed).toBe(true);
  }
});

test('ends with the reason of the signal when the desk says nothing', async () => {
  const [client] = pair();
  const late = new AbortController();
  const options = { host: 'desk', credentials: account, security: 'nla', pin: null, random: randomBytes } as const;
  const opened = openRdp(client, { ...options, now: Date.now, signal: late.signal });
  const reason = new Error('late');
  setImmediate(() => late.abort(reason));
  await expect(opened).rejects.toBe(reason);
  expect(client.destroyed).toBe(true);
});

test('says that the desk hung up when it does', async () => {
  const [client, server] = pair();
  server.once('data', () => server.end());
  const options = { host: 'desk', credentials: account, security: 'nla', pin: null, random: randomBytes } as const;
  const opened = openRdp(client, { ...options, now: Date.now, signal: AbortSignal.timeout(10_000) });
  expect(await reasonOf(opened)).toBe('desk-hung-up');
});
