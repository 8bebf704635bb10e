import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
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
  [2, 4],
  [2, 2],
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
  for (const version of [6, 4]) {
    const { opened, seen } = connect({ lies: true, version });
    expect(await reasonOf(opened)).toBe('desk-protocol-error');
    expect({ credentials: seen.authInfo, messages: seen.messages }).toEqual({ credentials: null, messages: 2 });
  }
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
