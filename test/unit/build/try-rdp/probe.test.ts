import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Findings } from '#build/try-rdp/findings.ts';
import { describeCertificate } from '#build/try-rdp/probe/certificate.ts';
import { describeChallenge } from '#build/try-rdp/probe/challenge.ts';
import { probe } from '#build/try-rdp/probe/index.ts';
import { judgeStandardRdp, readAnswer } from '#build/try-rdp/probe/negotiation.ts';
import { makeReport } from '#build/try-rdp/report.ts';
import { createSteps } from '#build/try-rdp/steps.ts';
import { reportText } from '#build/try-rdp/text.ts';
import { createSay } from '#build/try-rdp/words.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { account, type Seen, serveDesk } from '../../main/desk/rdp/desk-side.ts';
import { challengeWith } from './challenge-with.ts';
import { circumstances } from './circumstances.ts';

const confirm = (type: number, value: number) => {
  const message = Buffer.from('030000130ed00000123400001f080000000000'.slice(0, 38), 'hex');
  message[11] = type;
  message[12] = type === 2 ? 0x1f : 0;
  message.writeUInt16LE(8, 13);
  message.writeUInt32LE(value, 15);
  return message;
};
const bare = Buffer.from('0300000b06d00000123400', 'hex');

describe('the answer to a negotiation', () => {
  it.each([
    ['standard RDP', confirm(2, 0), { selected: 'RDP', refused: null, flags: '0x1f' }],
    ['TLS', confirm(2, 1), { selected: 'TLS' }],
    ['NLA', confirm(2, 2), { selected: 'HYBRID' }],
    ['NLA with an early result', confirm(2, 8), { selected: 'HYBRID_EX' }],
    ['a protocol of another kind', confirm(2, 4), { selected: 'protocol 4' }],
    ['that NLA is needed', confirm(3, 5), { selected: null, refused: 'HYBRID_REQUIRED_BY_SERVER', flags: null }],
    ['an unknown refusal', confirm(3, 77), { refused: 'code 77' }],
    ['nothing, from a host older than it', bare, { selected: 'RDP', flags: null }],
  ])('is read when it says %s', (_, message, answer) => {
    expect(readAnswer(message)).toMatchObject(answer);
  });

  it.each([
    [confirm(2, 0), true],
    [bare, true],
    [confirm(3, 5), false],
    [confirm(3, 1), false],
  ])('tells whether the host takes standard RDP security, which the app refuses', (message, hostTakesIt) => {
    expect(judgeStandardRdp(message)).toEqual({ hostTakesIt, hanareRefuses: true });
  });
});

