import * as v from 'valibot';
import { expect, test } from 'vitest';
import { creditStep, creditWindow } from '#contract/ipc/byte-channel.ts';
import { screenReportSchema } from '#contract/ipc/schemas.ts';
import type { BytePort } from '#renderer/screen/byte-link.ts';
import { RfbClient } from '#renderer/screen/rfb/client.ts';
import { Session } from '#renderer/screen/session.ts';
import type { FromWorker } from '#renderer/screen/worker-messages.ts';
import { opening, rect, text, u8, u32, update } from './desk-bytes.ts';
import { newCodec } from './harness.ts';

function start(decodeJpeg: () => Promise<void> = () => Promise.resolve()) {
  const posted: unknown[] = [];
  const events: FromWorker[] = [];
  const port: BytePort = { postMessage: (message) => posted.push(message), onmessage: null };
  const clock = { now: 0, tick: undefined as (() => void) | undefined };
  let presented: (ms: number) => void = () => {};
  const shown: string[] = [];
  const session = new Session({
    port,
    desk: (effects) => new RfbClient(newCodec(), { quality: 6, compression: 2 }, effects, decodeJpeg),
    screen: (_, done) => {
      presented = done;
      return {
        resize: () => shown.push('resize'),
        show: (damage) => {
          shown.push(JSON.stringify(damage.take()));
          presented(2);
        },
      };
    },
    now: () => clock.now,
    every: (_, run) => {
      clock.tick = run;
      return () => {
        clock.tick = undefined;
      };
    },
    after: () => () => undefined,
    emit: (event) => events.push(event),
  });
  const receive = (bytes: Uint8Array) => port.onmessage?.({ data: Uint8Array.from(bytes) });
  return { session, port, posted, events, clock, shown, receive };
}

const fill = update(rect(0, 0, 4, 4, 7, u8(0x80, 1, 2, 3)));

test('a session opens, shows, and reports figures that main accepts', () => {
  const { events, clock, shown, receive } = start();
  receive(opening(4, 4));
  clock.now = 80;
  receive(fill);
  clock.now = 1080;
  clock.tick!();
  expect(events.map((event) => event.type)).toEqual(['opened', 'firstPicture', 'figures']);
  expect(shown).toEqual(['resize', '[{"x":0,"y":0,"w":4,"h":4}]']);
  for (const event of events.slice(1)) expect(v.safeParse(screenReportSchema, event).success).toBe(true);
  expect(events[2]).toMatchObject({
    figures: { width: 4, height: 4, frames: 1, fps: 0, bytes: 46 + 20, firstPictureMs: 80, presentMs: 2 },
  });
});

test('credit is given back in steps, for all that was consumed', () => {
  const { posted, receive } = start();
  receive(opening(4, 4));
  const clip = Buffer.concat([u8(3, 0, 0, 0), text('x'.repeat(1_000_000))]);
  for (let at = 0; at < clip.length; at += 50_000) receive(clip.subarray(at, at + 50_000));
  const credits = posted.filter((message) => (message as { type?: string }).type === 'credit') as { bytes: number }[];
  expect(credits.every(({ bytes }) => bytes >= creditStep && bytes <= creditWindow)).toBe(true);
  const total = credits.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(clip.length + opening(4, 4).length - total).toBeLessThan(creditStep);
});

test('no credit is given while a picture is waited for', async () => {
  let finish: () => void = () => {};
  const { posted, receive } = start(() => new Promise((resolve) => (finish = resolve)));
  const credits = () => posted.filter((message) => (message as { type?: string }).type === 'credit').length;
  receive(opening(4, 4));
  const jpeg = Buffer.concat([u8(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 4, 0, 4), Buffer.alloc(10)]);
  receive(update(rect(0, 0, 4, 4, 7, u8(0x90, jpeg.length), jpeg)));
  const clip = Buffer.concat([u8(3, 0, 0, 0), text('x'.repeat(1_000_000))]);
  receive(clip);
  expect(credits()).toBe(0);
  finish();
  await new Promise(setImmediate);
  expect(credits()).toBe(1);
});

test('a broken desk ends the session with its reason, which main hears from the window alone', () => {
  const { events, posted, port, receive } = start();
  receive(Buffer.from('HTTP/1.1 200 OK\r\n'));
  expect(events).toEqual([
    { type: 'closed', failure: { reason: 'screenProtocolError', details: { problem: 'not an RFB server' } } },
  ]);
  expect(posted).toEqual([]);
  expect(port.onmessage).toBeNull();
});

test.each([
  ['by command', ({ session }: ReturnType<typeof start>) => session.take({ type: 'close' })],
  [
    'by main',
    ({ port }: ReturnType<typeof start>) => port.onmessage?.({ data: { type: 'end', reason: 'deskClosed' } }),
  ],
])('an end %s carries no failure and comes once; figures stop', (_, end) => {
  const parts = start();
  parts.receive(opening(4, 4));
  parts.receive(fill);
  end(parts);
  end(parts);
  parts.session.take({ type: 'key', down: true, keysym: 65, scancode: 30 });
  expect(parts.events.filter((event) => event.type === 'closed')).toEqual([{ type: 'closed' }]);
  expect(parts.posted.at(-1)).toEqual({ type: 'close' });
  expect(parts.clock.tick).toBeUndefined();
});

test('a reason that came just before the end of the channel is not lost', () => {
  const { events, port, receive } = start();
  receive(Buffer.concat([Buffer.from('RFB 003.008\n'), u8(0), u32(8), Buffer.from('too many')]));
  port.onmessage?.({ data: { type: 'end' } });
  expect(events).toEqual([{ type: 'closed', failure: { reason: 'deskTooManyTries', details: {} } }]);
});

test('commands of the page reach the desk', () => {
  const { session, posted, receive } = start();
  receive(opening(4, 4));
  posted.length = 0;
  session.take({ type: 'key', down: true, keysym: 0x61, scancode: 0x1e });
  session.take({ type: 'pointer', x: 2, y: 3, buttons: 1 });
  session.take({ type: 'quality', quality: 2 });
  session.take({ type: 'visible', visible: false });
  session.take({ type: 'size', width: 800, height: 600, scalePercent: 100, monitors: [] });
  session.take({ type: 'answer', response: new Uint8Array(16) });
  const kinds = posted.map((message) => (message as Uint8Array)[0]);
  expect(kinds).toEqual([4, 5, 2, 3]);
});
