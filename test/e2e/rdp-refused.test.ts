import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { noShadow, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { noXrdp, startXrdp } from '#test/fakes/rdp/xrdp.ts';
import { until, waitForPhase } from './support/page.ts';
import { account } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { expectEnd } from './support/refusal.ts';
import { shoot } from './support/shots.ts';
import { createWorld } from './support/world.ts';

const stops: (() => Promise<void>)[] = [];
const track = <T extends { stop(): Promise<void> }>(started: T): T => {
  stops.push(started.stop);
  return started;
};
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe.skipIf(noShadow() !== null)('a desk without network level authentication', () => {
  test('is not signed in to where the office asks for that', async () => {
    const desk = track(await startShadow({ ...account, security: 'tls', width: 800, height: 600 }));
    const { open } = track(await createWorld({ rdp: { port: desk.port, security: 'nla' } }));
    const app = await open();
    await signInToRdp(app);
    await expectEnd(app, 'deskSecurityUnsupported');
    await shoot(app.page, 'rdp-no-nla');
  });
});

describe.skipIf(noXrdp() !== null)('a desk that asks for the password on its own screen', () => {
  test('asks for it again there when it is wrong', async () => {
    const desk = track(await startXrdp({ desk: { ...account, kind: 'xorg', session: 'exec sleep 100000' } }));
    const { open } = track(await createWorld({ rdp: { port: desk.port, security: 'tls' } }));
    const app = await open();
    await signInToRdp(app, { ...account, password: 'another' });
    await waitForPhase(app, 'connected');
    await until('the refusal', () => /AUTHFAIL|pam_authenticate failed|login failed/i.test(desk.log()));
    await sleep(1_000);
    await shoot(app.page, 'rdp-xrdp-wrong-password');
    expect(app.log().join('\n')).not.toContain('another');
  });
});
