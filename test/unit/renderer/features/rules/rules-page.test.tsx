// @vitest-environment happy-dom
import { act, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { RuleView } from '#contract/ipc/state.ts';
import { ruleGroups, ruleNames, ruleOf } from '#contract/policy/rules.ts';
import { connectingState, endedState, fakeDevice, lockedDevice } from '#test/fakes/fake-bridge.ts';
import { fakeReceipt, fakeRules } from '#test/fakes/fake-rules.ts';
import { heading, nameless, openApp, press, shown } from '../../open-app.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const link = 'この端末の規則';
async function open(options: Parameters<typeof openApp>[0] = {}, prepare?: Parameters<typeof openApp>[1]) {
  const app = await openApp(options, prepare);
  await press(options.preferences?.language === 'en' ? 'Rules on this laptop' : link);
  return app;
}
const rule = (name: RuleView['name']) => document.querySelector(`[data-rule="${name}"]`)!;
const marks = (name: RuleView['name']) =>
  Object.fromEntries(
    [...rule(name).querySelectorAll('.rule__marks > div')].map((fact) => [
      fact.querySelector('dt')?.textContent,
      fact.querySelector('dd')?.textContent,
    ]),
  );
const summary = () => document.querySelector('.rules__lead')?.textContent;
const diskOpen = { set: 'no', effective: 'no', failure: { reason: 'diskNotEncrypted', details: {} } } as const;

describe('the way to the rules', () => {
  it('is there on the first screen, the page of this laptop and the ended screen, and leads back', async () => {
    const { change } = await open();
    expect(shown()).toBe('rules');
    expect(document.title).toBe('この端末の規則 - Hanare');
    expect(document.activeElement?.tagName).toBe('H1');
    await press('戻る');
    expect(shown()).toBe('ready');
    await press('この端末');
    await press(link);
    await press('戻る');
    expect(shown()).toBe('laptop');
    change(endedState({ reason: 'firewallOff', details: {} }, { stage: 'desk' }));
    await press(link);
    expect(shown()).toBe('rules');
    await press('戻る');
    expect(shown()).toBe('failed.firewallOff');
  });

  it('does not lead past a session that begins, or a laptop that locks itself', async () => {
    const { change, changeDevice } = await open();
    change(connectingState());
    expect(shown()).toBe('connecting');
    change(endedState(null, { receipt: fakeReceipt }));
    expect(shown()).toBe('ended');
    await press(link);
    changeDevice(lockedDevice());
    expect(shown()).toBe('ended');
    changeDevice(fakeDevice);
    expect(shown()).toBe('ended');
  });

  it.each([
    ['locked', lockedDevice()],
    ['held', { ...fakeDevice, hold: { reason: 'leaseOver', challenge: 'KT18FPXY' } } as const],
    ['not registered', { state: 'notEnrolled', site: null } as const],
  ])('is not there while the laptop is %s', async (_, device) => {
    await openApp({ device });
    expect(screen.queryByRole('button', { name: link })).toBeNull();
  });
});

describe('the page of the rules', () => {
  it('has every rule once, in its group, with its name, its reason and who has decided it', async () => {
    await open();
    expect(heading()).toBe('この端末の規則');
    expect([...document.querySelectorAll('.rules__group h2')].map((title) => title.textContent)).toEqual([
      '画面',
      'USB',
      '通信',
      '端末の状態',
      '本人確認',
      '庁の決まり',
    ]);
    const groups = [...document.querySelectorAll('.rules__group')];
    for (const name of ruleNames) {
      expect(document.querySelectorAll(`[data-rule="${name}"]`), name).toHaveLength(1);
      expect(rule(name).closest('.rules__group'), name).toBe(groups[ruleGroups.indexOf(ruleOf(name).group)]);
      expect(rule(name).textContent, name).toContain(ruleOf(name).title.ja);
      expect(rule(name).textContent, name).toContain(ruleOf(name).why.ja);
      expect(marks(name).決めたところ, name).toBe('庁（全員）');
    }
    expect(nameless()).toEqual([]);
  });

  it('says in one sentence that all is well, and which rules these are', async () => {
    await open();
    expect(summary()).toBe('すべての規則が守られています。');
    const facts = document.querySelector('.rules__facts')?.textContent;
    expect(facts).toContain('規則の版12');
    expect(facts).toContain('11月22日');
    expect(facts).toContain('署名を確かめました');
    expect(document.querySelector('.rule__care')).toBeNull();
  });

  it('keeps set, checked and effective apart, each in words', async () => {
    const rules = fakeRules(
      {},
      {
        firewall: { set: 'yes', effective: 'no' },
        timeSync: { set: 'unknown', effective: 'unknown', checkedAt: null },
      },
    );
    await open({ rules });
    expect(marks('firewall')).toMatchObject({ 設定: 'はい', 確認: expect.stringMatching(/^11月22日/), 有効: 'いいえ' });
    expect(marks('timeSync')).toMatchObject({ 設定: '不明', 確認: 'まだ', 有効: '不明' });
    // What the app does itself is not looked at; what only the gateway sees, a laptop cannot vouch for.
    expect(marks('idleSeconds')).toMatchObject({ 設定: 'はい', 確認: 'アプリが行う', 有効: 'はい' });
    expect(marks('hours')).toMatchObject({ 設定: 'はい', 確認: '受付が行う', 有効: '受付が守る' });
    for (const mark of document.querySelectorAll('.mark')) expect(mark.querySelector('svg')).not.toBeNull();
  });

  it.each([
    ['default', '既定'],
    ['file', '受付の設定'],
    ['site', '庁（全員）'],
    ['group:zaitaku', '庁（グループ「zaitaku」）'],
    ['user', '庁（あなた）'],
    ['device', '庁（この端末）'],
    ['kitting', '端末の準備のとき'],
  ])('says of %s that it was decided by: %s', async (origin, said) => {
    await open({ rules: fakeRules({}, { usb: { origin } }) });
    expect(marks('usb').決めたところ).toBe(said);
  });

  it('counts what needs care, leads there, and says what to do and by when', async () => {
    const view = fakeRules({}, { diskEncryption: diskOpen });
    const until = Date.UTC(2026, 10, 29, 3);
    await open({
      rules: { ...view, posture: { ...view.posture!, verdicts: [{ item: 'diskEncryption', level: 'grace', until }] } },
    });
    expect(summary()).toBe('1件、確かめが必要です。');
    const care = rule('diskEncryption').querySelector('.rule__care')?.textContent ?? '';
    for (const part of ['端末のディスクが暗号化されていません。', '7 4 0 1', '11月29日', 'までは接続できます。']) {
      expect(care).toContain(part);
    }
    await press('ディスクの暗号化');
    expect(document.activeElement?.textContent).toBe('ディスクの暗号化');
    expect(document.activeElement?.closest('.rule')).toBe(rule('diskEncryption'));
  });

  it('makes no alarm of what no rule asks for', async () => {
    const ignored = { diskEncryption: { action: 'ignore', graceDays: 0 } } as const;
    await open({ rules: fakeRules(ignored, { diskEncryption: diskOpen }) });
    expect(summary()).toBe('すべての規則が守られています。');
    expect(marks('diskEncryption')).toMatchObject({ 有効: 'いいえ' });
    expect(rule('diskEncryption').querySelector('.rule__care')).toBeNull();
  });

  it('claims nothing before the laptop was looked at', async () => {
    await open({ rules: { ...fakeRules(), posture: null, receivedAt: null, baseline: 'none' } });
    expect(summary()).toBe('端末の状態は、まだ確かめていません。');
    const facts = document.querySelector('.rules__facts')?.textContent;
    expect(facts).toContain('まだ受け取っていません');
    expect(facts).toContain('入っていません');
    expect(screen.getByRole('button', { name: '端末を確かめる' })).toBeTruthy();
  });

  it('says that a baseline is damaged', async () => {
    await open({ rules: { ...fakeRules(), baseline: 'rejected' } });
    expect(summary()).toBe('1件、確かめが必要です。');
    expect(within(screen.getByRole('main')).getAllByRole('alert')[0]?.textContent).toContain('7 5 0 3');
  });

  it('has the rules’ own names and what was found one press away', async () => {
    const view = fakeRules({}, { antivirus: { origin: 'group:zaitaku' } });
    const fact = {
      item: 'antivirus',
      state: 'good',
      set: 'yes',
      effective: 'yes',
      ageDays: 2.9,
      detail: 'ClamAV',
    } as const;
    const posture = { ...view.posture!, report: { ...view.posture!.report, facts: [fact] } };
    await open({ rules: { ...view, posture } });
    expect(document.querySelector('.tell__button')?.getAttribute('aria-expanded')).toBe('false');
    await press('窓口に聞かれたときに見るところ');
    const row = [...document.querySelectorAll('.tell__panel .facts > div')].find(
      (one) => one.querySelector('dt')?.textContent === 'antivirus',
    );
    expect(row?.querySelector('dd')?.textContent).toBe('group:zaitaku · ClamAV · 古さ: 2日');
  });

  it('is in English, too', async () => {
    await open({
      rules: fakeRules({}, { diskEncryption: diskOpen }),
      preferences: { language: 'en', theme: 'light' },
    });
    expect(summary()).toBe('1 rule needs attention.');
    expect(marks('diskEncryption')).toMatchObject({ Set: 'No', Effective: 'No', 'Decided by': 'Office (everyone)' });
    expect(document.querySelector('.page__main')?.textContent).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    expect(nameless()).toEqual([]);
  });
});

describe('checking again', () => {
  const button = () => screen.getByRole('button', { name: 'もう一度確かめる' });

  it('asks main once, says that it goes on, and shows what came of it', async () => {
    const { named, changeRules, hold } = await open();
    const release = hold('rules.check');
    await press('もう一度確かめる');
    await press('もう一度確かめる');
    expect(named('rules.check')).toHaveLength(1);
    expect(summary()).toBe('端末の状態を確かめています。');
    changeRules({ ...fakeRules(), checking: true });
    await act(async () => release());
    expect(summary()).toBe('端末の状態を確かめています。');
    changeRules(fakeRules({}, { diskEncryption: diskOpen }));
    expect(summary()).toBe('1件、確かめが必要です。');
    expect(button().hasAttribute('disabled')).toBe(false);
  });

  it('says why it could not, and may be tried again', async () => {
    const { fail, named } = await open();
    fail('rules.check', { reason: 'deviceLocked', details: {} });
    await press('もう一度確かめる');
    expect(document.querySelector('.problem__title')).not.toBeNull();
    fail('rules.check', null);
    await press('もう一度確かめる');
    expect(document.querySelector('.problem__title')).toBeNull();
    expect(named('rules.check')).toHaveLength(2);
  });
});

describe('rules that cannot be shown', () => {
  it('says so, and reads them again', async () => {
    const { fail } = await open({}, ({ fail }) => fail('rules.get', { reason: 'policyRejected', details: {} }));
    expect(document.querySelector('.problem__code')?.textContent).toContain('2 1 1 2');
    expect(document.querySelector('.rule')).toBeNull();
    fail('rules.get', null);
    await press('もう一度読む');
    expect(document.querySelector('.rule')).not.toBeNull();
    expect(document.querySelector('.problem')).toBeNull();
  });

  it('says that they are being read', async () => {
    let release: () => void = () => undefined;
    await open({}, ({ hold }) => {
      release = hold('rules.get');
    });
    expect(summary()).toBe('規則を読んでいます。');
    await act(async () => release());
    expect(summary()).toBe('すべての規則が守られています。');
  });

  it('says that there are none', async () => {
    await open({ rules: { ...fakeRules(), rules: [] } });
    expect(screen.getByText('この端末が知っている規則は、まだありません。')).toBeTruthy();
    expect(document.querySelector('.rules__group')).toBeNull();
  });

  it('takes what main says before its answer, and leaves no listener behind', async () => {
    let release: () => void = () => undefined;
    const { changeRules, listeners } = await open({}, ({ hold }) => {
      release = hold('rules.get');
    });
    const before = listeners();
    changeRules({ ...fakeRules(), version: 13 });
    await act(async () => release());
    expect(document.querySelector('.rules__facts')?.textContent).toContain('13');
    await press('戻る');
    expect(listeners()).toBe(before - 1);
  });
});
