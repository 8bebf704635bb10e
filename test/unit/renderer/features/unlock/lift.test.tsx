// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { catalogue } from '#contract/errors/catalogue.ts';
import { makeCode, showCode } from '#contract/identity/code.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { fakeDevice } from '#test/fakes/fake-bridge.ts';
import { announced, enter, field, heading, nameless, openApp, shown, traces, type } from '../../open-app.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const random = Uint8Array.from({ length: 20 }, (_, index) => (index * 7 + 19) & 31);
const challenge = makeCode('challenge', random);
const answer = makeCode(
  'unlock',
  random.map((byte) => byte ^ 5),
);
const held = (reason: 'leaseOver' | 'offlineTooLong'): DeviceStatus => ({ ...fakeDevice, hold: { reason, challenge } });
const states = {
  pinLocked: { state: 'pinLocked', label: 'テレワーク端末 017', challenge },
  leaseOver: held('leaseOver'),
  offlineTooLong: held('offlineTooLong'),
} as const satisfies Record<string, DeviceStatus>;
const cases = (Object.keys(states) as (keyof typeof states)[]).flatMap((reason) =>
  (['ja', 'en'] as const).map((language) => [reason, language] as const),
);

describe('a laptop that has locked itself', () => {
  it.each(cases)('says %s in %s: why, what to do, and what to read out', async (reason, language) => {
    await openApp({ device: states[reason], preferences: { language, theme: 'light' } });
    const entry = catalogue[reason];
    expect(heading()).toBe(entry.title[language]);
    const main = screen.getByRole('main').textContent ?? '';
    for (const part of [entry.cause[language], entry.user[language], [...entry.code].join(' '), 'テレワーク端末 017']) {
      expect(main).toContain(part);
    }
    const groups = showCode(challenge).split('-');
    expect([...document.querySelectorAll('.challenge__code span')].map((group) => group.textContent)).toEqual(groups);
    expect(main).toContain(groups.map((group) => [...group].join(' ')).join(', '));
    expect(screen.queryByRole('button', { name: /接続|Connect/ })).toBeNull();
    expect(document.title).toContain(entry.title[language]);
    expect(nameless()).toEqual([]);
  });

  it('opens with the code that the helpdesk gives', async () => {
    const { named } = await openApp({ device: states.offlineTooLong });
    await type(field('解除コード'), answer.toLowerCase());
    await enter(field('解除コード'));
    expect(named('device.lift')[0]?.args).toEqual([answer]);
    expect(shown()).toBe('ready');
    expect(traces(showCode(answer))).toEqual([]);
  });

  it('sends no code that is mistyped or cut short', async () => {
    const { named } = await openApp({ device: states.pinLocked });
    await type(field('解除コード'), answer.slice(0, 5));
    await enter(field('解除コード'));
    expect(announced()).toContain('あと3文字です。');
    await type(field('解除コード'), `0${answer.slice(1)}`);
    await enter(field('解除コード'));
    expect(announced()).toContain('打ち間違いがあります。');
    expect(named('device.lift')).toEqual([]);
  });

  it('says that a code is wrong, and shows the new challenge when there is one', async () => {
    const { fail, setDevice } = await openApp({ device: states.pinLocked });
    const second = makeCode('challenge', random.subarray(3));
    fail('device.lift', { reason: 'unlockCodeWrong', details: {} });
    setDevice({ ...states.pinLocked, challenge: second });
    await type(field('解除コード'), answer);
    await enter(field('解除コード'));
    expect(screen.getByRole('alert').textContent).toContain(catalogue.unlockCodeWrong.title.ja);
    expect(screen.getByRole('alert').textContent).toContain('6 4 0 6');
    expect(document.querySelector('.challenge__code')?.textContent).toBe(second);
    expect(field('解除コード').value).toBe('');
    expect(document.activeElement).toBe(field('解除コード'));
  });
});
