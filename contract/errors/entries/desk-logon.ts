import type { CatalogueEntry } from '../entry.ts';

/** What a desk that is reached by RDP says to whoever signs in to it, then and later. */
export const deskLogonErrors = {
  deskPasswordExpired: {
    code: '4106',
    title: {
      ja: '庁内パソコンのパスワードを変える必要があります。',
      en: 'Your office PC password has to be changed.',
    },
    cause: {
      ja: 'パスワードの期限が切れたか、最初のサインインで変える決まりになっています。',
      en: 'The password has expired, or it has to be changed at the first sign-in.',
    },
    user: {
      ja: '庁内のパソコンでパスワードを変えるか、窓口へご連絡ください。',
      en: 'Change it at a PC in the office, or call the helpdesk.',
    },
    helpdesk: {
      ja: '利用者のパスワードを決め直す。「次回ログオン時に変更」は外しておく。',
      en: 'Set a new password for the user, without “must change at next logon”.',
    },
    retry: false,
  },
  deskAccountLocked: {
    code: '4107',
    title: {
      ja: '庁内パソコンのアカウントがロックされています。',
      en: 'Your account on the office PC is locked.',
    },
    cause: {
      ja: 'パスワードの間違いが続いたため、サインインが一時的に止められています。',
      en: 'After several wrong passwords, signing in is blocked for a while.',
    },
    user: {
      ja: '時間をおいてから試すか、窓口へご連絡ください。',
      en: 'Try again later, or call the helpdesk.',
    },
    helpdesk: {
      ja: 'アカウントのロックを解除する。覚えのない間違いなら、誰が試したか調べる。',
      en: 'Unlock the account. If the user did not do it, find out who tried.',
    },
    retry: false,
  },
  deskAccountDisabled: {
    code: '4108',
    title: {
      ja: '庁内パソコンのアカウントが使えなくなっています。',
      en: 'Your account on the office PC is no longer in use.',
    },
    cause: {
      ja: 'アカウントが無効にされているか、有効期限が過ぎています。',
      en: 'The account has been disabled, or its time is over.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: 'アカウントが有効か、期限が過ぎていないか確かめる。',
      en: 'Check whether the account is enabled and has not expired.',
    },
    retry: false,
  },
  deskLogonHours: {
    code: '4109',
    title: {
      ja: '今は庁内パソコンにサインインできない時間です。',
      en: 'You may not sign in to the office PC at this hour.',
    },
    cause: {
      ja: 'アカウントに、サインインできる時間帯が決められています。',
      en: 'The account may be used at certain hours only.',
    },
    user: {
      ja: '決められた時間にお試しください。必要なときは、窓口へご連絡ください。',
      en: 'Try at the permitted hours. Call the helpdesk if you need it now.',
    },
    helpdesk: {
      ja: 'アカウントの「ログオン時間」の設定を見る。',
      en: 'See the account’s logon hours.',
    },
    retry: false,
  },
  deskLogonNotAllowed: {
    code: '4110',
    title: {
      ja: 'このアカウントでは、庁内パソコンを遠隔で使えません。',
      en: 'This account may not use the office PC remotely.',
    },
    cause: {
      ja: 'パスワードは正しくても、遠隔でのサインインが許されていません。',
      en: 'Even with the right password, this account may not sign in from elsewhere.',
    },
    user: {
      ja: '庁内パソコンと入力したユーザー名を確かめ、窓口へご連絡ください。',
      en: 'Check the PC and the user name that you gave, then call the helpdesk.',
    },
    helpdesk: {
      ja: '庁内パソコンの「Remote Desktop Users」に利用者を加える。パスワードが空でないかも見る。',
      en: 'Add the user to “Remote Desktop Users” on the office PC. See that the password is not empty.',
    },
    retry: false,
  },
  deskCertificateChanged: {
    code: '4111',
    title: {
      ja: '庁内パソコンが、前と同じものか確かめられません。',
      en: 'It is not certain that this is the same office PC as before.',
    },
    cause: {
      ja: '庁内パソコンの証明書が、前と違います。入れ替えか、なりすましのおそれがあります。',
      en: 'Its certificate differs from before. It was replaced, or another machine is posing as it.',
    },
    user: {
      ja: 'パスワードは送っていません。窓口へご連絡ください。',
      en: 'Your password was not sent. Call the helpdesk.',
    },
    helpdesk: {
      ja: '入れ替えや更新なら「desk set ID --certificate none」で改める。覚えがなければ調べる。',
      en: 'If the PC or its certificate was renewed, use “desk set ID --certificate none”. Otherwise investigate.',
    },
    retry: false,
  },
  deskRefused: {
    code: '4112',
    title: { ja: '庁内パソコンに接続を断られました。', en: 'The office PC refused the connection.' },
    cause: {
      ja: '庁内パソコンの設定か状態のために、接続が断られました。',
      en: 'The office PC refused because of its settings or its state.',
    },
    user: {
      ja: '少し待ってから、もう一度お試しください。続くときは窓口へご連絡ください。',
      en: 'Wait a moment and try again. If it goes on, call the helpdesk.',
    },
    helpdesk: {
      ja: '庁内パソコンのイベントログと、リモートデスクトップの設定を見る。',
      en: 'See the office PC’s event log and its remote desktop settings.',
    },
    retry: true,
  },
  deskProtocolError: {
    code: '4113',
    title: { ja: '庁内パソコンの返事を読めませんでした。', en: 'The office PC’s answer could not be read.' },
    cause: {
      ja: '接続の途中で、決まりに合わないデータが届いたため止めました。',
      en: 'Data that breaks the rules arrived while connecting, so the session was stopped.',
    },
    user: {
      ja: 'もう一度お試しください。続くときは窓口へご連絡ください。',
      en: 'Try again. If it goes on, call the helpdesk.',
    },
    helpdesk: {
      ja: 'リモートデスクトップ以外のものが、そのポートで動いていないか確かめる。',
      en: 'Check that nothing but remote desktop answers at that port.',
    },
    retry: true,
  },
  deskLicence: {
    code: '4114',
    title: {
      ja: '庁内の接続ライセンスの都合で、つながりませんでした。',
      en: 'There was a problem with the office’s connection licence.',
    },
    cause: {
      ja: '接続先のサーバーが、接続ライセンスを出せませんでした。',
      en: 'The server could not give out a licence for this connection.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: 'リモートデスクトップのライセンスサーバーと、残りのライセンス数を見る。',
      en: 'See the remote desktop licence server and how many licences are left.',
    },
    retry: false,
  },
  deskTakenOver: {
    code: '4115',
    title: {
      ja: '庁内パソコンが、ほかから使われ始めました。',
      en: 'Someone started to use the office PC from elsewhere.',
    },
    cause: {
      ja: '庁内パソコンの前か、別の端末から、同じ画面にサインインがありました。',
      en: 'Someone signed in at the office PC itself or from another machine.',
    },
    user: {
      ja: '心当たりがないときは、窓口へご連絡ください。',
      en: 'If you do not know who it was, call the helpdesk.',
    },
    helpdesk: {
      ja: '庁内パソコンのイベントログで、誰がサインインしたか見る。',
      en: 'See in the office PC’s event log who signed in.',
    },
    retry: true,
  },
  deskTimeLimit: {
    code: '4116',
    title: {
      ja: '庁内パソコンで決められた時間が過ぎました。',
      en: 'The time that the office PC allows is over.',
    },
    cause: {
      ja: '操作のない時間か、使い続けられる時間の上限に達しました。',
      en: 'It was not used for too long, or it was used for as long as it may be.',
    },
    user: { ja: 'もう一度接続してください。', en: 'Connect again.' },
    helpdesk: {
      ja: '庁内パソコンのリモートデスクトップの時間制限の設定を見る。',
      en: 'See the time limits of remote desktop on the office PC.',
    },
    retry: true,
  },
  deskRedirects: {
    code: '4117',
    title: {
      ja: '庁内パソコンが、別の接続先を案内しました。',
      en: 'The office PC pointed to another machine.',
    },
    cause: {
      ja: '決められた庁内パソコン以外へはつながないため、接続を止めました。',
      en: 'Only the assigned office PC may be reached, so the session was stopped.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '接続ブローカーを通さず、庁内パソコンそのものを登録する。',
      en: 'Register the office PC itself, not a connection broker.',
    },
    retry: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
