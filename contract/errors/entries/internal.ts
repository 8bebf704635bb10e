import type { CatalogueEntry } from '../entry.ts';

export const internalErrors = {
  badRequest: {
    code: '9101',
    title: { ja: '画面から正しくない要求がありました。', en: 'The window asked for something invalid.' },
    cause: { ja: 'アプリの内部で、形の合わない要求がありました。', en: 'An internal request had the wrong form.' },
    user: { ja: 'アプリを開き直してください。', en: 'Close and open the app again.' },
    helpdesk: { ja: '記録を開発元へ送る。', en: 'Send us the log.' },
    retry: false,
  },
  internal: {
    code: '9102',
    title: { ja: 'アプリの中で思わぬ問題が起きました。', en: 'Something unexpected went wrong in the app.' },
    cause: {
      ja: 'アプリの内部の不具合です。端末にデータは残っていません。',
      en: 'A fault inside the app. No data was left on this laptop.',
    },
    user: {
      ja: 'アプリを開き直し、続くときは窓口へご連絡ください。',
      en: 'Open the app again; call the helpdesk if it recurs.',
    },
    helpdesk: { ja: '記録を開発元へ送る。', en: 'Send us the log.' },
    retry: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
