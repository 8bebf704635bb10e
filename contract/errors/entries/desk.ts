import type { CatalogueEntry } from '../entry.ts';

export const deskErrors = {
  deskDown: {
    code: '4101',
    title: { ja: '庁内パソコンにつながりません。', en: 'The office PC cannot be reached.' },
    cause: {
      ja: '庁内パソコンの電源が切れているか、遠隔操作の機能が止まっています。',
      en: 'The office PC is switched off, or its remote access is not running.',
    },
    user: {
      ja: '庁内の人に電源を確かめてもらい、もう一度お試しください。',
      en: 'Ask someone in the office to check that it is on, then try again.',
    },
    helpdesk: {
      ja: '庁内パソコンの電源、回線、遠隔操作のサービスを確かめる。',
      en: 'Check the office PC’s power, network and remote-access service.',
    },
    retry: true,
  },
  deskClosed: {
    code: '4102',
    title: { ja: '庁内パソコンが接続を終了しました。', en: 'The office PC ended the connection.' },
    cause: {
      ja: '庁内パソコンの側で接続が閉じられました。再起動やログオフの場合があります。',
      en: 'The connection was closed on the office PC. It may be restarting or logging off.',
    },
    user: { ja: '少し待ってから、もう一度接続してください。', en: 'Wait a moment and connect again.' },
    helpdesk: {
      ja: '庁内パソコンが再起動中か、遠隔操作のサービスが落ちたか確かめる。',
      en: 'Check whether the office PC restarted or its remote-access service stopped.',
    },
    retry: true,
  },
  deskPasswordWrong: {
    code: '4103',
    title: { ja: '庁内パソコンのパスワードが違います。', en: 'The office PC’s password is wrong.' },
    cause: {
      ja: '庁内パソコンが入力されたパスワードを受け付けませんでした。ユーザー名が違う場合もあります。',
      en: 'The office PC did not accept the password. The user name may be wrong, too.',
    },
    user: { ja: 'もう一度接続して、入力し直してください。', en: 'Connect again and re-enter it.' },
    helpdesk: {
      ja: '遠隔操作用(RDPなら本人の)パスワードを確かめ、必要なら決め直す。',
      en: 'Check the remote-access password (with RDP: the user’s own) and set a new one if needed.',
    },
    retry: true,
  },
  deskTooManyTries: {
    code: '4104',
    title: {
      ja: '庁内パソコンがしばらく接続を受け付けません。',
      en: 'The office PC is not accepting sign-ins for a while.',
    },
    cause: {
      ja: 'パスワードの間違いが続いたため、庁内パソコンが接続を断っています。',
      en: 'After several wrong passwords the office PC refuses connections for some time.',
    },
    user: { ja: '数分待ってから、もう一度お試しください。', en: 'Wait a few minutes and try again.' },
    helpdesk: {
      ja: '庁内パソコンの遠隔操作サービスの拒否時間を見る。',
      en: 'See the lock-out time of the office PC’s remote-access service.',
    },
    retry: true,
  },
  deskSecurityUnsupported: {
    code: '4105',
    title: {
      ja: '庁内パソコンの接続方式に対応していません。',
      en: 'The office PC uses a sign-in method that is not supported.',
    },
    cause: {
      ja: '庁内パソコンが求める認証方式({offered})は使えません。',
      en: 'The office PC asks for an authentication method ({offered}) that cannot be used.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '庁内パソコンの遠隔操作の設定で、対応する認証方式を選ぶ。',
      en: 'Choose a supported authentication method on the office PC.',
    },
    retry: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
