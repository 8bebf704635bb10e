import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import { createFakeDevice } from '#test/fakes/fake-device.ts';
import {
  type ControlPeer,
  challengeNow,
  createTestSite,
  credentialsFor,
  established,
  speak,
  startTls,
  type TestSite,
} from '#test/fakes/scripted-gateway.ts';
import { leftOver, liveResources, startTestTunnel, type TestTunnelOptions } from '#test/fakes/test-tunnel.ts';

/* What the gateway orders or answers on the control connection, and in which order the laptop carries it out. */

let site: TestSite;
beforeAll(async () => {
  site = await createTestSite();
});
beforeEach(({ onTestFinished: atEnd }) => {
  const before = liveResources();
  atEnd(async () => expect(await leftOver(before)).toEqual({}));
});

async function start(options: TestTunnelOptions = {}, instead: Parameters<typeof speak>[1] = {}) {
  const peers: ControlPeer[] = [];
  const server = await startTls(site, {
    control: (ws) =>
      speak(ws, {
        ...instead,
        hello: (peer, message) => {
          peers.push(peer);
          if (instead.hello) instead.hello(peer, message);
          else peer.say(challengeNow());
        },
      }),
    connect: (_, socket) => socket.write(established),
  });
  onTestFinished(server.close);
  const t = startTestTunnel(credentialsFor(site, server.port), options);
  const heard = (type: string) => peers.flatMap((peer) => peer.heard).filter((message) => message.type === type);
  return { t, server, heard, say: (message: GatewayMessage) => peers[0]!.say(message) };
}
const erase: GatewayMessage = { type: 'erase' };

describe('the order to erase', () => {
  it('is confirmed only when everything is gone, and nothing else is done meanwhile', async () => {
    const gone = Promise.withResolvers<void>();
    const device = createFakeDevice({ erase: () => gone.promise });
    const { t, heard } = await start({ device }, { hello: (peer) => peer.say(erase) });
    await expect.poll(() => device.calls).toEqual(['erase']);
    expect(heard('erased')).toEqual([]);
    t.tunnel.end(null);
    expect(t.tunnel.state().phase).toBe('erasing');
    gone.resolve();
    expect(await t.closed).toEqual({ reason: 'deviceErased', details: {} });
    await expect.poll(() => heard('erased')).toHaveLength(1);
    expect(heard('auth')).toEqual([]);
  });

  it('is carried out although the line is lost meanwhile', async () => {
    const gone = Promise.withResolvers<void>();
    const { t, server, say } = await start({ device: createFakeDevice({ erase: () => gone.promise }) });
    await t.channelOpen;
    say(erase);
    await t.reached('erasing');
    expect(t.channel()?.destroyed).toBe(true);
    server.reset();
    gone.resolve();
    expect(await t.closed).toEqual({ reason: 'deviceErased', details: {} });
  });

  it('is not confirmed when it failed', async () => {
    const device = createFakeDevice({ erase: () => Promise.reject(new HanareError('keychainLocked')) });
    const { t, heard } = await start({ device }, { hello: (peer) => peer.say(erase) });
    expect(await t.closed).toEqual({ reason: 'keychainLocked', details: {} });
    expect(heard('erased')).toEqual([]);
  });

  it('is still heard when the session was closed before it', async () => {
    const device = createFakeDevice();
    const { t, say } = await start({ device });
    await t.channelOpen;
    say({ type: 'closed', sid: 's1', reason: 'deviceRevoked' });
    say(erase);
    expect(await t.closed).toEqual({ reason: 'deviceErased', details: {} });
    expect(device.calls).toContain('erase');
  });
});

describe('what comes with the sign-in', () => {
  it('is stored before a desk is asked for', async () => {
    const stored = Promise.withResolvers<never>();
    const device = createFakeDevice({ signedIn: () => stored.promise });
    const { t, heard } = await start({ device });
    await expect.poll(() => device.news).toMatchObject([{ policy: 'p.o.l', lease: null }]);
    expect(heard('open')).toEqual([]);
    stored.reject(new HanareError('policyRejected'));
    expect(await t.closed).toEqual({ reason: 'policyRejected', details: {} });
    expect(heard('open')).toEqual([]);
  });

  it('ends it when the vault cannot make a password', async () => {
    const { t, heard } = await start({ otp: () => Promise.reject(new HanareError('deviceLocked')) });
    expect(await t.closed).toEqual({ reason: 'deviceLocked', details: {} });
    expect(heard('auth')).toEqual([]);
  });
});

describe('an answer to', () => {
  const device = () => createFakeDevice({ due: true });

  it('a renewal is stored, and a refused one costs nothing', async () => {
    const certificate = '-----BEGIN CERTIFICATE-----\n';
    const given = device();
    const good = await start(
      { device: given },
      { renew: (peer) => peer.say({ type: 'certificate', request: 2, certificate }) },
    );
    await expect.poll(() => given.calls).toContain('finishRenewal');
    good.t.tunnel.end(null);
    await good.t.closed;

    const refusing = device();
    const bad = await start(
      { device: refusing },
      { renew: (peer) => peer.say({ type: 'refused', request: 2, reason: 'internal' }) },
    );
    await expect.poll(() => bad.t.lines.join()).toContain('renewal refused');
    await bad.t.channelOpen;
    expect(refusing.calls).not.toContain('finishRenewal');
    bad.t.tunnel.end(null);
    await bad.t.closed;
  });

  it('a renewal that cannot be begun is not waited for', async () => {
    const full = createFakeDevice({ due: true, beginRenewal: () => Promise.reject(new HanareError('deviceLocked')) });
    const { t, heard } = await start({ device: full });
    await t.channelOpen;
    await expect.poll(() => t.lines.join()).toContain('renewal failed');
    expect(heard('renew')).toEqual([]);
    t.tunnel.end(null);
    await t.closed;
  });

  it('an extension moves the end of the sign-in, or says why not', async () => {
    const until = Date.now() + 7_200_000;
    const answers: GatewayMessage[] = [
      { type: 'authFail', reason: 'otpWrong', details: { left: 9 }, final: false },
      { type: 'extended', until },
    ];
    const { t } = await start({}, { extend: (peer) => peer.say(answers.shift()!) });
    await t.channelOpen;
    t.tunnel.extend({ kind: 'totp', code: '111111' });
    await expect.poll(() => t.refusals).toEqual([{ reason: 'otpWrong', details: { left: 9 } }]);
    t.tunnel.extend({ kind: 'totp', code: '222222' });
    await expect.poll(() => (t.tunnel.state().until ?? 0) - until).toBeGreaterThan(-1_000);
    t.tunnel.end(null);
    await t.closed;
  });

  it('a sign-in is in no log, and neither is what signs in', async () => {
    const { t } = await start({ otp: async () => '987654' });
    await t.channelOpen;
    t.tunnel.end(null);
    await t.closed;
    for (const secret of ['987654', 'p.o.l', 'PRIVATE']) expect(t.lines.join()).not.toContain(secret);
  });
});
