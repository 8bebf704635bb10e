import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Address, enrolPaths } from '#contract/wire/enrol.ts';
import type { Issued } from '#gateway/pki/issue.ts';

/** A string is sent as it is. */
type Reply = Readonly<{ status?: number; body: unknown }>;

/**
 * An enrolment port that answers as a test says, and keeps what it was sent.
 * @param options.ca what its card names as its CA. @param options.card instead of that card, for the n-th request.
 * @param options.enrol what it answers a code with.
 */
export async function startScriptedOffice(options: {
  server: Pick<Issued, 'certificate' | 'privateKey'>;
  ca: string;
  card?: (asked: number) => Reply;
  enrol?: ((body: string) => Reply | Promise<Reply>) | undefined;
  port?: number;
}): Promise<{ address: Address; requests: string[]; stop(): Promise<void> }> {
  const { server, ca, card = (): Reply => ({ body: { name: 'scripted', ca } }) } = options;
  const { enrol = () => ({ status: 500, body: {} }) } = options;
  const requests: string[] = [];
  const https = createServer({ key: server.privateKey, cert: server.certificate, minVersion: 'TLSv1.3' });
  https.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      requests.push(`${request.method} ${request.url} ${body}`.trim());
      const reply = request.url === enrolPaths.site ? card(requests.length) : await enrol(body);
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  https.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => https.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = { host: '127.0.0.1', port: (https.address() as AddressInfo).port };
  const stop = async () => {
    if (!https.listening) return;
    const closed = new Promise((resolve) => https.close(resolve));
    https.closeAllConnections();
    await closed;
  };
  onTestFinished(stop);
  return { address, requests, stop };
}
