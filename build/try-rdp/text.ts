import type { TryRdpReport } from './report.ts';
import { hostRows, type Row, sessionRows } from './text-rows.ts';
import { type Language, outcomeText, stepTitles } from './words.ts';

const labels = {
  ja: {
    title: 'Hanare RDP 試験の報告',
    steps: '手順と結果',
    host: '接続先が答えたこと',
    session: 'アプリで見たこと',
    nothing: 'なし',
    close:
      'この報告には、パスワード、利用者名、PCの名前、アドレス、画面の内容、打った文章は入っていません。\n送る前に自分で読み、同じ名前の .json と一緒に、Hanareを渡してくれた担当者(または開発元の窓口)へ送ってください。ありがとうございました。',
    yes: 'はい',
    no: 'いいえ',
  },
  en: {
    title: 'Hanare: report of an RDP trial',
    steps: 'Steps and how they ended',
    host: 'What the PC answered',
    session: 'What the app saw',
    nothing: 'nothing',
    close:
      'There is no password, user name, name of a PC, address, screen content or typed text in this report.\nRead it before you send it. Then send it back, with the .json of the same name, to whoever gave you Hanare or to its developers. Thank you.',
    yes: 'yes',
    no: 'no',
  },
} as const;

/** The report as a person reads it. */
export function reportText(report: TryRdpReport, language: Language): string {
  const words = labels[language];
  const { hanare, runtime, system, options, findings } = report;
  const show = (value: unknown): string => {
    if (value === null || value === '') return '-';
    if (typeof value === 'boolean') return value ? words.yes : words.no;
    if (Array.isArray(value)) return value.map(show).join(', ') || '-';
    return String(value);
  };
  const rows = (list: readonly Row[]) => {
    const known = list.filter(([, , value]) => value !== undefined);
    return known.map(([en, ja, value]) => `  ${language === 'ja' ? ja : en}: ${show(value)}`);
  };
  const orNothing = (lines: readonly string[]) => (lines.length > 0 ? lines : [`  ${words.nothing}`]);
  const { electron, chromium } = runtime;
  const flags = ['headless', 'wrongPassword', 'probeOnly'] as const;
  return [
    words.title,
    ...rows([
      ['at', '日時', `${report.at}, ${report.seconds} s`],
      ['Hanare', 'Hanare', [hanare.version, hanare.commit, ...(hanare.changed ? ['changed'] : [])]],
      ['app', 'アプリ', [runtime.app, `Electron ${electron ?? '-'}`, `Chromium ${chromium ?? '-'}`]],
      ['Node, OpenSSL', 'Node、OpenSSL', [runtime.node, runtime.openssl]],
      ['this computer', 'この端末', [system.platform, system.release, system.architecture]],
      ['options', '指定', [options.security, ...flags.filter((flag) => options[flag])]],
    ]),
    '',
    words.steps,
    ...report.steps.map((record) => `  ${stepTitles[record.step][language]}: ${outcomeText(language, record)}`),
    '',
    words.host,
    ...orNothing(rows(hostRows(findings))),
    '',
    words.session,
    ...orNothing(rows(sessionRows(findings))),
    '',
    words.close,
    '',
  ].join('\n');
}
