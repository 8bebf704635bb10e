import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { WebSocket } from 'ws';
import { type CdpConnection, connectCdp } from '#build/standin/cdp.ts';

/** The DevTools protocol over a WebSocket, as Chromium's port and Node's inspector speak it: one message without its zero. */
export async function connectRemote(url: string): Promise<{ cdp: CdpConnection; close(): void }> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 });
  await once(socket, 'open');
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.on('data', (message: Buffer) => socket.send(message.subarray(0, -1).toString()));
  socket.on('message', (message: Buffer) => output.write(Buffer.concat([message, Buffer.from([0])])));
  socket.on('close', () => output.destroy());
  return { cdp: connectCdp(input, output), close: () => socket.close() };
}
