import type { CatalogueEntry } from '../entry.ts';

export const screenErrors = {
  screenProtocolError: {
    code: '5101',
    title: { ja: '画面のデータを読めませんでした。', en: 'The screen’s data could not be read.' },
    cause: {
      ja: '庁内パソコンから壊れた画面データが届いたため、接続を止めました。({problem})',
      en: 'The office PC sent broken screen data, so the session was stopped. ({problem})',
    },
    user: { ja: 'もう一度接続してください。', en: 'Connect again.' },
    helpdesk: {
      ja: '庁内パソコンの遠隔操作ソフトの種類と版を確かめる。続くときは記録を開発元へ送る。',
      en: 'Check which remote-access software and version the office PC runs. If it recurs, send us the log.',
    },
    retry: true,
  },
  screenCrashed: {
    code: '5102',
    title: { ja: '画面の表示が止まりました。', en: 'The screen display stopped.' },
    cause: {
      ja: '端末で画面を描く部分が止まりました。庁内パソコンの作業は残っています。',
      en: 'The part that draws the screen stopped. Your work on the office PC is still there.',
    },
    user: { ja: 'もう一度接続してください。', en: 'Connect again.' },
    helpdesk: {
      ja: '端末のメモリー不足や版を確かめ、記録を開発元へ送る。',
      en: 'Check the laptop’s memory and version, and send us the log.',
    },
    retry: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
