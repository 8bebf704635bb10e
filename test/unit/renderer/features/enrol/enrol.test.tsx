// @vitest-environment happy-dom
import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import { makeCode, showCode } from '#contract/identity/code.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { enrolmentLine } from '#contract/wire/enrol.ts';
import { fakeDevice, fakeFingerprint, fakeOffer } from '#test/fakes/fake-bridge.ts';
import { announced, enter, field, heading, nameless, openApp, press, shown, traces, type } from '../../open-app.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const code = makeCode(
  'enrolment',
  Uint8Array.from({ length: 20 }, (_, index) => (index * 7 + 19) & 31),
);
const pin = '481516';
const { site, enrol } = fakeOffer;
const withSite: DeviceStatus = { state: 'notEnrolled', site: { name: site, enrol, fingerprint: fakeFingerprint } };
const withoutSite: DeviceStatus = { state: 'notEnrolled', site: null };
const codeField = () => field('登録コード');

async function toOffice(options: Parameters<typeof openApp>[0] = {}) {
  const app = await openApp({ device: withSite, ...options });
  await type(codeField(), code);
  await enter(codeField());
  return app;
}
async function toPin(options: Parameters<typeof openApp>[0] = {}) {
  const app = await toOffice(options);
  await press('次へ');
  return app;
}
async function choose(first = pin, again = first) {
  await type(field('新しいPIN'), first);
  await type(field('新しいPIN（もう一度）'), again);
  await enter(field('新しいPIN'));
}

describe('the enrolment code', () => {
  it('is asked for first, with the keyboard in its field, and where it registers', async () => {
    await openApp({ device: withSite });
    expect(heading()).toBe('この端末を登録します。');
    expect(document.activeElement).toBe(codeField());
    expect(document.body.textContent).toContain('登録先: みどり市役所');
    expect(screen.queryByLabelText('受付のアドレス')).toBeNull();
    expect(document.title).toBe('端末の登録 - Hanare');
    expect(nameless()).toEqual([]);
  });

  it('stands in groups, is counted, and checked at once', async () => {
    await openApp({ device: withSite });
    await type(codeField(), code.slice(0, 9).toLowerCase());
    expect(codeField().value).toBe(showCode(code.slice(0, 9)));
    expect(document.body.textContent).toContain('あと7文字');
    // A count that a screen reader said with every key would only be in the way.
    expect(announced()).not.toContain('あと7文字');
    await type(codeField(), code);
    expect(announced()).toContain('打ち間違いはありません。');
    await type(codeField(), `${code.slice(0, -2)}${code.at(-1)}${code.at(-2)}`);
    expect(announced()).toContain('打ち間違いがあります。');
    expect(codeField().getAttribute('aria-invalid')).toBe('true');
  });

  it('waits for the end of a composition', async () => {
    await openApp({ device: withSite });
    await act(async () => {
      codeField().value = 'ｋｔ１８ｆ';
      codeField().dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }));
    });
    expect(codeField().value).toBe('ｋｔ１８ｆ');
    await act(async () => void fireEvent.compositionEnd(codeField()));
    expect(codeField().value).toBe('KT18-F');
  });

  it.each([
    ['nothing', '', 'あと16文字'],
    ['half a code', code.slice(0, 8), 'あと8文字'],
    ['a mistyped one', `0${code.slice(1)}`, '打ち間違いがあります。'],
  ])('is not sent when there is %s', async (_, typed, said) => {
    const { named } = await openApp({ device: withSite });
    await type(codeField(), typed);
    await enter(codeField());
    expect(named('enrol.inspect')).toEqual([]);
    expect(announced()).toContain(said);
    expect(document.activeElement).toBe(codeField());
  });

  it('is main’s once the office is found, and nowhere in the page any more', async () => {
    const { named } = await toOffice();
    expect(named('enrol.inspect')[0]?.args).toEqual([{ typed: showCode(code), office: null }]);
    expect(shown()).toBe('enrol.office');
    expect(traces(showCode(code))).toEqual([]);
    await press('戻る');
    expect(codeField().value).toBe('');
  });

  it('says why the office was not found, and keeps the code to be compared', async () => {
    const { fail, named } = await openApp({ device: withSite });
    fail('enrol.inspect', { reason: 'enrolOfficeDiffers', details: {} });
    await type(codeField(), code);
    expect(traces(showCode(code))).toContain('field');
    await enter(codeField());
    const alert = screen.getByRole('alert').textContent ?? '';
    for (const part of [catalogue.enrolOfficeDiffers.title.ja, catalogue.enrolOfficeDiffers.user.ja, '6 2 0 7']) {
      expect(alert).toContain(part);
    }
    expect(codeField().value).toBe(showCode(code));
    fail('enrol.inspect', null);
    await press('次へ');
    expect(named('enrol.inspect')).toHaveLength(2);
    expect(shown()).toBe('enrol.office');
  });
});

