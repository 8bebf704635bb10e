import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeClientInfo, ownClientInfo } from '#main/desk/rdp/client-info.ts';
import { openRdp } from '#main/desk/rdp/open-rdp.ts';
import { ownTimeZone } from '#main/desk/rdp/time-zone.ts';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { DisplayControl } from '#renderer/screen/rdp/channels/display-control.ts';
import type { CodecName } from '#renderer/screen/rdp/connection/bitmap-codecs.ts';
import { type ActiveDesk, RdpConnection } from '#renderer/screen/rdp/connection/rdp-connection.ts';
import { Drdynvc } from '#renderer/screen/rdp/egfx/drdynvc.ts';
import { Reader } from '#renderer/screen/rdp/reader.ts';
import { ensureSuiteRoot, startShadow3, startXrdp010 } from '#test/fakes/rdp/chroot.ts';
import { noShadow, type Shadow, type ShadowOptions, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { noXrdp, startXrdp, type Xrdp, type XrdpOptions } from '#test/fakes/rdp/xrdp.ts';

const account = { user: 'tester', password: 'a throw-away' };
/** Draws some lines a second: a still screen sends nothing. */
const moving = ['xterm', '-geometry', '80x20+10+10', '-e', 'sh', '-c', 'while :; do date +%N; sleep 0.1; done'];

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type Seen = {
  desks: ActiveDesk[];
  updates: Map<number, number>;
  channels: Map<string, number>;
  deactivations: number;
  end: unknown;
};

type Security = 'nla' | 'tls';

/** The ids of frames that end in surface commands (MS-RDPBCGR 2.2.9.2): xrdp waits for their acknowledgement. */
function framesIn(bytes: Uint8Array): number[] {
  const frames: number[] = [];
  for (const reader = new Reader(bytes); reader.left > 0; ) {
    if (reader.u16() === 4) {
      const ends = reader.u16() === 1;
      const frame = reader.u32();
      if (ends) frames.push(frame);
      continue;
    }
    reader.skip(9);
    const extended = (reader.u8() & 1) !== 0;
    reader.skip(6);
    const length = reader.u32();
    reader.skip(length + (extended ? 24 : 0));
  }
  return frames;
}

/** The whole way: TCP, negotiation, TLS and CredSSP by main, the rest by the screen's connection. */
async function open(port: number, security: Security, password = account.password, codecs?: readonly CodecName[]) {
  const socket = connect({ host: '127.0.0.1', port });
  stops.push(() => void socket.destroy());
  await once(socket, 'connect');
  const credentials = { user: account.user, domain: '', password };
  const { stream, protocol } = await openRdp(socket, {
    host: '127.0.0.1',
    credentials,
    security,
    pin: null,
    signal: AbortSignal.timeout(20_000),
    now: Date.now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  });
  const info = ownClientInfo(protocol, credentials, ownTimeZone(Date.now()));
  const display = new DisplayControl();
  const channels = new Drdynvc(new Map([['Microsoft::Windows::RDS::DisplayControl', display]]), (pdu) =>
    connection.sendChannel('drdynvc', pdu),
  );
  const seen: Seen = { desks: [], updates: new Map(), channels: new Map(), deactivations: 0, end: undefined };
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  const connection: RdpConnection = new RdpConnection(
    {
      width: 640,
      height: 480,
      scalePercent: 100,
      selectedProtocol: protocol,
      channels: ['drdynvc'],
      clientName: 'hanare',
      graphicsPipeline: false,
      ...(codecs ? { codecs } : {}),
    },
    {
      send: (bytes) => void stream.write(bytes),
      clientInfo: (user, io) => void stream.write(encodeClientInfo({ user, io }, info)),
      activated: (desk) => void seen.desks.push(desk),
      deactivated: () => {
        seen.deactivations += 1;
      },
      update: (code, bytes) => {
        count(seen.updates, code);
        if (code === 4) for (const frame of framesIn(bytes)) connection.acknowledgeFrame(frame);
      },
      channel: (name, bytes) => {
        count(seen.channels, name);
        channels.push(bytes);
      },
      locks: () => {},
    },
  );
  stream.on('error', () => {});
  stream.on('data', (chunk: Uint8Array) => {
    if (seen.end !== undefined) return;
    try {
      connection.push(chunk);
    } catch (error) {
      seen.end = error;
    }
  });
  stream.on('close', () => {
    seen.end ??= connection.closed();
  });
  connection.start();
  return { connection, display, seen };
}

async function until(what: string, seen: Seen, holds: () => boolean, log: () => string): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await sleep(20)) {
    if (seen.end instanceof ScreenEnd) throw new Error(`${what}: ${JSON.stringify(seen.end.failure)}\n${log()}`);
    if (seen.end !== undefined) throw seen.end;
    if (Date.now() > end) throw new Error(`not in time: ${what} ${JSON.stringify([...seen.updates])}\n${log()}`);
  }
}

