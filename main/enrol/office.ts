import { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import * as v from 'valibot';
import { HanareError } from '#contract/errors/hanare-error.ts';
import {
  type Address,
  type EnrolAnswer,
  type EnrolRequest,
  enrolAnswerSchema,
  enrolPaths,
  enrolRefusalSchema,
  maxEnrolBytes,
  siteCardSchema,
} from '#contract/wire/enrol.ts';
import { fingerprintOf } from '../identity/keys.ts';
import { dialGateway } from '../tunnel/dial.ts';
import { refusalOf } from '../tunnel/refusals.ts';

/** An office that has answered, and been found to hold the certificate of the CA that it shows. */
export type Office = Readonly<{
  name: string;
  enrol: Address;
  /** The site's CA: this one certificate, PEM. */
  ca: string;
  /** SHA-256 of its DER, lower-case hex. */
  fingerprint: string;
}>;

const exchangeMs = 20_000;

/**
 * Asks who is there. Nothing but the request for the card is sent: the first connection trusts nobody and only reads the
 * CA; a second one, verified under it, shows that it is the office's own and not just repeated by somebody.
 * @throws HanareError gatewayNotFound, gatewayRefused, gatewayTimeout, networkDown, tlsFailed, gatewayNotOurs, clockWrong,
 *   protocolMismatch
 */
export async function readOffice(enrol: Address): Promise<Office> {
  return withinTime(enrol, async (signal) => {
    const first = readCard(
      await ask(await dialAnyone(enrol, signal), { host: enrol.host, path: enrolPaths.site, signal }),
    );
    const again = readCard(
      await askVerified({ enrol, ca: first.ca }, { host: enrol.host, path: enrolPaths.site, signal }),
    );
    // Two answers: the sender is not one, or is playing.
    if (again.ca !== first.ca) throw new HanareError('gatewayNotOurs', { ...enrol });
    return { ...again, enrol, fingerprint: fingerprintOf(first.ca) };
  });
}

/**
 * Sends code and key to the office, verified under its CA.
 * @throws HanareError what the office refuses with (enrolCode…, enrolTooManyTries, certificateUnsuitable, …), and what
 *   readOffice throws
 */
export async function enrolAt(office: Pick<Office, 'enrol' | 'ca'>, body: EnrolRequest): Promise<EnrolAnswer> {
  return withinTime(office.enrol, async (signal) => {
    const [host, path] = [office.enrol.host, enrolPaths.enrol];
    const answer = await askVerified(office, { host, path, body: JSON.stringify(body), signal });
    const value = parseJson(answer.text);
    if (answer.status === 200) {
      const parsed = v.safeParse(enrolAnswerSchema, value);
      // Without the parser's words: they quote what they read, and this holds secrets.
      if (!parsed.success) throw new HanareError('protocolMismatch');
      return parsed.output;
    }
    const refusal = v.safeParse(enrolRefusalSchema, value);
    if (!refusal.success) throw new HanareError('protocolMismatch', { status: answer.status });
    throw new HanareError(refusal.output.reason, refusal.output.details);
  });
}

type Question = Readonly<{ host: string; path: string; body?: string; signal: AbortSignal }>;
type Answer = Readonly<{ status: number; text: string }>;

async function askVerified({ enrol, ca }: Pick<Office, 'enrol' | 'ca'>, question: Question): Promise<Answer> {
  const credentials = { gateway: enrol, ca, certificate: null, privateKey: null };
  return ask(await dialGateway(credentials, { signal: question.signal }), question);
}

/** One HTTP exchange on a connection, which is over after it. */
function ask(socket: TLSSocket, { host, path, body = '', signal }: Question): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({
      method: body === '' ? 'GET' : 'POST',
      path,
      headers: {
        host,
        connection: 'close',
        ...(body !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      createConnection: () => socket,
      signal,
    });
    const fail = (error: unknown) => reject(refusalOf(signal.aborted ? signal.reason : error, 'secured', {}));
    sent.on('error', fail);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxEnrolBytes) response.destroy(new HanareError('protocolMismatch'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.end(body);
  }).finally(() => socket.destroy());
}

/** TLS to whoever answers. Only for reading the card, which everybody may know and nobody is believed for. */
function dialAnyone({ host, port }: Address, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let reached = false;
    const socket = connect({
      host,
      port,
      ...(isIP(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
    });
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', aborted);
      socket.on('error', () => {});
      socket.destroy();
      reject(refusalOf(error, reached ? 'securing' : 'reaching', { host, port }));
    };
    const aborted = () => fail(signal.reason);
    const closed = () => fail(new Error('closed while connecting'));
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('error', fail);
    socket.once('close', closed);
    socket.once('connect', () => {
      reached = true;
    });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', aborted);
      socket.off('error', fail).off('close', closed);
      resolve(socket);
    });
  });
}

async function withinTime<T>(enrol: Address, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new HanareError('gatewayTimeout', { ...enrol })), exchangeMs);
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(timer);
  }
}

function readCard({ status, text }: Answer): { name: string; ca: string } {
  const card = v.safeParse(siteCardSchema, parseJson(text));
  if (status !== 200 || !card.success) throw new HanareError('protocolMismatch', { status });
  return { name: card.output.name, ca: oneAuthority(card.output.ca) };
}

/**
 * A PEM text may hold many certificates: the fingerprint would be the first one's, and TLS would trust all.
 * @returns the first certificate alone. @throws HanareError protocolMismatch when it is none of a CA
 */
export function oneAuthority(pem: string): string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new HanareError('protocolMismatch', {}, { cause: error });
  }
  if (!certificate.ca) throw new HanareError('protocolMismatch');
  return certificate.toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