describe('the office’s address', () => {
  it('is asked for on a laptop without a site file', async () => {
    const { named } = await openApp({ device: withoutSite });
    await type(codeField(), code);
    await enter(codeField());
    expect(document.activeElement).toBe(field('受付のアドレス'));
    expect(announced()).toContain('受付のアドレスを「名前:番号」の形で入力してください。');
    await type(field('受付のアドレス'), 'Ｅnrol.example：8443 ');
    await enter(codeField());
    expect(named('enrol.inspect').map((call) => call.args[0])).toEqual([
      { typed: showCode(code), office: { host: 'enrol.example', port: 8443 } },
    ]);
  });

  it.each(['enrol.example', 'enrol.example:0', 'enrol.example:70000', 'https://enrol.example:1/'])(
    'is refused as %s',
    async (typed) => {
      const { named } = await openApp({ device: withoutSite });
      await type(codeField(), code);
      await type(field('受付のアドレス'), typed);
      await enter(codeField());
      expect(named('enrol.inspect')).toEqual([]);
      expect(field('受付のアドレス').getAttribute('aria-invalid')).toBe('true');
    },
  );

  it('is not asked for when the scanned label says it', async () => {
    const { named } = await openApp({ device: withoutSite });
    const line = enrolmentLine({ enrol, fingerprint: fakeFingerprint }, code);
    await type(codeField(), line);
    expect(screen.queryByLabelText('受付のアドレス')).toBeNull();
    expect(announced()).toContain('QRコードを読み取りました。受付: enrol.example:8443');
    await enter(codeField());
    expect(named('enrol.inspect')[0]?.args).toEqual([{ typed: line, office: null }]);
    expect(traces(code)).toEqual([]);
  });
});

describe('a certificate file', () => {
  const imported = { subject: 'CN=laptop-017', algorithm: 'RSA', until: Date.UTC(2027, 5, 1) } as const;
  const password = () => field('証明書ファイルのパスワード');

  it('is read with its password, shown, and used', async () => {
    const { named } = await openApp({ device: withSite, imported });
    await press('証明書ファイル（.p12）を使う');
    await type(password(), 'Himitsu-1');
    await press('ファイルを選ぶ');
    expect(named('enrol.import')[0]?.args).toEqual(['Himitsu-1']);
    expect(traces('Himitsu-1')).toEqual([]);
    expect(document.querySelector('.enrol__p12')?.textContent).toContain('CN=laptop-017');
    expect(document.querySelector('.enrol__p12')?.textContent).toContain('2027年6月1日');
    await type(codeField(), code);
    await enter(codeField());
    await press('次へ');
    await choose();
    expect(named('enrol.run')[0]?.args).toEqual([{ accepted: fakeFingerprint, pin, imported: true }]);
  });

  it('can be left out again', async () => {
    const { named } = await openApp({ device: withSite, imported });
    await press('証明書ファイル（.p12）を使う');
    await press('ファイルを選ぶ');
    await press('証明書を使わない');
    await type(codeField(), code);
    await enter(codeField());
    await press('次へ');
    await choose();
    expect(named('enrol.run')[0]?.args).toMatchObject([{ imported: false }]);
  });

  it('changes nothing when none is chosen', async () => {
    await openApp({ device: withSite, imported: null });
    await press('証明書ファイル（.p12）を使う');
    await press('ファイルを選ぶ');
    expect(screen.getByRole('button', { name: 'ファイルを選ぶ' })).toBeTruthy();
    expect(announced()).not.toContain('証明書を読み取りました。');
  });

  it.each(['certificatePasswordWrong', 'certificateFileDamaged', 'certificateUnsuitable'] as const)(
    'says %s in place',
    async (reason) => {
      const { fail } = await openApp({ device: withSite });
      fail('enrol.import', { reason, details: { problem: 'RSA 1024' } });
      await press('証明書ファイル（.p12）を使う');
      await type(password(), 'Himitsu-1');
      await press('ファイルを選ぶ');
      expect(announced()).toContain(catalogue[reason].title.ja);
      expect(announced()).toContain([...catalogue[reason].code].join(' '));
      expect(document.activeElement).toBe(password());
      expect(password().value).toBe('');
    },
  );
});