const pictures = (seen: Seen) => (seen.updates.get(1) ?? 0) + (seen.updates.get(4) ?? 0);
function shadowServer(title: string, reason: string | null, start: (options: ShadowOptions) => Promise<Shadow>): void {
  if (reason !== null) console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skipIf(reason !== null)(title, () => {
    for (const security of ['nla', 'tls'] as const) {
      it(`is activated and sends its picture when it asks for ${security}`, async () => {
        const shadow = await start({ security, ...account, width: 640, height: 480, session: moving });
        stops.push(shadow.stop);
        const { connection, seen } = await open(shadow.port, security);
        await until('the activation', seen, () => seen.desks.length > 0, shadow.log);
        await until('pictures', seen, () => pictures(seen) > 5, shadow.log);
        expect(seen.desks[0]).toMatchObject({ width: 640, height: 480, bitsPerPixel: 32, frameAcknowledge: true });
        expect(seen.channels.get('drdynvc')).toBeGreaterThan(0);
        // A key down and up, which it must take without hanging up.
        connection.input(Uint8Array.of(0, 0x1e, 1, 0x1e), 2);
        const before = pictures(seen);
        await until('pictures after a key', seen, () => pictures(seen) > before + 5, shadow.log);
        connection.shutdown();
        for (const end = Date.now() + 3000; seen.end === undefined && Date.now() < end; ) await sleep(20);
        if (seen.end !== undefined) expect((seen.end as ScreenEnd).failure.reason).toBe('deskClosed');
      });
    }

    it('is activated when both codecs are offered', async () => {
      const shadow = await start({ security: 'nla', ...account, width: 640, height: 480, session: moving });
      stops.push(shadow.stop);
      const { seen } = await open(shadow.port, 'nla', account.password, ['remotefx', 'nscodec']);
      await until('pictures', seen, () => pictures(seen) > 5, shadow.log);
      expect(seen.desks[0]?.codecs).toEqual({ remotefx: 3, nscodec: 1 });
    });
  });
}

function xrdpServer(title: string, reason: string | null, start: (options: XrdpOptions) => Promise<Xrdp>): void {
  if (reason !== null) console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skipIf(reason !== null)(title, () => {
    it('is activated and sends its picture when its user signs in', async () => {
      const xrdp = await start({ desk: { kind: 'xorg', ...account } });
      stops.push(xrdp.stop);
      const { connection, seen } = await open(xrdp.port, 'tls');
      await until('the activation', seen, () => seen.desks.length > 0, xrdp.log);
      await until('pictures', seen, () => pictures(seen) > 5, xrdp.log);
      expect(seen.desks[0]).toMatchObject({ width: 640, height: 480, bitsPerPixel: 32, frameAcknowledge: true });
      expect(seen.channels.get('drdynvc')).toBeGreaterThan(0);
      connection.input(Uint8Array.of(0, 0x1e, 1, 0x1e), 2);
      connection.suppressOutput(false);
      connection.refresh();
      const before = pictures(seen);
      await until('pictures after a key', seen, () => pictures(seen) > before + 5, xrdp.log);
    });

    it('is activated again, with its new size, when another size was asked for', async () => {
      const xrdp = await start({ desk: { kind: 'xorg', ...account } });
      stops.push(xrdp.stop);
      const { display, seen } = await open(xrdp.port, 'tls');
      await until('pictures', seen, () => pictures(seen) > 5 && display.open, xrdp.log);
      display.requestSize(800, 600, 100);
      await until('the other activation', seen, () => seen.desks.length > 1, xrdp.log);
      expect(seen.deactivations).toBe(seen.desks.length - 1);
      expect(seen.desks.at(-1)).toMatchObject({ width: 800, height: 600 });
      const before = pictures(seen);
      await until('pictures', seen, () => pictures(seen) > before + 5, xrdp.log);
    });

    it('sends bitmaps and no drawing orders when no codec is offered', async () => {
      const xrdp = await start({ desk: { kind: 'xorg', ...account } });
      stops.push(xrdp.stop);
      const { seen } = await open(xrdp.port, 'tls', account.password, []);
      await until('bitmaps', seen, () => (seen.updates.get(1) ?? 0) > 20, xrdp.log);
      expect(seen.updates.has(4)).toBe(false);
    });

    it('draws its own window when the password is wrong', async () => {
      const xrdp = await start({ desk: { kind: 'xorg', ...account } });
      stops.push(xrdp.stop);
      const { seen } = await open(xrdp.port, 'tls', 'another');
      await until(
        'the refusal',
        seen,
        () => /pam_authenticate failed|AUTHFAIL|login failed/i.test(xrdp.log()),
        xrdp.log,
      );
      await sleep(500);
      expect(seen.end).toBeUndefined();
    });
  });
}

shadowServer('FreeRDP 2 shadow', noShadow(), startShadow);
xrdpServer('xrdp 0.9', noXrdp(), startXrdp);

const [trixie, sid] = [await ensureSuiteRoot('trixie'), await ensureSuiteRoot('sid')];
shadowServer('FreeRDP 3 shadow', trixie === null ? 'no root of trixie' : null, (options) =>
  startShadow3(trixie ?? '', options),
);
xrdpServer('xrdp 0.10', sid === null ? 'no root of sid' : null, (options) => startXrdp010(sid ?? '', options));
