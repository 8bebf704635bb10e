import type { CatalogueEntry } from '../entry.ts';

export const signInErrors = {
  signInRefused: {
    code: '3101',
    title: { ja: '本人確認ができませんでした。', en: 'You could not be signed in.' },
    cause: {
      ja: 'この端末に利用者が割り当てられていないか、利用を止められています。',
      en: 'No user is assigned to this laptop, or the user has been stopped.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '端末の利用者と、その人の状態を見る。',
      en: 'Look up the laptop’s user and that user’s state.',
    },
    retry: false,
  },
  otpWrong: {
    code: '3102',
    title: { ja: 'ワンタイムパスワードが違います。', en: 'The one-time password is wrong.' },
    cause: {
      ja: '番号が一致しません。あと{left}回でこの利用者は止まります。',
      en: 'The numbers do not match. Tries left before this user is locked: {left}.',
    },
    user: { ja: 'いま表示されている番号を、もう一度入れてください。', en: 'Enter the number that is shown now.' },
    helpdesk: {
      ja: 'スマートフォンの時計と、登録したアプリを確かめる。',
      en: 'Check the phone’s clock and the app that was set up.',
    },
    retry: true,
  },
  otpUsed: {
    code: '3103',
    title: {
      ja: 'このワンタイムパスワードは、もう使われました。',
      en: 'This one-time password has been used already.',
    },
    cause: { ja: '同じ番号は一度しか使えません。', en: 'Each number works only once.' },
    user: {
      ja: '次の番号に変わるまで30秒ほど待ち、新しい番号でお試しください。',
      en: 'Wait about 30 seconds for the next number, then use that one.',
    },
    helpdesk: {
      ja: '身に覚えがなければ、盗み見の疑いとして監査記録を調べる。',
      en: 'If the user did not do it, somebody may have watched: look at the audit log.',
    },
    retry: true,
  },
  otpClock: {
    code: '3104',
    title: { ja: '時計が約{seconds}秒ずれています。', en: 'The clock is off by about {seconds} seconds.' },
    cause: {
      ja: '番号は正しいものですが、作られた時刻が合いません。',
      en: 'The number is a good one, but made for another time.',
    },
    user: {
      ja: '端末（またはスマートフォン）の時刻を自動で合わせる設定にして、もう一度お試しください。',
      en: 'Set the clock of this laptop (or of the phone) automatically, then try again.',
    },
    helpdesk: { ja: '時刻の同期を確かめる。', en: 'Check the time synchronisation.' },
    retry: true,
  },
  otpDelayed: {
    code: '3105',
    title: {
      ja: '続けて間違えたため、あと{seconds}秒お待ちください。',
      en: 'After several wrong tries, please wait {seconds} seconds.',
    },
    cause: { ja: '番号の当て推量を防ぐため、間をあけています。', en: 'A pause keeps others from guessing numbers.' },
    user: { ja: '待ってから、新しい番号でお試しください。', en: 'Wait, then use the number that is shown then.' },
    helpdesk: { ja: '本人の操作か確かめる。', en: 'Ask whether it was the user.' },
    retry: true,
  },
  userLocked: {
    code: '3106',
    title: { ja: '間違いが続いたため、利用を止めています。', en: 'Locked after too many wrong one-time passwords.' },
    cause: {
      ja: 'あと{seconds}秒たつか、情報システム担当が解除するまで使えません。',
      en: 'It lasts {seconds} more seconds, or until IT lifts it.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '本人を確かめ、「user unlock」で解除する。',
      en: 'Make sure of the person, then lift it with “user unlock”.',
    },
    retry: false,
  },
  emergencyCodeWrong: {
    code: '3107',
    title: { ja: '緊急コードが違います。', en: 'The emergency code is wrong.' },
    cause: { ja: '一覧にないか、すでに使われたコードです。', en: 'It is not on the list, or has been used already.' },
    user: {
      ja: '一覧の、まだ使っていないコードを入れてください。',
      en: 'Enter a code of the list that you have not used.',
    },
    helpdesk: {
      ja: '新しい一覧を「user emergency-codes」で出す。',
      en: 'Print a new list with “user emergency-codes”.',
    },
    retry: true,
  },
  otpMalformed: {
    code: '3108',
    title: { ja: '番号の形が正しくありません。', en: 'That is not in the right form.' },
    cause: {
      ja: 'ワンタイムパスワードは数字6けた、緊急コードは英数字12文字です。',
      en: 'A one-time password has 6 digits, an emergency code 12 letters and digits.',
    },
    user: { ja: '入れ直してください。', en: 'Enter it again.' },
    helpdesk: { ja: '対応は不要です。', en: 'Nothing to do.' },
    retry: true,
  },
  signInTimeout: {
    code: '3109',
    title: { ja: '時間内に番号が入りませんでした。', en: 'No one-time password was entered in time.' },
    cause: {
      ja: '待ち時間が過ぎたため、接続をやめました。',
      en: 'The time to enter it ran out, so connecting was stopped.',
    },
    user: { ja: 'もう一度お試しください。', en: 'Try again.' },
    helpdesk: { ja: '対応は不要です。', en: 'Nothing to do.' },
    retry: true,
  },
  clientTooOld: {
    code: '3110',
    title: { ja: 'このアプリは古いため、使えません。', en: 'This version of the app is too old.' },
    cause: { ja: '受付は版{minimum}以上を求めています。', en: 'The gateway requires version {minimum} or newer.' },
    user: { ja: '窓口へご連絡ください。新しい版に替えます。', en: 'Call the helpdesk to have it updated.' },
    helpdesk: { ja: '端末のアプリを更新する。', en: 'Update the app on the laptop.' },
    retry: false,
  },
  grantRefused: {
    code: '3201',
    title: { ja: '庁内パソコンへの通行が認められませんでした。', en: 'The way to the office PC was not granted.' },
    cause: {
      ja: '通行証の期限が切れたか、すでに使われたか、この端末のものではありません。',
      en: 'The grant had expired, was already used, or belongs to another device.',
    },
    user: { ja: 'もう一度お試しください。', en: 'Try again.' },
    helpdesk: {
      ja: '受付の記録で理由を見る。同じ通行証が二度使われたなら、調査する。',
      en: 'See the reason in the gateway’s log. If one grant was used twice, investigate.',
    },
    retry: true,
  },
  deskNotAssigned: {
    code: '3202',
    title: { ja: 'この庁内パソコンは、あなたのものではありません。', en: 'This office PC is not yours to use.' },
    cause: {
      ja: '選んだ庁内パソコンは、あなたに割り当てられていません。',
      en: 'The office PC you asked for is not assigned to you.',
    },
    user: {
      ja: '異動などで変わったときは、窓口へご連絡ください。',
      en: 'If your post or PC has changed, call the helpdesk.',
    },
    helpdesk: {
      ja: '利用者に割り当てた庁内パソコンを確かめる。',
      en: 'Check which office PC is assigned to the user.',
    },
    retry: false,
  },
  noDeskAssigned: {
    code: '3203',
    title: { ja: 'つなぐ庁内パソコンがありません。', en: 'There is no office PC to connect to.' },
    cause: {
      ja: 'あなたに割り当てられた庁内パソコンがまだありません。',
      en: 'No office PC has been assigned to you yet.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: { ja: '利用者に庁内パソコンを割り当てる。', en: 'Assign an office PC to the user.' },
    retry: false,
  },
  sessionEndedByOffice: {
    code: '3301',
    title: { ja: '庁内の管理者が接続を終了しました。', en: 'The office ended this session.' },
    cause: { ja: '管理者がこの接続を終わらせました。', en: 'An administrator ended this session.' },
    user: {
      ja: '必要なときは、窓口へご連絡ください。',
      en: 'Call the helpdesk if you need to go on working.',
    },
    helpdesk: { ja: '受付の記録で、誰がなぜ終えたか見る。', en: 'See in the gateway’s log who ended it and why.' },
    retry: true,
  },
  signInExpired: {
    code: '3302',
    title: { ja: '続けて使える時間が終わりました。', en: 'Your sign-in has run out.' },
    cause: {
      ja: '本人確認から決められた時間がたったため、接続を終えました。',
      en: 'The time that one sign-in lasts is over, so the session was ended.',
    },
    user: {
      ja: 'PINを入れて、もう一度接続してください。庁内パソコンはそのままです。',
      en: 'Enter your PIN and connect again. Your office PC is as you left it.',
    },
    helpdesk: { ja: '対応は不要です。', en: 'Nothing to do.' },
    retry: true,
  },
  idleTooLong: {
    code: '3303',
    title: { ja: '操作がなかったため、接続を終えました。', en: 'The session ended because nobody used it.' },
    cause: {
      ja: '決められた時間、端末の操作がありませんでした。',
      en: 'Nobody touched this laptop for the time that the rules allow.',
    },
    user: {
      ja: 'PINを入れて、もう一度接続してください。庁内パソコンはそのままです。',
      en: 'Enter your PIN and connect again. Your office PC is as you left it.',
    },
    helpdesk: { ja: '対応は不要です。', en: 'Nothing to do.' },
    retry: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
