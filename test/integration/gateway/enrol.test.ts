import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EnrolAnswer, enrolAnswerSchema, enrolRefusalSchema, maxEnrolBytes } from '#contract/wire/enrol.ts';
import { openGateway } from '#gateway/server/index.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import { type Identity, type Office, over, startOffice, until } from '#test/fixtures/gateway/office.ts';
import { askEnrolment, newEnrolment, post } from './enrol-request.ts';

const admin = { kind: 'admin', name: 'test' } as const;

describe('the enrolment port', () => {
  let office: Office;
  let clockAhead = 0;
  let devices = 0;
  beforeAll(async () => {
    const clock = { now: () => Date.now() + clockAhead, monotonic: () => performance.now() };
    office = await startOffice({
      clock,
      limits: { handshakeMs: 1500, requestMs: 700, enrolLingerMs: 500, enrolConnections: 8 },
    });
    office.gateway.store.addUser({ id: 'yamada', name: '山田 花子', created: 0 });
  });
  afterAll(async () => {
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
  });

  const ask = (bytes: string | Buffer) => askEnrolment({ port: office.enrolPort, ca: office.ca.certificate }, bytes);
  const newDevice = () => {
    // A minute later, so that the wrong codes of one test are not held against the next.
    clockAhead += 61_000;
    const id = `laptop-${devices++}`;
    return {
      id,
      ...office.gateway.identity.createDevice({ id, user: 'yamada', label: id, lease: null, hours: 1, actor: admin }),
    };
  };
  const enrol = async (code: string) => {
    const { request, privateKey } = await newEnrolment(code);
    const { status, body } = await ask(post(request));
    expect(status, JSON.stringify(body)).toBe(200);
    const answer: EnrolAnswer = v.parse(enrolAnswerSchema, body);
    const identity: Identity = { ca: answer.site.ca, cert: answer.certificate, key: privateKey };
    return { answer, identity };
  };
  const refusal = async (bytes: string | Buffer) => {
    const { status, body } = await ask(bytes);
    return `${status} ${v.parse(enrolRefusalSchema, body).reason}`;
  };
  const refusedCode = async (code: string) => refusal(post((await newEnrolment(code)).request));
  /** hello on the main port: the first use of a certificate. */
  const confirm = async (identity: Identity) => {
    const control = await office.control(identity);
    control.send(hello);
    await control.next('challenge');
    await control.close();
  };

  it('tells anyone the name of the site and the CA under which the port itself verifies', async () => {
    const { status, body, head } = await ask('GET /v1/site HTTP/1.1\r\nHost: g\r\n\r\n');
    expect([status, body]).toEqual([200, { name: 'test', ca: office.ca.certificate }]);
    expect(head).toContain('cache-control: no-store');
  });

  it('gives a registration for a code, and that opens the main port', async () => {
    const { code, id } = newDevice();
    const { answer, identity } = await enrol(code);
    expect(answer).toMatchObject({
      ...{ device: { id, label: id }, user: { id: 'yamada', name: '山田 花子' } },
      gateway: { host: '127.0.0.1', port: office.port },
    });
    await confirm(identity);
    expect(office.gateway.store.device(id)?.status).toBe('active');
  });

  it('gives another for the same code until the first was used, and none after that', async () => {
    const { code, id } = newDevice();
    const lost = await enrol(code);
    const second = await enrol(code);
    // The answer to the first was lost with the power; it must not come back to life.
    const dead = await office.dial(lost.identity);
    expect((await once(dead, 'data')).toString()).toContain('403 Forbidden\r\nhanare-refusal: deviceRevoked');
    await over(dead);
    await confirm(second.identity);
    expect(await refusedCode(code)).toBe('403 enrolCodeUsed');
    expect(
      office.gateway.store
        .certificates(id)
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'revoked']);
  });

  it('makes one usable certificate of one code, however many ask at once', async () => {
    const { code, id } = newDevice();
    const all = await Promise.all(Array.from({ length: 8 }, () => enrol(code)));
    const states = office.gateway.store.certificates(id).map(({ state }) => state);
    expect(states.filter((state) => state !== 'revoked')).toEqual(['new']);
    expect(all).toHaveLength(8);
  });

  it('refuses a code with one symbol changed, and one that has expired', async () => {
    const { code } = newDevice();
    const changed = `${code[0] === 'A' ? 'B' : 'A'}${code.slice(1)}`;
    expect(await refusedCode(changed)).toBe('403 enrolCodeWrong');
    clockAhead += 3_600_000;
    expect(await refusedCode(code)).toBe('403 enrolCodeExpired');
  });

  it('stops listening to an address that guesses', async () => {
    const { code } = newDevice();
    const answers: string[] = [];
    for (let n = 0; n < 11; n++) answers.push(await refusedCode('0'.repeat(16)));
    expect(answers).toEqual([...Array(10).fill('403 enrolCodeWrong'), '429 enrolTooManyTries']);
    expect(await refusedCode(code)).toBe('429 enrolTooManyTries');
    clockAhead += 61_000;
    await enrol(code);
  });

  it('refuses a key of another kind and a request that is no request', async () => {
    const { code } = newDevice();
    const { request } = await newEnrolment(code);
    const other = await newRequest('P-384');
    for (const csr of ['-----BEGIN CERTIFICATE REQUEST-----\nAA==\n', other.csr]) {
      expect(await refusal(post({ ...request, key: { kind: 'csr', csr } }))).toBe('400 badRequest');
    }
    // The site trusts no CA for device certificates besides its own.
    const foreign = { kind: 'certificate', certificate: office.ca.certificate, proof: 'AA==' };
    expect(await refusal(post({ ...request, key: foreign }))).toBe('400 certificateUnsuitable');
    for (const body of ['', '{', '[]', { ...request, extra: 1 }, { ...request, code: code.slice(1) }]) {
      expect(await refusal(post(body))).toBe('400 badRequest');
    }
    await enrol(code);
  });

  it('serves nothing else', async () => {
    const requests = [
      'GET / HTTP/1.1\r\nHost: g\r\n\r\n',
      'GET /v1/site/ HTTP/1.1\r\nHost: g\r\n\r\n',
      'GET /v1/enrol HTTP/1.1\r\nHost: g\r\n\r\n',
      'POST /v1/site HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\n{}',
      'GET /v1/control HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ];
    for (const request of requests) expect(await refusal(request), request).toBe('404 badRequest');
    const { status } = await ask('CONNECT pc-1.desk:vnc HTTP/1.1\r\nHost: pc-1.desk:vnc\r\n\r\n');
    expect(status).toBe(0);
  });

  it('answers one request a connection', async () => {
    const line = 'GET /v1/site HTTP/1.1\r\nHost: g\r\n\r\n';
    const { status, head, body } = await ask(line + line);
    expect([status, body]).toEqual([200, { name: 'test', ca: office.ca.certificate }]);
    expect(head).toContain('connection: close');
  });

  it('has bounds: head, body, and the time for both', async () => {
    const long = `POST /v1/enrol HTTP/1.1\r\nHost: g\r\nContent-Length: ${maxEnrolBytes + 1}\r\n\r\n`;
    expect(await refusal(long)).toBe('400 badRequest');
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    const chunked = `POST /v1/enrol HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`;
    expect(await refusal(chunked)).toBe('400 badRequest');
    expect(await refusal(`GET /v1/site HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)).toBe('400 badRequest');
    expect(await refusal('nonsense\r\n\r\n')).toBe('400 badRequest');
    for (const half of ['', 'GET /v1/si', 'POST /v1/enrol HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\n\r\n{']) {
      const { status } = await ask(half);
      expect(status, half).toBe(0);
    }
  });

  it('takes only so many at once, and goes on when they have left', async () => {
    const at = { host: '127.0.0.1', port: office.enrolPort, ca: office.ca.certificate };
    const held = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = connect(at);
        await once(socket, 'secureConnect');
        return socket;
      }),
    );
    const ninth = connect(at);
    const [error] = await once(ninth, 'error');
    expect(['ECONNRESET', 'EPIPE']).toContain((error as NodeJS.ErrnoException).code);
    await Promise.all(held.map(over));
    expect((await ask('GET /v1/site HTTP/1.1\r\n\r\n')).status).toBe(200);
  });

  it('refuses TLS 1.2', async () => {
    const socket = connect({
      ...{ host: '127.0.0.1', port: office.enrolPort, ca: office.ca.certificate, maxVersion: 'TLSv1.2' },
    });
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });

  it('keeps codes and secrets out of the log', async () => {
    const { code } = newDevice();
    const { answer } = await enrol(code);
    await refusedCode('0'.repeat(16));
    const log = office.log.join('\n');
    for (const secret of [code, '0'.repeat(16), answer.unlockKey, answer.otp!.secret])
      expect(log).not.toContain(secret);
    expect(log).toContain('enrolCodeWrong');
  });
});

describe('a gateway whose enrolment port', () => {
  it('is switched off has one port', async () => {
    const office = await startOffice();
    await office.gateway.close();
    writeFileSync(sitePaths(office.dataDir).config, JSON.stringify({ ...office.gateway.site.config, enrol: null }));
    const gateway = openGateway({ dataDir: office.dataDir });
    await gateway.listen();
    expect(gateway.enrolAddress()).toBeNull();
    await gateway.close();
    await office.stop();
  });

  it('is taken does not listen at all, and can be started again', async () => {
    const office = await startOffice();
    await office.gateway.close();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const gateway = openGateway({ dataDir: office.dataDir });
    await expect(gateway.listen({ enrol: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(() => gateway.address()).toThrow();
    await gateway.listen();
    expect(gateway.address().port).toBeGreaterThan(0);
    await gateway.close();
    other.close();
    await office.stop();
  });
});
