import { once } from 'node:events';
import { connect } from 'node:tls';
import { enrolPaths } from '#contract/wire/enrol.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';
import { unknownMachine } from '#test/fixtures/gateway/enrol-test-device.ts';

export type EnrolReply = Readonly<{ status: number; head: string; body: unknown }>;

/** Sends bytes to the enrolment port over TLS verified under `ca`, and reads until the gateway has closed. */
export async function askEnrolment(at: { port: number; ca: string }, bytes: string | Buffer): Promise<EnrolReply> {
  const socket = connect({ host: '127.0.0.1', port: at.port, ca: at.ca });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  socket.write(bytes);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const [head = '', ...rest] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  return { status, head, body: body === '' ? undefined : JSON.parse(body) };
}

export function post(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `POST ${enrolPaths.enrol} HTTP/1.1\r\nHost: g\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** A request as a laptop makes it, with the key that stays on the laptop. */
export async function newEnrolment(code: string) {
  const { csr, privateKey } = await newRequest();
  const client = { version: '1.0.0', platform: 'test' };
  return { request: { code, client, machine: unknownMachine, key: { kind: 'csr', csr } }, privateKey };
}
