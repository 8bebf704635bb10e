import type { Language, Text } from '#contract/errors/entry.ts';

/**
 * Every word the demo desk shows. The city, the people and the systems are invented. `{today}` and the like are filled by
 * text().
 */
const texts = {
  deskName: { ja: '企画課 デモ用パソコン', en: 'Planning Division demo PC' },
  search: { ja: 'アプリや文書をさがす', en: 'Search apps and documents' },
  startPinned: { ja: 'よく使うもの', en: 'Pinned' },
  startRecent: { ja: '最近の文書', en: 'Recent' },
  startUser: { ja: '水野 遥(企画課)', en: 'H. Mizuno · Planning' },
  appWriter: { ja: '文書作成', en: 'Writer' },
  appSheet: { ja: '表計算', en: 'Sheets' },
  appChat: { ja: '庁内連絡', en: 'Messages' },
  appMail: { ja: '庁内メール', en: 'Office Mail' },
  appRecords: { ja: '文書管理', en: 'Records' },
  appResidents: { ja: '住民票システム', en: 'Residents' },
  iconBin: { ja: 'ごみ箱', en: 'Bin' },
  titleWriter: { ja: '起案_テレワーク実施要領の改正.docx — 文書作成', en: 'Memo_Telework rules.docx — Writer' },
  titleSheet: { ja: 'テレワーク実施状況.xlsx — 表計算', en: 'Telework figures.xlsx — Sheets' },
  titleChat: { ja: '庁内連絡 — テレワーク推進', en: 'Messages — Telework team' },
  sampleNote: {
    ja: 'このパソコンは操作の練習用です。実在の業務データはありません。',
    en: 'This PC is for practice. It holds no real business data.',
  },
  sampleButton: { ja: '閉じる', en: 'Close' },
  tabs: {
    ja: 'ファイル|ホーム|挿入|レイアウト|参考資料|校閲|表示',
    en: 'File|Home|Insert|Layout|References|Review|View',
  },
  share: { ja: '共有', en: 'Share' },
  fontName: { ja: '明朝体', en: 'Serif' },
  saved: { ja: '保存済み', en: 'Saved' },
  page: { ja: 'ページ 1 / 1', en: 'Page 1 of 1' },
  characters: { ja: '{count} 文字', en: '{count} characters' },
  proofing: { ja: '日本語', en: 'English (UK)' },
  memoTitle: { ja: '起　案　文　書', en: 'MEMORANDUM' },
  memoOffice: { ja: '青凪市', en: 'City of Aonagi' },
  memoNumber: { ja: '文書番号', en: 'Number' },
  memoNumberValue: { ja: '青企第1204号', en: 'PL-1204' },
  memoDate: { ja: '起 案 日', en: 'Date' },
  memoAuthor: { ja: '起 案 者', en: 'From' },
  memoAuthorValue: { ja: '企画課 主任 水野 遥', en: 'H. Mizuno, Planning' },
  memoSubject: { ja: '件　　名', en: 'Subject' },
  memoSubjectValue: {
    ja: 'テレワーク実施要領の一部改正について(伺い)',
    en: 'Revised telework rules: for approval',
  },
  stamps: { ja: '部長|課長|係長|担当', en: 'Dir.|Mgr.|Chief|Staff' },
  stampNames: { ja: '|岡部|新堂|水野', en: '|Okabe|Shindo|Mizuno' },
  memoBody: {
    ja: `　庁外から庁内のパソコンを安全に利用する手順を定めるため、別紙のとおり「青凪市テレワーク実施要領」の一部を改正してよろしいか伺います。

記

１　改正の趣旨
　端末に情報を残さない方式へ移行し、個人情報を持ち出さずに、在宅でも起案や決裁ができる環境を整える。

２　改正の内容
　(1) 接続は貸与端末に限り、端末証明書とワンタイムパスワードで本人を確認する。
　(2) 端末へ届くのは庁内パソコンの画面だけとし、文書の持ち出しはできないものとする。
　(3) 紛失の届出を受けたときは、情報政策課が直ちに端末の利用を止める。

３　施行期日
　{effective}

４　添付資料
　新旧対照表、実施要領(案)、利用の手引き

以上`,
    en: `Approval is requested to amend the City of Aonagi Telework Rules as set out in the annex, so that staff can use their office PCs safely from outside the building.

1  Purpose
To move to a method that leaves nothing on the laptop, so that drafting and approval can be done from home without taking personal data out of the office.

2  Changes
(1) Connections are made from issued laptops only, with a device certificate and a one-time password.
(2) Only the picture of the office PC reaches the laptop. Documents cannot be taken out.
(3) When a laptop is reported lost, the Information Policy Division stops it at once.

3  In force from
{effective}

4  Annexes
Comparison table, draft rules, user guide`,
  },
  sheetTitle: { ja: 'テレワーク実施状況({today} 現在)', en: 'Telework by department ({today})' },
  sheetColumns: { ja: '部署|対象者|貸与端末|接続中|利用率', en: 'Department|Staff|Laptops|Online|Use' },
  sheetRows: {
    ja: '総務部|企画部|福祉部|市民部|建設部|水道局|教育委員会',
    en: 'General|Planning|Welfare|Citizens|Works|Water|Education',
  },
  sheetTotal: { ja: '合計', en: 'Total' },
  sheetTabs: { ja: '実施状況|部署別|月次', en: 'Overview|By dept.|Monthly' },
  sheetSum: { ja: '合計: {sum}', en: 'Sum: {sum}' },
  chartTitle: { ja: '接続中の端末(台)', en: 'Laptops online' },
  chatRoom: { ja: 'テレワーク推進', en: 'Telework team' },
  chatMembers: { ja: '6人 · 企画課、情報政策課', en: '6 members · Planning, IT Policy' },
  chatInput: { ja: 'メッセージを入力', en: 'Write a message' },
  chatTyping: { ja: '{name}さんが入力中…', en: '{name} is typing…' },
  chatMe: { ja: '水野', en: 'Mizuno' },
  chatScript: {
    ja: `新堂|おはようございます。要領の改正案、9時半に回します。
水野|ありがとうございます。在宅ですが、庁内のパソコンで確認できます。
岡部|15時の打合せは第2会議室とオンラインの併用にします。
白瀬|貸与端末20台のキッティングが終わりました。来週から配れます。
新堂|新旧対照表の3ページ目だけ、文言をそろえておきました。
千早|福祉部から、手引きの文字を大きくしてほしいとのことです。
白瀬|了解です。16ポイントで作り直します。
岡部|決裁欄、確認して押印しました。
千早|山間部の出張所からもつながりました。画面は滑らかです。
新堂|施行日は月初で確定です。庁内掲示もお願いします。
白瀬|本日の接続は混み合っていません。順調です。
千早|利用者アンケートの集計を表に入れておきました。`,
    en: `Shindo|Morning. I will send the draft rules round at 9:30.
Mizuno|Thanks. I am at home today and can check them on my office PC.
Okabe|The 3 pm meeting is in Room 2 and online.
Shirase|The 20 new laptops are ready. We can hand them out next week.
Shindo|I aligned the wording on page 3 of the comparison table.
Chihaya|Welfare asks for larger type in the user guide.
Shirase|Will do. I am setting it in 16 point.
Okabe|Checked and stamped.
Chihaya|The branch office in the hills is connected too. It runs smoothly.
Shindo|The date is settled: the first of the month.
Shirase|The line is quiet today. All is well.
Chihaya|The survey figures are in the sheet now.`,
  },
} as const satisfies Record<string, Text>;

