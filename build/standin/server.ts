import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Lines } from './message-port.ts';
import { allowStandInWorker, type Origins } from './origins.ts';
import { pumpScript } from './page-scripts.ts';

export type AppRequestHandler = (request: Request) => Promise<Response>;

export type StandInServer = {
  readonly port: number;
  /** Path below which the stand-in serves its own parts; unguessable. */
  readonly base: string;
  setOrigins(origins: Origins): void;
  close(): void;
};

/** Text in which the app's origins are exchanged; everything else passes as it is. */
const textual = /^(text\/|application\/(javascript|json|manifest\+json|xhtml\+xml)|image\/svg\+xml)/;

/**
 * The app's scheme as an HTTP server on loopback: gives each request to the app's protocol handler and carries the ports
 * of message channels. Anything with a Host that is not the app's gets 404, so no foreign page can rebind a name to it.
 */
export async function startServer(lines: Lines, handle: AppRequestHandler): Promise<StandInServer> {
  const base = `/${randomBytes(16).toString('hex')}`;
  let origins: Origins | undefined;
  const pump = pumpScript();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error('the Electron stand-in could not serve', request.url, error);
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith(`${base}/`)) {
      answerOwn(path.slice(base.length), request, response);
      return;
    }
    const appOrigin = origins?.appOriginOfHost(request.headers.host ?? '');
    if (!origins || !appOrigin) {
      response.writeHead(404).end();
      return;
    }
    const reply = await handle(toRequest(request, `${appOrigin}${path}`, origins));
    await send(reply, response, origins, `http://${request.headers.host}${base}/pump.js`);
  }

  /** The empty page a window opens with, in the window's own colour, and the worker's script. */
  function answerOwn(path: string, request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(path, 'http://127.0.0.1');
    if (url.pathname === '/blank') {
      const color = /^#[0-9a-f]{3,8}$/i.exec(url.searchParams.get('color') ?? '')?.[0] ?? '#ffffff';
      const title = (url.searchParams.get('title') ?? '').replaceAll(/[<>&"]/g, '');
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><title>${title}</title><body style="background:${color}">`);
    } else if (url.pathname === '/pump.js') {
      response.writeHead(200, {
        'content-type': 'text/javascript; charset=utf-8',
        'content-security-policy': `default-src 'none'; connect-src ws://${request.headers.host}${base}/port/`,
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
      });
      response.end(pump);
    } else response.writeHead(404).end();
  }

  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1 << 30 });
  server.on('upgrade', (request, socket, head) => {
    const prefix = `${base}/port/`;
    const known = request.url?.startsWith(prefix) && origins?.appOriginOfHost(request.headers.host ?? '');
    if (!known || request.headers.origin !== `http://${request.headers.host}`) {
      socket.destroy();
      return;
    }
    const id = request.url!.slice(prefix.length);
    const giveUp = lines.whenExpected(id, () => {
      sockets.handleUpgrade(request, socket, head, (opened) => openLine(lines, opened, id));
    });
    socket.on('error', () => socket.destroy()).on('close', giveUp);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    base,
    setOrigins(next) {
      origins = next;
    },
    close() {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

function openLine(lines: Lines, socket: WebSocket, id: string): void {
  const attached = lines.attach(id, {
    send: (frame) => socket.send(frame, { binary: typeof frame !== 'string' }),
    close: () => socket.close(1000),
  });
  if (!attached) {
    socket.terminate();
    return;
  }
  socket.on('message', (data: Buffer, isBinary) =>
    // A copy of its own: ws hands out slices of its read buffer, and Electron's message owns its bytes.
    attached.frame(isBinary ? new Uint8Array(data) : data.toString('utf8')),
  );
  socket.on('close', () => attached.closed());
  socket.on('error', () => socket.terminate());
}

function toRequest(request: IncomingMessage, url: string, origins: Origins): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'host' || name === 'connection' || value === undefined) continue;
    headers.set(name, origins.toApp(Array.isArray(value) ? value.join(', ') : value));
  }
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  return new Request(url, {
    method: request.method ?? 'GET',
    headers,
    ...(hasBody && { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' }),
  });
}

async function send(reply: Response, response: ServerResponse, origins: Origins, worker: string): Promise<void> {
  // Response.error() stands for a failed request in Electron: the connection breaks here.
  if (reply.type === 'error') {
    response.destroy();
    return;
  }
  const headers: Record<string, string[]> = {};
  for (const [name, value] of reply.headers) {
    if (name === 'content-length' || name === 'content-encoding') continue;
    const policy = name === 'content-security-policy' || name === 'content-security-policy-report-only';
    const text = policy
      ? value
          .split(',')
          .map((one) => allowStandInWorker(origins.policyToPage(one), worker))
          .join(', ')
      : origins.toPage(value);
    headers[name] = [...(headers[name] ?? []), text];
  }
  const type = reply.headers.get('content-type') ?? '';
  response.writeHead(reply.status, headers);
  if (textual.test(type)) {
    const text = origins.toPage(await reply.text());
    response.end(type.startsWith('text/html') ? editMetaPolicy(text, origins, worker) : text);
  } else if (reply.body)
    Readable.fromWeb(reply.body as never)
      .on('error', () => response.destroy())
      .pipe(response);
  else response.end();
}

function editMetaPolicy(html: string, origins: Origins, worker: string): string {
  return html.replace(
    /(<meta\s[^>]*http-equiv=["']?content-security-policy["']?[^>]*content=")([^"]*)(")/gi,
    (_, before: string, policy: string, after: string) =>
      before + allowStandInWorker(origins.policyToPage(policy), worker) + after,
  );
}
