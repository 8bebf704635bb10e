// @vitest-environment happy-dom
import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { makeCode } from '#contract/identity/code.ts';
import { connectingState } from '#test/fakes/fake-bridge.ts';
import { announced, enter, field, key, nameless, openApp, press, traces, type } from '../../open-app.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const emergency = makeCode(
  'emergency',
  Uint8Array.from({ length: 20 }, (_, index) => (index * 7 + 19) & 31),
);
const asked = (failure: Failure | null = null, busy = false) => connectingState({ prompt: { failure, busy } });
const number = () => field('6けたの番号');

describe('the one-time password', () => {
  it('is asked for while connecting, in a field that a phone’s number fits', async () => {
    const { change } = await openApp();
    change(asked());
    expect(screen.getByRole('dialog', { name: 'ワンタイムパスワード' })).toBeTruthy();
    expect(number().autocomplete).toBe('one-time-code');
    expect(number().inputMode).toBe('numeric');
    expect(document.activeElement).toBe(number());
    expect(nameless()).toEqual([]);
  });

  it.each(['492871', '492 871', '４９２８７１'])(
    'is sent as six digits when typed as %s, and is then gone',
    async (typed) => {
      const { change, named } = await openApp();
      change(asked());
      await type(number(), typed);
      await enter(number());
      expect(named('session.answerOtp')).toEqual([
        { name: 'session.answerOtp', args: [{ kind: 'totp', code: '492871' }] },
      ]);
      expect(traces('492871')).toEqual([]);
      expect(number().value).toBe('');
    },
  );

  it.each(['', '49287', '4928711', 'abcdef'])('is not sent as %j', async (typed) => {
    const { change, named } = await openApp();
    change(asked());
    await type(number(), typed);
    await enter(number());
    expect(named('session.answerOtp')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain(catalogue.otpMalformed.title.ja);
    expect(document.activeElement).toBe(number());
  });

  it('waits while the gateway looks at it', async () => {
    const { change, named } = await openApp();
    change(asked(null, true));
    expect(announced()).toContain('確かめています。');
    expect(number().readOnly).toBe(true);
    await enter(number());
    expect(named('session.answerOtp')).toEqual([]);
  });

  it.each([
    [{ reason: 'otpWrong', details: { left: 7 } }, ['違います', 'あと7回', '3 1 0 2']],
    [{ reason: 'otpClock', details: { seconds: -95 } }, ['時計が約95秒ずれています。', '3 1 0 4']],
    [{ reason: 'otpUsed', details: {} }, ['もう使われました', '30秒ほど待ち', '3 1 0 3']],
    [{ reason: 'emergencyCodeWrong', details: {} }, ['緊急コードが違います。', '3 1 0 7']],
  ] as const)('is refused in place: %j', async (failure, parts) => {
    const { change } = await openApp();
    change(asked());
    change(asked(null, true));
    change(asked(failure));
    for (const part of parts) expect(screen.getByRole('alert').textContent).toContain(part);
    expect(document.activeElement).toBe(number());
  });

  it('waits out a pause, which a repeated state does not begin anew', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    const { change, named } = await openApp();
    change(asked());
    const delayed = { reason: 'otpDelayed', details: { seconds: 8 } } as const;
    change(asked(null, true));
    change(asked(delayed));
    expect(screen.getByRole('timer').textContent).toBe('あと8秒お待ちください。');
    await act(async () => void vi.advanceTimersByTime(5_000));
    change(asked({ ...delayed, details: { ...delayed.details } }));
    expect(screen.getByRole('timer').textContent).toBe('あと3秒お待ちください。');
    await type(number(), '492871');
    await enter(number());
    expect(named('session.answerOtp')).toEqual([]);
    await act(async () => void vi.advanceTimersByTime(3_250));
    expect(screen.queryByRole('timer')).toBeNull();
    await enter(number());
    expect(named('session.answerOtp')).toHaveLength(1);
  });

  it('says in place when main would not send it', async () => {
    const { change, fail } = await openApp();
    fail('session.answerOtp', { reason: 'otpMalformed', details: {} });
    change(asked());
    await type(number(), '492871');
    await enter(number());
    expect(screen.getByRole('alert').textContent).toContain('3 1 0 8');
  });

  it('gives way to an emergency code, and takes it back', async () => {
    const { change, named } = await openApp();
    change(asked({ reason: 'otpWrong', details: { left: 3 } }));
    await type(number(), '4928');
    await press('緊急コードを使う');
    expect(screen.getByRole('dialog', { name: '緊急コード' })).toBeTruthy();
    // What was wrong was the number, not the code that comes now.
    expect(screen.getByRole('alert').textContent).toBe('');
    expect(document.activeElement).toBe(field('緊急コード'));
    await type(field('緊急コード'), emergency.slice(0, 11));
    await enter(field('緊急コード'));
    expect(named('session.answerOtp')).toEqual([]);
    await type(field('緊急コード'), emergency.toLowerCase());
    await enter(field('緊急コード'));
    expect(named('session.answerOtp')[0]?.args).toEqual([{ kind: 'emergency', code: emergency }]);
    expect(traces(emergency)).toEqual([]);
    await press('スマートフォンの番号を使う');
    expect(number().value).toBe('');
  });

  it.each(['button', 'Escape'])('ends the connecting by %s', async (how) => {
    const { change, named } = await openApp();
    change(asked());
    const dialog = screen.getByRole('dialog');
    if (how === 'Escape') await key('Escape', number());
    else await act(async () => void fireEvent.click([...dialog.querySelectorAll('button')].at(-1)!));
    expect(named('session.disconnect')).toHaveLength(1);
  });

  it('goes when the sign-in has gone through', async () => {
    const { change } = await openApp();
    change(asked());
    change(connectingState({ stage: 'desk' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is asked for in English, too', async () => {
    const { change } = await openApp({ preferences: { language: 'en', theme: 'light' } });
    change(asked({ reason: 'otpWrong', details: { left: 1 } }));
    expect(screen.getByRole('dialog', { name: 'One-time password' })).toBeTruthy();
    expect(screen.getByRole('alert').textContent).toContain(catalogue.otpWrong.title.en);
    expect(nameless()).toEqual([]);
  });
});
