import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import { creditWindow, toMainSchema } from '#contract/ipc/byte-channel.ts';
import type { DeskConnection } from './desk-connection.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Relays one desk connection; never more than the window under way, and the desk waits meanwhile. */
function relay(page: WebSocket, { stream: desk, clientInfo }: DeskConnection): void {
  let room = creditWindow;
  let kept: Buffer | undefined;
  const forward = (chunk: Buffer): void => {
    const now = chunk.subarray(0, room);
    if (now.length > 0) page.send(now);
    room -= now.length;
    kept = now.length < chunk.length ? chunk.subarray(now.length) : undefined;
    if (kept) desk.pause();
  };
  let parts: Buffer[] = [];
  // As main does (main/desk/byte-channel.ts): a message for each turn, not for each of the desk's TLS records.
  desk.on('data', (chunk: Buffer) => {
    if (parts.push(chunk) > 1) return;
    setImmediate(() => {
      const all = Buffer.concat([...(kept ? [kept] : []), ...parts]);
      parts = [];
      forward(all);
    });
  });
  desk.on('close', () => page.close());
  desk.on('error', () => page.close());
  page.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return void desk.write(data);
    const message = v.parse(toMainSchema, JSON.parse(data.toString()));
    if (message.type === 'clientInfo' && clientInfo) desk.write(clientInfo(message));
    if (message.type !== 'credit') return;
    room += message.bytes;
    if (kept) forward(kept);
    if (!kept) desk.resume();
  });
  page.on('close', () => desk.destroy());
}

export type PageServer = Readonly<{ port: number; setDesk(desk: DeskConnection): void; close(): Promise<void> }>;

/**
 * Serves folders by host name on one loopback port: two host names are two sites to Chromium, so two processes, as the
 * app's window and screen are. `/bytes` is a WebSocket to the desk.
 */
export async function startPageServer(folders: Readonly<Record<string, string>>): Promise<PageServer> {
  let desk: DeskConnection | undefined;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const folder = folders[url.hostname];
    const file = normalize(join(folder ?? sep, url.pathname === '/' ? 'index.html' : url.pathname));
    try {
      if (!folder || !file.startsWith(folder + sep)) throw new Error('outside');
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ server, path: '/bytes', perMessageDeflate: false });
  sockets.on('connection', (socket) => (desk ? relay(socket, desk) : socket.close()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    setDesk: (next) => {
      desk = next;
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
