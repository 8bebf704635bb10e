import { catalogue } from '#contract/errors/catalogue.ts';
import type { SkipReason, StepName, StepRecord } from './steps.ts';

export type Language = 'ja' | 'en';
type Text = Readonly<Record<Language, string>>;

export const stepTitles: Readonly<Record<StepName, Text>> = {
  negotiation: { ja: '接続方式を相手に尋ねる', en: 'Ask the PC which kinds of security it offers' },
  standardRdp: { ja: '古い方式(標準RDPセキュリティ)を断るか', en: 'The old way (standard RDP security) is refused' },
  tls: { ja: '暗号と証明書を見る', en: 'Look at encryption and certificate' },
  credssp: { ja: 'NLAの版を見る(まだサインインしない)', en: 'Look at the version of NLA (nobody is signed in yet)' },
  nlaEx: { ja: '正しいパスワードでNLA(HYBRID_EX)', en: 'NLA with the right password (HYBRID_EX)' },
  wrongPassword: { ja: 'わざと違うパスワードで1回だけNLA', en: 'NLA with a wrong password, once' },
  nla: { ja: '正しいパスワードでNLA(HYBRID)', en: 'NLA with the right password (HYBRID)' },
  tlsOnly: { ja: 'NLAなし(TLSだけ)を受け入れるか', en: 'Whether TLS without NLA is taken' },
  app: { ja: 'アプリを用意する(初回は数分)', en: 'Make the app ready (some minutes the first time)' },
  connect: { ja: 'アプリから接続し、最初の画面を待つ', en: 'Connect from the app, wait for the first picture' },
  pointer: { ja: 'マウスポインターを自動で動かす', en: 'Move the pointer by itself' },
  drag: { ja: 'ウィンドウを動かす', en: 'Drag a window' },
  scroll: { ja: '文章をスクロールする', en: 'Scroll text' },
  keys: { ja: '日本語キーボードのキー', en: 'Keys of a Japanese keyboard' },
  resize: { ja: '画面の大きさを変えて戻す', en: 'Change the size of the window, and back' },
  signOut: { ja: '接続を終える', en: 'End the session' },
};

/** What a person is asked to do, before Enter. */
export const tasks = {
  drag: {
    ja: '接続先の画面で何かのウィンドウを開き、Enterを押してから10秒間、そのウィンドウをつかんで動かし続けてください。',
    en: 'Open some window on the remote screen, press Enter here, then keep dragging it about for 10 seconds.',
  },
  scroll: {
    ja: '接続先の画面で長い文章やWebページを開き、Enterを押してから10秒間、ホイールで上下にスクロールし続けてください。',
    en: 'Open a long text or web page there, press Enter here, then keep scrolling it with the wheel for 10 seconds.',
  },
  keys: {
    ja: '接続先でメモ帳を開き、Enterを押してから20秒のあいだに、意味のない1行と、半角/全角・変換・無変換・かな・￥・ろ のキーを1回ずつ打ってください。押されたキーの種類だけを記録し、順番や文章は記録しません。パスワードは打たないでください。',
    en: 'Open Notepad there, press Enter here, then within 20 seconds type a line without meaning and each of these keys once: 半角/全角, 変換, 無変換, かな, ￥ and ろ. Only which keys were pressed is kept, neither their order nor the text. Type no password.',
  },
} as const satisfies Partial<Record<StepName, Text>>;

const skips: Readonly<Record<SkipReason, Text>> = {
  unreachable: { ja: '相手に届かない', en: 'the PC was not reached' },
  notOffered: { ja: '相手がこの方式を持たない', en: 'the PC does not offer it' },
  notAnswered: { ja: '相手が答えない', en: 'the PC did not answer' },
  notAsked: { ja: '--wrong-password がない', en: '--wrong-password was not given' },
  probeOnly: { ja: '--probe の実行', en: 'this run only asks (--probe)' },
  refusedBefore: {
    ja: '先に断られたパスワードは、ロックを避けるため二度と送らない',
    en: 'a password that was refused is not sent again, so that the account is not locked',
  },
  noSignIn: { ja: '正しいパスワードで入れていない', en: 'the right password was not taken before' },
  noApp: { ja: 'アプリがない', en: 'there is no app' },
  notConnected: { ja: '接続していない', en: 'not connected' },
  noDisplay: { ja: '画面のない実行', en: 'this run has no display' },
  display: { ja: '人が操作する実行', en: 'a person does it in this run' },
  nobody: { ja: '端末に人がいない', en: 'nobody is at the terminal' },
  passedOver: { ja: '飛ばすと答えた、または返事がない', en: 'passed over, or no answer' },
  stopped: { ja: '途中でやめた', en: 'stopped' },
};

