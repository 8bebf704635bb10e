import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SessionState } from '#contract/ipc/state.ts';
import { goodPin } from '#test/fakes/laptop.ts';
import { createOfficeLaptop } from '#test/fakes/office-laptop.ts';
import { startDesk } from '#test/fixtures/gateway/desks.ts';
import { type Office, startOffice } from '#test/fixtures/gateway/office.ts';

/* Everything of main but Electron: the session over the real tunnel, gateway and a desk; only the screen is played. */

let office: Office;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(async () => {
  await office.stop();
});

let people = 0;
async function laptop(serve: (socket: Socket) => void) {
  const desk = await startDesk(serve);
  const laptop = await createOfficeLaptop();
  const enrolled = await office.enrol(`user-${people}`, { id: `pc-${people++}`, port: desk.port });
  await laptop.identity.adopt(enrolled.answer, enrolled.credentials.privateKey, goodPin);
  const { session, ports, states, picture } = laptop;
  onTestFinished(async () => {
    session.disconnect();
    await desk.stop();
    await expect
      .poll(() => office.gateway.figures(), { timeout: 5_000 })
      .toEqual({ sockets: 0, controls: 0, sessions: 0 });
  });
  return {
    ...{ session, states, ports, desk, enrolled, picture },
    phase: (phase: SessionState['phase']) => expect.poll(() => session.state().phase, { timeout: 10_000 }).toBe(phase),
    async greeted(text: string) {
      await expect.poll(() => ports.at(-1)?.bytes().toString(), { timeout: 10_000 }).toBe(text);
      return ports.at(-1)!;
    },
  };
}
const greet = (socket: Socket): void => {
  socket.on('end', () => socket.end()).resume();
  socket.write('RFB 003.008\n');
};

describe('a laptop at work', () => {
  it('connects, shows its figures and the line, and ends in order', async () => {
    const t = await laptop(greet);
    await t.session.connect(null);
    const port = await t.greeted('RFB 003.008\n');
    t.picture();
    const state = t.session.state();
    expect(state).toMatchObject({
      phase: 'connected',
      desk: { id: t.enrolled.desk?.id },
      user: t.enrolled.user,
      link: { bytesDown: 12 },
      figures: { bytes: 12 },
    });
    const times = 'times' in state ? Object.keys(state.times).sort() : [];
    expect(times).toEqual(['desk', 'gateway', 'network', 'picture', 'signIn']);
    t.session.disconnect();
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: null });
    expect(port.ends()).toEqual([{ type: 'end' }]);
    await expect.poll(() => t.desk.sockets.size).toBe(0);
  });

  it('has what it types arrive at the desk', async () => {
    const typed: Buffer[] = [];
    const t = await laptop((socket) => {
      greet(socket);
      socket.on('data', (data: Buffer) => typed.push(data));
    });
    await t.session.connect(null);
    const port = await t.greeted('RFB 003.008\n');
    for (const text of ['RFB 003.008\n', '\u0001', 'key']) port.say(new TextEncoder().encode(text));
    await expect.poll(() => Buffer.concat(typed).toString()).toBe('RFB 003.008\n\u0001key');
  });

  it('can go on with a second session when the first has ended', async () => {
    const t = await laptop(greet);
    for (const _ of [1, 2]) {
      await t.session.connect(null);
      await expect.poll(() => t.session.state()).toMatchObject({ phase: 'connecting', stage: 'picture' });
      await t.greeted('RFB 003.008\n');
      t.picture();
      t.session.disconnect();
      await t.phase('ended');
    }
    expect(t.ports).toHaveLength(2);
  });

  it('is recorded as ended by its user when the screen closes in order', async () => {
    const t = await laptop(greet);
    await t.session.connect(null);
    const port = await t.greeted('RFB 003.008\n');
    port.say({ type: 'close' });
    await t.phase('ended');
    await expect
      .poll(() =>
        office.gateway.store.sessions({ all: true, limit: 100 }).find(({ desk }) => desk === t.enrolled.desk?.id),
      )
      .toMatchObject({ state: 'ended', reason: 'userEnded' });
  });

  it('shows the desk’s own reason when the desk says it and hangs up at once', async () => {
    const t = await laptop((socket) => socket.end('authentication failed'));
    await t.session.connect(null);
    await t.greeted('authentication failed');
    t.session.report({ type: 'ended', reason: 'deskPasswordWrong', details: {} });
    expect(t.session.state()).toMatchObject({
      phase: 'ended',
      failure: { reason: 'deskPasswordWrong' },
      stage: 'picture',
    });
  });

  it('shows that the desk closed when nobody knows better', async () => {
    const t = await laptop((socket) => void once(socket, 'data').then(() => socket.destroy()));
    await t.session.connect(null);
    await expect.poll(() => t.ports.length).toBe(1);
    t.ports[0]?.say(new Uint8Array(1));
    await t.phase('ended');
    expect(t.session.state()).toMatchObject({ failure: { reason: 'deskClosed' } });
  });
});
