import { beforeEach, describe, expect, it } from 'vitest';
import type { Sound } from '#renderer/screen/desk-client.ts';
import { Speaker } from '#renderer/screen/speaker.ts';

type Played = { samples: readonly number[]; start: number; stopped: boolean; ended(): void };

/** As much of Web Audio as the speaker uses, with a clock of the test's. */
function fakeAudio() {
  const fake = { state: 'running', now: 0, contexts: 0, resumed: 0, closed: 0, played: [] as Played[] };
  const context = () => {
    fake.contexts += 1;
    return {
      destination: 'speaker',
      get state() {
        return fake.state;
      },
      get currentTime() {
        return fake.now;
      },
      resume: async () => {
        fake.resumed += 1;
      },
      close: async () => {
        fake.closed += 1;
      },
      createBuffer: (count: number, length: number, rate: number) => {
        const data = Array.from({ length: count }, () => new Float32Array(length));
        return { data, duration: length / rate, copyToChannel: (from: Float32Array, i: number) => data[i]!.set(from) };
      },
    } as unknown as AudioContext;
  };
  const source = (_: AudioContext, buffer: AudioBuffer) => {
    const { data } = buffer as unknown as { data: Float32Array[] };
    const node = {
      onended: null as (() => void) | null,
      to: undefined as unknown,
      connect(to: unknown) {
        node.to = to;
      },
      start(start: number) {
        expect(node.to).toBe('speaker');
        fake.played.push(played);
        played.start = start;
      },
      stop() {
        played.stopped = true;
      },
    };
    const played: Played = { samples: [...data[0]!], start: -1, stopped: false, ended: () => node.onended?.() };
    return node as unknown as AudioBufferSourceNode;
  };
  return { fake, parts: { context, source } };
}

let audio: ReturnType<typeof fakeAudio>['fake'];
let speaker: Speaker;
beforeEach(() => {
  const { fake, parts } = fakeAudio();
  audio = fake;
  speaker = new Speaker(parts);
});

const rate = 1000;
/** @param seconds long, its samples counted from `first` */
const sound = (seconds: number, first = 0): Sound => ({
  samplesPerSecond: rate,
  channels: [Float32Array.from({ length: seconds * rate }, (_, i) => first + i)],
});
const starts = () => audio.played.map(({ start }) => Math.round(start * 1000));
const waits = () => audio.played.filter(({ stopped }) => !stopped);

describe('the speaker', () => {
  it('is silent until it is told to be heard, and opens nothing', () => {
    speaker.play(sound(0.1));
    expect(audio).toMatchObject({ contexts: 0, played: [] });
    speaker.setOn(true);
    speaker.play(sound(0.1));
    expect(audio.contexts).toBe(1);
    expect(starts()).toEqual([80]);
  });

  it('plays piece after piece without a gap, however unevenly they come', () => {
    speaker.setOn(true);
    for (const at of [0, 0.01, 0.15]) {
      audio.now = at;
      speaker.play(sound(0.1));
    }
    expect(starts()).toEqual([80, 180, 280]);
    expect(audio.contexts).toBe(1);
  });

  it('begins anew, a little later, when it has run dry', () => {
    speaker.setOn(true);
    speaker.play(sound(0.1));
    audio.now = 5;
    speaker.play(sound(0.1));
    expect(starts()).toEqual([80, 5080]);
  });

  it('lets what has piled up go, and plays what is new', () => {
    speaker.setOn(true);
    for (let i = 0; i < 20; i++) speaker.play(sound(0.1, i));
    const last = audio.played.at(-1)!;
    expect(last.stopped).toBe(false);
    expect(last.samples[0]).toBe(19);
    expect(waits().length).toBeLessThan(9);
    expect(last.start).toBeLessThan(0.7);
  });

  it('bounds the pieces that wait, however short', () => {
    speaker.setOn(true);
    for (let i = 0; i < 500; i++) speaker.play(sound(0.001));
    expect(waits().length).toBeLessThanOrEqual(64);
    for (const played of audio.played) played.ended();
    speaker.play(sound(0.001));
    // What has been heard is not waited for.
    expect(audio.played.at(-2)!.stopped).toBe(false);
  });

  it('plays the end of a piece that is too long', () => {
    speaker.setOn(true);
    speaker.play(sound(10));
    expect(audio.played[0]!.samples).toHaveLength(600);
    expect(audio.played[0]!.samples[0]).toBe(9400);
  });

  it('asks to be heard where the browser waits for a gesture, and keeps nothing until then', () => {
    audio.state = 'suspended';
    speaker.setOn(true);
    speaker.play(sound(0.1));
    expect(audio).toMatchObject({ resumed: 1, played: [] });
    audio.state = 'running';
    speaker.play(sound(0.1));
    expect(starts()).toEqual([80]);
  });

  it('is silent at once when it is told so, and heard again by a context of its own', () => {
    speaker.setOn(true);
    speaker.play(sound(0.1));
    speaker.setOn(false);
    speaker.play(sound(0.1));
    expect(audio).toMatchObject({ closed: 1, contexts: 1 });
    expect(audio.played.map(({ stopped }) => stopped)).toEqual([true]);
    speaker.setOn(true);
    speaker.play(sound(0.1));
    expect(audio).toMatchObject({ closed: 1, contexts: 2 });
  });

  it('plays nothing of nothing', () => {
    speaker.setOn(true);
    speaker.play({ samplesPerSecond: rate, channels: [] });
    speaker.play({ samplesPerSecond: rate, channels: [new Float32Array(0)] });
    expect(audio.contexts).toBe(0);
  });
});