const failures: Readonly<Record<string, Text>> = {
  accepted: { ja: '断られるはずが通った', en: 'it was taken, and should not have been' },
  deskKeptItsSize: { ja: '相手の画面の大きさが変わらない', en: 'the desk kept its size' },
  notGivenBack: { ja: '元の大きさに戻らない', en: 'the desk did not take its first size again' },
  noFrames: { ja: '画面が届かない', en: 'no picture came' },
  keysMissing: { ja: '届かないキーがある', en: 'some keys were not seen' },
  ended: { ja: '接続が途中で終わった', en: 'the session ended' },
  notBuilt: { ja: 'アプリを用意できない', en: 'the app could not be made ready' },
  tooLong: { ja: '時間切れ', en: 'it took too long' },
  unexpected: { ja: '予期しない失敗', en: 'something unexpected' },
};

const byCode = new Map<string, Text>(Object.values(catalogue).map(({ code, title }) => [code, title]));

/** One line on how a step ended. */
export function outcomeText(
  language: Language,
  { outcome, code, detail, because, seconds }: Omit<StepRecord, 'step'>,
): string {
  const pick = (text: Text | undefined) => text?.[language];
  const why = code === null ? undefined : (pick(byCode.get(code)) ?? pick(failures[code]));
  const shown = [code, why, detail].filter(Boolean).join(' / ');
  if (outcome === 'ok')
    return `${language === 'ja' ? 'できた' : 'ok'}${code === null ? '' : ` (${shown})`} ${seconds} s`;
  if (outcome === 'failed') return `${language === 'ja' ? 'できない' : 'failed'} (${shown}) ${seconds} s`;
  const reason = because === null ? '' : (pick(skips[because]) ?? '');
  return `${language === 'ja' ? '飛ばした' : 'skipped'} (${reason})`;
}

/** What is said at the terminal while the steps are done. */
export type Say = Readonly<{
  begin(step: StepName, budgetMs: number): void;
  end(record: StepRecord): void;
  line(text: string): void;
}>;

export function createSay(language: Language, write: (line: string) => void): Say {
  const line = (text: string) => write(`hanare: ${text}`);
  const most = (ms: number) => {
    const seconds = Math.ceil(ms / 1_000);
    return language === 'ja' ? `最長${seconds}秒` : `${seconds} s at most`;
  };
  return {
    line,
    begin: (step, budgetMs) => line(`${stepTitles[step][language]} … (${most(budgetMs)})`),
    end: (record) => line(`  ${stepTitles[record.step][language]}: ${outcomeText(language, record)}`),
  };
}

export const greeting: Readonly<Record<Language, readonly string[]>> = {
  ja: [
    'HanareをWindows PCで試します。10分ほどかかり、終わりに報告のファイルが2つできます。',
    'そのPCの前に誰かがいると、接続した時にその人の画面はロックされます。自分の使うPCか、許可を得たPCで試してください。',
  ],
  en: [
    'This tries Hanare against a Windows PC. It takes about ten minutes and ends with two files, the report.',
    'If somebody sits at that PC, their screen is locked when this connects. Try a PC of your own, or one you may use.',
  ],
};

export const farewell: Text = {
  ja: '上の2つのファイルを読んでから、Hanareを渡してくれた担当者か開発元へ送ってください。パスワード・名前・アドレス・画面の内容は入っていません。',
  en: 'Read the two files above, then send them back to whoever gave you Hanare or to its developers. They hold no password, name, address or screen content.',
};