describe('what is told of a certificate', () => {
  it('is its kind, never its names', async () => {
    const { certificate } = await forgeCertificate({ signer: 'self', name: 'KANARIA-PC', key: 'RSA-2048', usages: [] });
    const der = Buffer.from(certificate.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    const facts = describeCertificate(der, Date.now());
    expect(facts).toMatchObject({
      ...{ subjectParts: ['CN'], selfSigned: true, key: 'rsa 2048', keyUsage: ['digitalSignature'] },
      ...{ extendedKeyUsage: null, validNow: true, maySign: true },
    });
    expect(JSON.stringify(facts)).not.toContain('KANARIA');
    expect(describeCertificate(der, Date.now() + 3 * 86_400_000).validNow).toBe(false);
  });

  it('says so when it may not sign, as the one that Windows makes', async () => {
    const { certificate } = await forgeCertificate({ signer: 'self', ca: true });
    const der = Buffer.from(certificate.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    expect(describeCertificate(der, Date.now())).toMatchObject({
      maySign: false,
      keyUsage: ['keyCertSign', 'cRLSign'],
    });
  });
});

describe('what is told of an NTLM challenge', () => {
  it('is the version of the system and which names there are, never the names', () => {
    const names = { 1: 'KANARIA-PC', 2: 'KANARIA', 4: 'kanaria.example' };
    const facts = describeChallenge(challengeWith(names, Buffer.from([10, 0, 0x87, 0x58, 0, 0, 0, 15])));
    expect(facts).toEqual({
      ...{ systemVersion: '10.0.22663', ntlmRevision: 15, inDomain: true, timestamp: true },
      names: { computer: true, domain: true, dnsComputer: false, dnsDomain: true, forest: false },
    });
    expect(describeChallenge(challengeWith({ 1: 'pc', 2: 'PC' }, null))).toMatchObject({
      ...{ systemVersion: null, ntlmRevision: null, inDomain: false },
    });
  });
});

describe('a host that asks for NLA', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function host() {
    const seen: Seen = { authInfo: null, response: null, messages: 0 };
    const identity = await forgeCertificate({ signer: 'self', name: 'KANARIA-PC', key: 'RSA-2048', usages: [] });
    const asked: number[] = [];
    const serve = async (socket: Socket) => {
      const [request] = (await once(socket, 'data')) as [Buffer];
      socket.pause();
      asked.push(request.readUInt32LE(15));
      if ((asked.at(-1)! & 2) === 0) return void socket.end(confirm(3, 5));
      socket.unshift(request);
      await serveDesk(socket, { identity, chosen: asked.at(-1)! & 8 ? 8 : 2 }, seen);
    };
    const server = createServer((socket) => {
      socket.on('error', () => {});
      closers.push(() => void socket.destroy());
      serve(socket).catch(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    closers.push(() => void server.close());
    await once(server, 'listening');
    return { port: (server.address() as { port: number }).port, seen, asked };
  }

  async function tryIt(port: number, password: string, wrongPassword = false) {
    const lines: string[] = [];
    const { signal } = new AbortController();
    const steps = createSteps({ say: createSay('ja', (line) => lines.push(line)), stop: signal, now: () => 0 });
    const findings: Findings = {};
    const target = { host: '127.0.0.1', port };
    const credentials = { ...account, password };
    const goOn = await probe(steps, findings, { target, credentials, wrongPassword, now: () => Date.now() });
    const outcomes = Object.fromEntries(
      steps.records().map(({ step, outcome, because, code }) => [step, because ?? code ?? outcome]),
    );
    const report = makeReport({ ...circumstances, steps: steps.records(), findings }, []);
    return { goOn, outcomes, findings, all: [lines.join('\n'), JSON.stringify(report), reportText(report, 'en')] };
  }

  it('is signed in to by each of its ways, and refuses a wrong password once when that was asked for', async () => {
    const { port, asked } = await host();
    const { goOn, outcomes, findings, all } = await tryIt(port, account.password, true);
    expect(goOn).toBe(true);
    expect(outcomes).toEqual({
      ...{ negotiation: 'ok', standardRdp: 'ok', tls: 'ok', credssp: 'ok', nlaEx: 'ok', nla: 'ok' },
      ...{ wrongPassword: '4103', tlsOnly: 'notOffered' },
    });
    expect(findings.signIn).toEqual({ nlaEx: { protocol: 'HYBRID_EX' }, nla: { protocol: 'HYBRID' } });
    expect(findings.tls).toMatchObject({ version: 'TLSv1.3', keyTransport: 'TLS_RSA_WITH_AES_256_GCM_SHA384' });
    expect(findings.negotiation).toMatchObject({ rdp: { refused: 'HYBRID_REQUIRED_BY_SERVER' } });
    // Asked, looked at, then signed in to: right, wrong, right.
    expect(asked).toEqual([0, 1, 3, 11, 11, 11, 11, 11, 11, 3]);
    // The certificate, the challenge and the logon have names in them; nothing passes the second look here, for there is none.
    for (const text of all) expect(text).not.toMatch(/KANARIA|DESK|Tester|OFFICE|throw-away|127\.0/);
  });

  it('is sent no password again that it has refused', async () => {
    const { port, seen } = await host();
    const { goOn, outcomes, all } = await tryIt(port, 'himitsu-kanaria', true);
    expect(goOn).toBe(false);
    expect(outcomes).toMatchObject({ nlaEx: '4103', wrongPassword: 'noSignIn', nla: 'refusedBefore' });
    // One for the look at CredSSP, two for the logon.
    expect(seen.messages).toBe(3);
    for (const text of all) expect(text).not.toMatch(/kanaria/i);
  });

  it('leaves every step out but the first when it is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const { goOn, outcomes } = await tryIt(port, 'x');
    expect(goOn).toBe(false);
    expect(outcomes).toMatchObject({ negotiation: 'ECONNREFUSED', tls: 'unreachable', nla: 'unreachable' });
  });
});
