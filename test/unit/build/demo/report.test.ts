import { describe, expect, it } from 'vitest';
import { makeReport } from '#build/demo/report.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { connectedState, endedState, fakeLink } from '#test/fakes/fake-bridge.ts';

const facts = {
  host: 'stand-in',
  headless: true,
  desk: 'built-in',
  errors: [],
  seconds: 20,
  enrolment: { find: 120, key: 14, office: 138, store: 542, confirm: 60 },
} as const;
const figures = {
  width: 1920,
  height: 1080,
  frames: 600,
  fps: 30,
  bytes: 9,
  firstPictureMs: 90,
  decodeMs: 1,
  presentMs: 2,
};

describe('the report of a demo', () => {
  it('has times, figures and the line when the session was up', () => {
    const state = { ...connectedState(), figures } as SessionState;
    expect(makeReport(state, facts)).toEqual({
      ...facts,
      stages: { network: 12, gateway: 80, signIn: 40, desk: 120, picture: 300 },
      firstPictureMs: 552,
      framesShown: 600,
      bytesDown: fakeLink.bytesDown,
      bytesUp: fakeLink.bytesUp,
      roundTripMs: fakeLink.rttMs,
      screen: { width: 1920, height: 1080, fps: 30 },
    });
  });

  it('has no figures when the screen had none yet', () => {
    expect(makeReport(connectedState({ rttMs: null }), facts)).toMatchObject({
      framesShown: 0,
      screen: null,
      roundTripMs: null,
    });
  });

  it('has the times of the stages that were passed, and no first picture, when it failed on the way', () => {
    const state = endedState(
      { reason: 'deskDown', details: {} },
      { stage: 'desk', times: { network: 5, gateway: 6, signIn: 7 } },
    );
    expect(makeReport(state, { ...facts, errors: ['4101'] })).toMatchObject({
      stages: { network: 5, gateway: 6, signIn: 7, desk: null, picture: null },
      firstPictureMs: null,
      framesShown: 0,
      bytesDown: 0,
      screen: null,
      errors: ['4101'],
    });
  });

  it('has nothing but the facts when nothing began', () => {
    expect(makeReport({ phase: 'idle' }, facts)).toMatchObject({
      stages: { network: null, gateway: null, signIn: null, desk: null, picture: null },
      firstPictureMs: null,
    });
  });

  it('counts a stage that took no time when the others did', () => {
    const state = {
      ...connectedState(),
      times: { network: 0.1, gateway: 0.2, signIn: 0, desk: 0, picture: 0 },
    } as SessionState;
    expect(makeReport(state, facts).firstPictureMs).toBe(0.3);
  });
});