describe('the office that was found', () => {
  it('is named, with its fingerprint in groups, and said to be the known one', async () => {
    await toOffice();
    const main = screen.getByRole('main').textContent ?? '';
    for (const part of ['みどり市役所', 'enrol.example:8443', '0123 4567 89AB CDEF', '知らされていた受付と同じ']) {
      expect(main).toContain(part);
    }
    expect(screen.queryByRole('checkbox')).toBeNull();
    // What the page does keep is found where React keeps it: so the search for a PIN would find one.
    expect(traces('みどり市役所').some((place) => place.startsWith('__react'))).toBe(true);
    await press('次へ');
    expect(shown()).toBe('enrol.pin');
  });

  it('must be compared by the person when it was not known', async () => {
    await toOffice({ offer: { ...fakeOffer, known: false } });
    await press('次へ');
    expect(shown()).toBe('enrol.office');
    expect(announced()).toContain('確かめてから、印を付けてください。');
    const box = screen.getByRole('checkbox', { name: '用紙の受付名・指紋と同じことを確かめました' });
    expect(document.activeElement).toBe(box);
    await act(async () => box.click());
    await press('次へ');
    expect(shown()).toBe('enrol.pin');
  });
});

describe('choosing a PIN', () => {
  it('shows its rules, and which are met', async () => {
    await toPin();
    const rules = () =>
      within(screen.getByRole('list', { name: 'PINの決まり' }))
        .getAllByRole('listitem')
        .map((item) => item.textContent);
    expect(document.activeElement).toBe(field('新しいPIN'));
    expect(rules()).toEqual([
      '6文字以上（数字だけでもかまいません）(まだ)',
      '続き番号や、同じ文字のくり返しではない(まだ)',
      '2回とも同じ(まだ)',
    ]);
    await type(field('新しいPIN'), pin);
    await type(field('新しいPIN（もう一度）'), pin.slice(0, 3));
    expect(rules().map((rule) => rule?.replace(/.*\(/, '('))).toEqual(['(よい)', '(よい)', '(まだ)']);
    await type(field('新しいPIN（もう一度）'), '481517');
    expect(announced()).toContain('2回目が1回目と違います。');
    await type(field('新しいPIN（もう一度）'), pin);
    expect(rules()[2]).toBe('2回とも同じ(よい)');
  });

  it.each([
    ['12345', '6文字以上にしてください。'],
    ['123456', '123456のような続き番号は使えません。'],
    ['111111', '111111や121212のようなくり返しは使えません。'],
    ['112211', '3種類以上の文字を使ってください。'],
    ['ひみつのPIN', '半角の英数字と記号だけが使えます。'],
  ])('refuses %s and says: %s', async (bad, words) => {
    const { named } = await toPin();
    await choose(bad);
    expect(announced()).toContain(words);
    expect(field('新しいPIN').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field('新しいPIN'));
    expect(named('enrol.run')).toEqual([]);
  });

  it('refuses two that differ', async () => {
    const { named } = await toPin();
    await choose(pin, '481517');
    expect(named('enrol.run')).toEqual([]);
    expect(document.activeElement).toBe(field('新しいPIN（もう一度）'));
  });

  it('turns full-width digits into plain ones, so that it can be typed again', async () => {
    const { named } = await toPin();
    await choose('４８１５１６', pin);
    expect(named('enrol.run')[0]?.args).toMatchObject([{ pin }]);
  });

  it('shows both when asked, and goes back to the office', async () => {
    await toPin();
    await act(async () => screen.getByRole('checkbox', { name: '文字を表示する' }).click());
    expect(field('新しいPIN').type).toBe('text');
    expect(field('新しいPIN（もう一度）').type).toBe('text');
    await press('戻る');
    expect(shown()).toBe('enrol.office');
  });
});

describe('the registration itself', () => {
  it('goes on by steps, keeps nothing of the PIN, and ends at the connect screen', async () => {
    const app = await toPin();
    const release = app.hold('enrol.run');
    await choose();
    expect(app.named('enrol.run')[0]?.args).toEqual([{ accepted: fakeFingerprint, pin, imported: false }]);
    expect(traces(pin)).toEqual([]);
    const present = () => document.querySelector('[aria-current=step] .stages__name')?.textContent;
    expect(present()).toBe('鍵を作る');
    app.step('store');
    expect(present()).toBe('端末に保存');
    expect(announced()).toContain('端末に保存しています。');
    // The laptop is registered before the last step is over: the screen stays until it is.
    app.changeDevice(fakeDevice);
    app.step('confirm');
    expect(present()).toBe('確かめ');
    await act(async () => release());
    expect(shown()).toBe('ready');
    expect(document.body.textContent).toContain('この端末を登録しました。');
    expect(screen.getByRole('button', { name: '接続する' })).toBeTruthy();
  });

  it.each<ErrorName>([
    'enrolCodeWrong',
    'enrolCodeExpired',
    'enrolCodeUsed',
    'enrolTooManyTries',
    'enrolOfficeDiffers',
  ])('goes back to an empty code when it ends with %s', async (reason) => {
    const { fail } = await toPin();
    fail('enrol.run', { reason, details: {} });
    await choose();
    expect(shown()).toBe('enrol.code');
    expect(announced()).toContain(catalogue[reason].title.ja);
    expect(codeField().value).toBe('');
    expect(traces(pin)).toEqual([]);
  });

  it('goes back to the PIN when that is too weak for the office', async () => {
    const { fail } = await toPin();
    fail('enrol.run', { reason: 'pinWeak', details: {} });
    await choose();
    expect(shown()).toBe('enrol.pin');
    expect(announced()).toContain(catalogue.pinWeak.title.ja);
  });

  it.each<ErrorName>(['gatewayTimeout', 'diskFull', 'diskReadOnly', 'keychainMissing', 'keychainLocked'])(
    'says %s at the step where it stopped, and can be tried again',
    async (reason) => {
      const app = await toPin();
      app.fail('enrol.run', { reason, details: {} });
      await choose();
      expect(shown()).toBe('enrol.failed');
      expect(heading()).toBe('登録できませんでした。');
      expect(announced()).toContain(catalogue[reason].title.ja);
      expect(announced()).toContain([...catalogue[reason].code].join(' '));
      app.fail('enrol.run', null);
      await press('PINの入力からやり直す');
      await choose();
      expect(shown()).toBe('ready');
    },
  );

  it('starts over where that is wanted', async () => {
    const app = await toPin();
    app.fail('enrol.run', { reason: 'storageFailed', details: {} });
    await choose();
    await press('最初からやり直す');
    expect(shown()).toBe('enrol.code');
  });

  it('shows what the laptop is when it turns out to be registered in spite of a failure', async () => {
    const app = await toPin();
    app.fail('enrol.run', { reason: 'connectionLost', details: {} });
    app.setDevice(fakeDevice);
    await choose();
    expect(shown()).toBe('ready');
  });
});

describe('in English', () => {
  it('asks for the same', async () => {
    await openApp({ device: withoutSite, preferences: { language: 'en', theme: 'light' } });
    expect(heading()).toBe('Register this laptop');
    await type(field('Enrolment code'), code.slice(0, 15));
    expect(document.body.textContent).toContain('1 character to go');
    expect(field('Office address')).toBeTruthy();
    expect(nameless()).toEqual([]);
  });
});
