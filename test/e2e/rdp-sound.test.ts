import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { toneLoudness, tonePlayer } from '#test/fakes/rdp/tone.ts';
import { noXrdp, startXrdp, type Xrdp } from '#test/fakes/rdp/xrdp.ts';
import { until, waitForPhase } from './support/page.ts';
import { account } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

/* Whether the window plays what a desk plays. Nobody listens here: the browser tells what goes to the speaker. */

const missing = noXrdp();
if (missing !== null) console.warn(`\n!!! SKIPPED: the sound in the window is NOT tested here: ${missing}\n`);
/** Hangs an analyser beside the speaker of every audio context that the page will make. */
async function tap(frame: Frame): Promise<() => Promise<{ pitch: number; loudness: number } | null>> {
  type Scope = { heard?: AnalyserNode };
  await frame.evaluate(() => {
    const scope = globalThis as Scope;
    const { connect } = AudioNode.prototype as unknown as { connect: (this: AudioNode, to: AudioNode) => AudioNode };
    const tapped = function (this: AudioNode, to: AudioNode): AudioNode {
      if (scope.heard?.context !== this.context) scope.heard = new AnalyserNode(this.context, { fftSize: 16_384 });
      connect.call(this, scope.heard);
      return connect.call(this, to);
    };
    Object.assign(AudioNode.prototype, { connect: tapped });
  });
  return () =>
    frame.evaluate(() => {
      const { heard } = globalThis as Scope;
      if (heard === undefined) return null;
      const samples = new Float32Array(heard.fftSize);
      heard.getFloatTimeDomainData(samples);
      let [upwards, loudness] = [0, 0];
      for (let i = 1; i < samples.length; i++) {
        if (samples[i - 1]! < 0 && samples[i]! >= 0) upwards += 1;
        loudness = Math.max(loudness, Math.abs(samples[i]!));
      }
      return { pitch: (upwards * heard.context.sampleRate) / samples.length, loudness };
    });
}

describe.skipIf(missing !== null)('a desk that plays a tone', () => {
  let desk: Xrdp;
  let world: World;
  let app: LaunchedApp;
  let heard: Awaited<ReturnType<typeof tap>>;
  const contexts = new Map<string, string>();
  beforeAll(async () => {
    desk = await startXrdp({ desk: { ...account, kind: 'xorg', session: `${tonePlayer(440)} & exec sleep 100000` } });
    world = await createWorld({ rdp: { port: desk.port, security: 'tls' }, policy: { audio: true } });
    app = await world.open();
    const frame = app.page.frames().find((one) => one !== app.page.mainFrame())!;
    heard = await tap(frame);
    await signInToRdp(app);
    await waitForPhase(app, 'connected');
    const cdp = await app.page.context().newCDPSession(frame);
    cdp.on('WebAudio.contextCreated', ({ context }) => void contexts.set(context.contextId, context.contextState));
    cdp.on('WebAudio.contextChanged', ({ context }) => void contexts.set(context.contextId, context.contextState));
    cdp.on('WebAudio.contextWillBeDestroyed', ({ contextId }) => void contexts.delete(contextId));
    await cdp.send('WebAudio.enable');
  });
  afterAll(async () => {
    await world?.stop();
    await desk?.stop();
  });
  const plays = () => [...contexts.values()].includes('running');

  test('is heard once the person has touched the picture', async () => {
    await app.page.mouse.click(400, 400);
    await until('sound', plays);
    let last: Awaited<ReturnType<typeof heard>> = null;
    const isTone = async () => {
      last = await heard();
      if (last === null || Math.abs(last.loudness - toneLoudness) > 0.02) return false;
      // One more or less at the edges of a third of a second is 3 Hz.
      return Math.abs(last.pitch - 440) < 10;
    };
    await until('the tone', isTone).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last)}`);
    });
    await shoot(app.page, 'rdp-sound');
  });

  test('is silent while it is muted, and when the office forbids it', async () => {
    await app.page.getByRole('button', { name: '音を消す' }).click();
    await until('silence', () => !plays());
    await app.page.getByRole('button', { name: '音を出す' }).click();
    await until('sound again', plays);
    await world.office.command('policy', 'set', '--rule', 'audio=false');
    await until('silence for good', () => !plays());
    expect(await app.page.getByRole('button', { name: /^音を/ }).count()).toBe(0);
    expect(await app.page.locator('.bar').count()).toBe(1);
  });
});
