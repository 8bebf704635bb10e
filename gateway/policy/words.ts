import type { Language, Text } from '#contract/errors/entry.ts';
import { type Hours, weekdays } from '#contract/policy/hours.ts';
import type { Demand, Policy } from '#contract/policy/policy.ts';
import type { RuleName } from '#contract/policy/rules.ts';

/* Values of rules, and who decided them, as people say it. Japanese and English. */

const seen = { ja: '見ない', en: 'not looked at' };
const said = { ja: '知らせるだけ', en: 'only said' };
const none = { ja: 'なし', en: 'none' };

type Words = { readonly [N in RuleName]-?: (value: Policy[N]) => Text };

const words: Words = {
  idleSeconds: duration,
  sessionSeconds: duration,
  warnSeconds: duration,
  offlineDays: days,
  pinMinimum: (count) => ({ ja: `${count}文字以上`, en: `at least ${count} characters` }),
  minimumVersion: (version) =>
    version === '0.0.0' ? { ja: 'すべての版', en: 'any' } : { ja: `${version}以上`, en: `${version} or newer` },
  usb: (action) =>
    ({
      warn: said,
      pause: { ja: '抜くまで画面を隠す', en: 'hides the picture until it is out' },
      end: { ja: '接続を終える', en: 'ends the session' },
    })[action],
  capture: (action) => ({ ignore: seen, warn: said, pause: { ja: '画面を隠す', en: 'hides the picture' } })[action],
  watermark: (on) => (on ? { ja: '表示する', en: 'shown' } : { ja: '表示しない', en: 'not shown' }),
  audio: (on) => (on ? { ja: '聞こえる', en: 'heard' } : { ja: '聞こえない', en: 'not heard' }),
  closedPath: (action) => ({ ignore: seen, warn: said, refuse: { ja: 'つながせない', en: 'no session' } })[action],
  usbBlock: demand,
  storageLock: demand,
  diskEncryption: demand,
  antivirus: demand,
  antivirusDays: days,
  updates: demand,
  updateDays: days,
  firewall: demand,
  screenLock: demand,
  timeSync: demand,
  postureSeconds: duration,
  hours: (value) => (value === null ? { ja: 'いつでも', en: 'at any time' } : hours(value)),
  networks: (value) => (value === null ? { ja: 'どこからでも', en: 'any' } : list(value)),
  refusedDeskClasses: list,
};

/** @param value of the rule; undefined where nobody has decided it. */
export function valueText(name: RuleName, value: unknown, lang: Language): string {
  if (value === undefined) return { ja: 'ここでは決めない', en: 'not decided here' }[lang];
  return (words[name] as (value: unknown) => Text)(value)[lang];
}

/** @param origin as contract/policy's originSchema has it. */
export function originText(origin: string, lang: Language): string {
  if (origin.startsWith('group:')) {
    const group = origin.slice('group:'.length);
    return { ja: `グループ「${group}」`, en: `group "${group}"` }[lang];
  }
  return origins[origin]?.[lang] ?? origin;
}

const origins: Readonly<Record<string, Text>> = {
  default: { ja: 'Hanareの既定', en: 'Hanare’s default' },
  file: { ja: '受付の設定ファイル', en: 'the gateway’s file' },
  site: { ja: '全員の規則', en: 'the site, for all' },
  user: { ja: 'この人の規則', en: 'for this person' },
  device: { ja: 'この端末の規則', en: 'for this laptop' },
  kitting: { ja: '端末の準備', en: 'kitting' },
};

function duration(seconds: number): Text {
  const units = [
    [3600, '時間', 'hour'],
    [60, '分', 'minute'],
    [1, '秒', 'second'],
  ] as const;
  const [size, ja, en] = units.find(([size]) => seconds % size === 0)!;
  const count = seconds / size;
  return { ja: `${count}${ja}`, en: plural(count, en) };
}

function days(count: number): Text {
  return { ja: `${count}日`, en: plural(count, 'day') };
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function demand({ action, graceDays }: Demand): Text {
  if (action !== 'refuse') return action === 'warn' ? said : seen;
  if (graceDays === 0) return { ja: '必要', en: 'needed' };
  return { ja: `必要（猶予${graceDays}日）`, en: `needed, ${plural(graceDays, 'day')} of grace` };
}

function list(items: readonly string[]): Text {
  if (items.length === 0) return none;
  return { ja: items.join('、'), en: items.join(', ') };
}

const dayNames: Readonly<Record<Language, readonly string[]>> = {
  ja: ['日', '月', '火', '水', '木', '金', '土'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};

function hours(value: Hours): Text {
  const holidays = value.holidays.length;
  const extra = value.extra.length;
  const zone = `UTC${value.offset < 0 ? '-' : '+'}${clock(Math.abs(value.offset))}`;
  const more = {
    ja: [...(holidays > 0 ? [`休み${holidays}日`] : []), ...(extra > 0 ? [`別の日${extra}日`] : [])],
    en: [
      ...(holidays > 0 ? [`${plural(holidays, 'day')} off`] : []),
      ...(extra > 0 ? [plural(extra, 'special day')] : []),
    ],
  };
  return {
    ja: [`${week(value, 'ja')}（${zone}）`, ...more.ja].join('、'),
    en: [`${week(value, 'en')} (${zone})`, ...more.en].join(', '),
  };
}

function clock(minutes: number): string {
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** Days that follow each other and are alike stand together; the week begins on Monday. */
function week({ week: open }: Hours, lang: Language): string {
  const spans: { first: number; last: number; windows: string }[] = [];
  for (const day of [1, 2, 3, 4, 5, 6, 0]) {
    const windows = (open[weekdays[day]!] ?? []).map(({ from, to }) => `${from}-${to}`).join(' ');
    const last = spans.at(-1);
    if (last?.windows === windows) last.last = day;
    else spans.push({ first: day, last: day, windows });
  }
  const name = ({ first, last }: { first: number; last: number }) =>
    first === last ? dayNames[lang][first]! : `${dayNames[lang][first]}-${dayNames[lang][last]}`;
  const parts = spans.filter(({ windows }) => windows !== '').map((span) => `${name(span)} ${span.windows}`);
  if (parts.length === 0) return { ja: '休みのみ', en: 'never' }[lang];
  return parts.join(lang === 'ja' ? '、' : ', ');
}