export type TextKey = keyof typeof texts;

export function text(language: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Texts that hold several words in one entry, parted by bars. */
export const list = (language: Language, key: TextKey): readonly string[] => texts[key][language].split('|');

export function chatScript(language: Language): readonly Readonly<{ from: string; text: string }>[] {
  return texts.chatScript[language].split('\n').map((line) => {
    const [from = '', said = ''] = line.split('|');
    return { from, text: said };
  });
}

/** The desk stands in an office in Japan, wherever the person who watches it sits. */
const timeZone = 'Asia/Tokyo';

export const clockTime = (language: Language, now: number): string =>
  new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', { timeZone, timeStyle: 'medium' }).format(now);

export const shortTime = (now: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(now);

export const shortDate = (language: Language, now: number): string =>
  language === 'ja'
    ? new Intl.DateTimeFormat('ja-JP', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        weekday: 'short',
      }).format(now)
    : new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
        .format(now)
        .replace(',', '');

/** Japanese documents count years by era: 令和8年11月22日. */
export const longDate = (language: Language, now: number): string =>
  language === 'ja'
    ? new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { timeZone, dateStyle: 'long' }).format(now)
    : new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'long' }).format(now);

/** The first day of the month after next: a memo that always looks current. */
export function effectiveDate(language: Language, now: number): string {
  const today = new Date(now);
  return longDate(language, Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 2, 1));
}
