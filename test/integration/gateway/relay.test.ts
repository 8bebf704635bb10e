import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ControlClient } from '#test/fixtures/gateway/control-client.ts';
import { type FakeDesk, startDesk } from '#test/fixtures/gateway/desks.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { heldMemory } from '#test/fixtures/gateway/memory.ts';
import { type Office, over, startOffice, until } from '#test/fixtures/gateway/office.ts';

const megabyte = 1 << 20;

/** Writes random chunks of random sizes, waiting for drain. @returns the SHA-256 of all. */
async function pour(into: Duplex, total: number): Promise<string> {
  const hash = createHash('sha256');
  for (let left = total; left > 0; ) {
    const chunk = randomBytes(Math.min(left, randomInt(1, 200_000)));
    left -= chunk.length;
    hash.update(chunk);
    if (!into.write(chunk)) await once(into, 'drain');
  }
  return hash.digest('hex');
}

/** Reads until the other side ends. */
async function drink(from: Duplex): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of from) {
    bytes += (chunk as Buffer).length;
    hash.update(chunk as Buffer);
  }
  return { bytes, hash: hash.digest('hex') };
}

describe('the relay', () => {
  let office: Office;
  let desk: FakeDesk;
  let device: TestDevice;
  let control: ControlClient;
  let onDesk: (socket: Socket) => void;
  beforeEach(async () => {
    office = await startOffice({ limits: { halfOpenMs: 3000 } });
    desk = await startDesk((socket) => onDesk(socket));
    device = await office.enrol('yamada', { id: 'pc-1', port: desk.port });
    control = await office.control(device);
    await control.signIn();
  });
  afterEach(async () => {
    await control.close();
    await until(() => office.gateway.figures().sockets === 0);
    await office.stop();
    await desk.stop();
  });

  const openScreen = async () => {
    const atDesk = new Promise<Socket>((resolve) => {
      onDesk = resolve;
    });
    const grant = await control.open('pc-1');
    if (grant.type !== 'grant') throw new Error(grant.reason);
    const { status, socket } = await office.connect(device, 'pc-1', grant.token);
    expect(status).toBe(200);
    return { client: socket, pc: await atDesk, sid: grant.sid };
  };

  it('carries 64 MB each way at once, unchanged', async () => {
    const { client, pc, sid } = await openScreen();
    const total = 64 * megabyte;
    const down = drink(client);
    const up = drink(pc);
    const [sentUp, sentDown] = await Promise.all([
      pour(client, total).then((hash) => client.end() && hash),
      pour(pc, total).then((hash) => pc.end() && hash),
    ]);
    expect(await up).toEqual({ bytes: total, hash: sentUp });
    expect(await down).toEqual({ bytes: total, hash: sentDown });
    await until(() => office.gateway.store.session(sid)?.state === 'ended');
    expect(office.gateway.store.session(sid)).toMatchObject({ to_desk: total, from_desk: total });
  });

  it('stops the desk when the client does not read, and goes on unchanged when it reads again', async () => {
    const { client, pc } = await openScreen();
    client.pause();
    const total = 96 * megabyte;
    const before = heldMemory();
    let poured = false;
    const sent = pour(pc, total).then((hash) => {
      poured = true;
      pc.end();
      return hash;
    });
    // Stopped: the desk's side of the gateway takes nothing more although the desk has plenty.
    let seen = -1;
    await until(() => {
      const same = pc.bytesWritten === seen && pc.writableNeedDrain;
      seen = pc.bytesWritten;
      return same;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(poured).toBe(false);
    expect(pc.bytesWritten).toBeLessThan(32 * megabyte);
    // What a collection frees is given back beside this thread: on a busy machine a while later.
    await until(() => heldMemory() - before < 8 * megabyte);

    const got = await drink(client);
    expect(got).toEqual({ bytes: total, hash: await sent });
    client.end();
  });

  it('stops the client when the desk does not read', async () => {
    const { client, pc } = await openScreen();
    pc.pause();
    const total = 96 * megabyte;
    let poured = false;
    const sent = pour(client, total).then((hash) => {
      poured = true;
      client.end();
      return hash;
    });
    let seen = -1;
    await until(() => {
      const same = client.bytesWritten === seen && client.writableNeedDrain;
      seen = client.bytesWritten;
      return same;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(poured).toBe(false);
    expect(client.bytesWritten).toBeLessThan(48 * megabyte);
    const got = await drink(pc);
    expect(got).toEqual({ bytes: total, hash: await sent });
    pc.end();
  });

  it('passes a half-close on, each way, while the other direction flows', async () => {
    const first = await openScreen();
    const upEnd = drink(first.pc);
    first.client.end('last words');
    expect((await upEnd).bytes).toBe(10);
    const answer = pour(first.pc, megabyte).then((hash) => first.pc.end() && hash);
    expect(await drink(first.client)).toEqual({ bytes: megabyte, hash: await answer });

    const second = await openScreen();
    const downEnd = drink(second.client);
    second.pc.end('goodbye');
    expect((await downEnd).bytes).toBe(7);
    const reply = pour(second.client, megabyte).then((hash) => second.client.end() && hash);
    expect(await drink(second.pc)).toEqual({ bytes: megabyte, hash: await reply });
  });

  it('does not let one side stay open for ever after the other ended', async () => {
    const { client, pc, sid } = await openScreen();
    pc.on('end', () => undefined).resume();
    client.end();
    await once(pc, 'end');
    // The desk never ends by itself; the gateway cuts both, and the desk finds out when it next writes.
    await over(client);
    expect(office.gateway.store.session(sid)?.state).toBe('ended');
    const writing = setInterval(() => pc.write('anyone there?'), 10);
    await new Promise((resolve) => pc.once('close', resolve));
    clearInterval(writing);
  });
});
