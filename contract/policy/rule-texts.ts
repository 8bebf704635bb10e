import type { Text } from '../errors/entry.ts';
import type { Rules } from './policy.ts';

/** The rules' names and reasons as people read them; Japanese is the source. */
export const ruleTexts = {
  idleSeconds: {
    title: { ja: '触らないときに鍵がかかるまで', en: 'Time until it locks when untouched' },
    why: {
      ja: '席を離れた間に、ほかの人が使えないようにします。',
      en: 'So that nobody else can use it while you are away.',
    },
  },
  sessionSeconds: {
    title: { ja: 'PINを入れ直すまで', en: 'Time until the PIN is asked for again' },
    why: {
      ja: '長く開いたままの端末を、ほかの人が使えないようにします。',
      en: 'So that a laptop left open for long is of no use to others.',
    },
  },
  warnSeconds: {
    title: { ja: '終わる前に知らせる時間', en: 'Warning before a session ends' },
    why: { ja: '作業の途中で急に終わらないようにします。', en: 'So that your work does not end without a word.' },
  },
  offlineDays: {
    title: { ja: '庁内につながない間に使える日数', en: 'Days without contact to the office' },
    why: { ja: '失くした端末を、使えないままにしておきます。', en: 'So that a lost laptop stays of no use.' },
  },
  pinMinimum: {
    title: { ja: 'PINの最短の長さ', en: 'Shortest PIN' },
    why: { ja: '短いPINは、試せば当てられてしまいます。', en: 'A short PIN can be found by trying.' },
  },
  minimumVersion: {
    title: { ja: '使えるアプリの版', en: 'Oldest version of this app' },
    why: {
      ja: '古い版には、直された弱点が残っています。',
      en: 'An old version still has weaknesses that were mended.',
    },
  },
  usb: {
    title: { ja: 'USBメモリーを差したとき', en: 'When USB storage is plugged in' },
    why: { ja: '庁内の情報が持ち出されないようにします。', en: 'So that nothing of the office is carried away.' },
  },
  capture: {
    title: { ja: '画面の複製', en: 'Copying the picture' },
    why: {
      ja: 'ほかのソフトが庁内の画面を写せないようにします。',
      en: 'So that no other program can copy the office’s screen.',
    },
  },
  watermark: {
    title: { ja: '画面の透かし', en: 'Watermark on the picture' },
    why: {
      ja: '画面を撮影した写真から、持ち出した端末が分かります。',
      en: 'A photograph of the screen tells which laptop it was.',
    },
  },
  audio: {
    title: { ja: '庁内のパソコンの音', en: 'Sound of the office PC' },
    why: {
      ja: 'まわりの人に、会議や音声の内容が聞こえないようにします。',
      en: 'So that nobody nearby overhears meetings and recordings.',
    },
  },
  closedPath: {
    title: { ja: '庁内以外への通信', en: 'Traffic to anywhere but the office' },
    why: {
      ja: '庁内とつながる間、ほかへ情報が流れないようにします。',
      en: 'So that nothing flows elsewhere while you are connected.',
    },
  },
  usbBlock: {
    title: { ja: 'USBメモリーの禁止', en: 'Block on USB storage' },
    why: {
      ja: '端末そのものがUSBメモリーを受け付けないようにします。',
      en: 'So that the laptop itself refuses USB storage.',
    },
  },
  storageLock: {
    title: { ja: '端末への保存の禁止', en: 'Block on saving to this laptop' },
    why: { ja: '端末に書類が残らないようにします。', en: 'So that no document stays on the laptop.' },
  },
  diskEncryption: {
    title: { ja: 'ディスクの暗号化', en: 'Disk encryption' },
    why: { ja: '盗まれても、ディスクの中身を読めないようにします。', en: 'So that a stolen disk cannot be read.' },
  },
  antivirus: {
    title: { ja: 'ウイルス対策', en: 'Virus protection' },
    why: { ja: '悪いソフトが画面やキーを盗むのを防ぎます。', en: 'Keeps bad software from stealing screen and keys.' },
  },
  antivirusDays: {
    title: { ja: 'ウイルス定義の古さの限度', en: 'Oldest virus definitions' },
    why: { ja: '古い定義では、新しいウイルスを見つけられません。', en: 'Old definitions do not find new viruses.' },
  },
  updates: {
    title: { ja: 'システムの更新', en: 'System updates' },
    why: { ja: '見つかった弱点を早くふさぎます。', en: 'Closes known weaknesses soon.' },
  },
  updateDays: {
    title: { ja: '更新を確かめる間隔の限度', en: 'Longest time without looking for updates' },
    why: { ja: '更新を長く確かめないと、弱点が残ります。', en: 'Without looking, weaknesses stay open.' },
  },
  firewall: {
    title: { ja: 'ファイアウォール', en: 'Firewall' },
    why: { ja: 'ほかの機器が端末に入り込むのを防ぎます。', en: 'Keeps other devices out of the laptop.' },
  },
  screenLock: {
    title: { ja: '端末の画面ロック', en: 'System screen lock' },
    why: {
      ja: '席を離れた間に、端末を使えないようにします。',
      en: 'So that nobody uses the laptop while you are away.',
    },
  },
  timeSync: {
    title: { ja: '時計合わせ', en: 'Clock synchronisation' },
    why: { ja: '時計がずれると、本人確認ができません。', en: 'Signing in fails when the clock is off.' },
  },
  postureSeconds: {
    title: { ja: '端末の状態を確かめる間隔', en: 'How often the laptop is checked' },
    why: {
      ja: '接続中に状態が悪くなったことに気づくためです。',
      en: 'To notice when its state becomes worse during a session.',
    },
  },
  hours: {
    title: { ja: '使える時間', en: 'Hours of use' },
    why: { ja: '決められた時間だけ、在宅で働けるようにします。', en: 'So that telework happens in the agreed hours.' },
  },
  networks: {
    title: { ja: 'つないでよい回線', en: 'Networks you may connect from' },
    why: {
      ja: '決められた回線からだけ、つなげるようにします。',
      en: 'So that connections come only from agreed networks.',
    },
  },
  refusedDeskClasses: {
    title: { ja: '外からは使えない庁内パソコン', en: 'Office PCs not usable from outside' },
    why: {
      ja: 'マイナンバーなどを扱う画面を、外に出しません。',
      en: 'Screens that show My Number and the like stay inside.',
    },
  },
} as const satisfies Required<Record<keyof Rules, Readonly<{ title: Text; why: Text }>>>;
