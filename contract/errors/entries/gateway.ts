import type { CatalogueEntry } from '../entry.ts';

export const gatewayErrors = {
  tlsFailed: {
    code: '2101',
    title: { ja: '受付と安全な通信を始められません。', en: 'A secure connection to the gateway could not be made.' },
    cause: {
      ja: '暗号の取り決め(TLS 1.3)がまとまりませんでした。',
      en: 'The two sides could not agree on TLS 1.3.',
    },
    user: {
      ja: '別の回線でもう一度お試しください。続くときは窓口へご連絡ください。',
      en: 'Try again on another network. If it goes on, call the helpdesk.',
    },
    helpdesk: {
      ja: '途中で通信を読み替える機器がないか、受付のTLS設定を確かめる。',
      en: 'Look for a device that intercepts TLS, and check the gateway’s TLS settings.',
    },
    retry: true,
  },
  gatewayNotOurs: {
    code: '2102',
    title: {
      ja: '本物の受付ではない相手につながりそうになりました。',
      en: 'The other side is not your office’s gateway.',
    },
    cause: {
      ja: '相手の証明書が、この団体の認証局のものではありません。接続を止めました。',
      en: 'Its certificate was not issued by your site’s own CA, so the connection was stopped.',
    },
    user: {
      ja: 'この回線は使わないでください。窓口へご連絡ください。',
      en: 'Do not use this network. Call the helpdesk.',
    },
    helpdesk: {
      ja: '回線の途中で通信が読み替えられていないか調べる。受付の証明書を入れ替えたなら、端末のCAを見る。',
      en: 'Look for interception on the line. If the gateway’s certificate was replaced, check the laptop’s CA.',
    },
    retry: false,
  },
  deviceCertificateMissing: {
    code: '2103',
    title: { ja: 'この端末は登録されていません。', en: 'This laptop is not registered.' },
    cause: {
      ja: '端末の証明書がないため、受付が接続を断りました。',
      en: 'The gateway refused the connection because the laptop showed no device certificate.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '端末を消す（hanare --erase）。「device enrol --again」で登録し直す。',
      en: 'Erase the laptop (hanare --erase), then register it anew with “device enrol --again”.',
    },
    retry: false,
  },
  deviceCertificateRefused: {
    code: '2104',
    title: { ja: 'この端末の証明書は使えません。', en: 'This laptop’s certificate is not accepted.' },
    cause: {
      ja: '端末の証明書が、この受付の認証局が発行したものではないか、用途が違います。',
      en: 'The device certificate was not issued by this gateway’s CA, or is not meant for a device.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '端末が別の団体・別の環境に登録されていないか確かめ、登録し直す。',
      en: 'Check whether the laptop belongs to another site or environment, and enrol it again.',
    },
    retry: false,
  },
  deviceCertificateExpired: {
    code: '2105',
    title: { ja: 'この端末の証明書の期限が切れています。', en: 'This laptop’s certificate has expired.' },
    cause: {
      ja: '端末の証明書は有効期間の外にあります。端末の時計が狂っている場合もあります。',
      en: 'The device certificate is outside its period of validity. The clock may also be wrong.',
    },
    user: { ja: '端末の時計を確かめ、窓口へご連絡ください。', en: 'Check the laptop’s clock and call the helpdesk.' },
    helpdesk: {
      ja: '端末を消す（hanare --erase）。「device enrol --again」で登録し直す。',
      en: 'Erase the laptop (hanare --erase), then register it anew with “device enrol --again”.',
    },
    retry: false,
  },
  deviceRevoked: {
    code: '2106',
    title: { ja: 'この端末は使用を止められています。', en: 'This laptop has been stopped.' },
    cause: {
      ja: '管理者がこの端末の使用を止めたか、受付がこの端末を知りません。',
      en: 'An administrator stopped this laptop, or the gateway does not know it.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '端末の登録と停止の記録を見る。',
      en: 'Look up the laptop’s registration and why it was stopped.',
    },
    retry: false,
  },
  clockWrong: {
    code: '2107',
    title: { ja: '端末の時計が合っていません。', en: 'This laptop’s clock is wrong.' },
    cause: {
      ja: '端末の時計が受付と大きくずれているため、証明書を確かめられません。',
      en: 'The clock differs so much from the gateway’s that certificates cannot be checked.',
    },
    user: {
      ja: '端末の日付と時刻を直してから、もう一度お試しください。',
      en: 'Set the laptop’s date and time, then try again.',
    },
    helpdesk: {
      ja: '時刻同期の設定を確かめる。ずれ: {seconds}秒。',
      en: 'Check time synchronisation. Difference: {seconds} seconds.',
    },
    retry: true,
  },
  protocolMismatch: {
    code: '2108',
    title: { ja: '端末と受付の版が合いません。', en: 'The laptop and the gateway do not fit together.' },
    cause: {
      ja: '受付から読めない返事が届きました。どちらかの版が古い可能性があります。',
      en: 'The gateway sent something this version cannot read. One of them may be out of date.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '端末と受付の版を比べ、古い方を更新する。',
      en: 'Compare the versions of laptop and gateway and update the older one.',
    },
    retry: false,
  },
  gatewayBusy: {
    code: '2109',
    title: { ja: '受付が混み合っています。', en: 'The gateway is busy.' },
    cause: {
      ja: '受付が新しい接続を受けられないか、まもなく止まります。',
      en: 'The gateway cannot take new connections now, or is about to stop.',
    },
    user: { ja: '少し待ってから、もう一度お試しください。', en: 'Wait a moment and try again.' },
    helpdesk: { ja: '受付の負荷と記録を見る。', en: 'Look at the gateway’s load and log.' },
    retry: true,
  },
  deviceSuspended: {
    code: '2110',
    title: { ja: 'この端末は一時的に止められています。', en: 'This laptop has been suspended.' },
    cause: {
      ja: '情報システム担当が、この端末の利用を一時的に止めました。',
      en: 'IT has suspended this laptop for the time being.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '端末「{device}」を止めた理由を確かめ、よければ「device unlock」で戻す。',
      en: 'Find out why device “{device}” was suspended; bring it back with “device unlock” if it may.',
    },
    retry: false,
  },
  deviceCloned: {
    code: '2111',
    title: {
      ja: '同じ登録の端末が、もう一台つながっています。',
      en: 'Another laptop with the same registration is connected.',
    },
    cause: {
      ja: 'この端末の登録が別の機械に写されたおそれがあるため、つなぎませんでした。',
      en: 'This laptop’s registration may have been copied to another machine, so it was not let in.',
    },
    user: {
      ja: 'この端末を使わずに、すぐ窓口へご連絡ください。',
      en: 'Stop using this laptop and call the helpdesk at once.',
    },
    helpdesk: {
      ja: '監査記録で二台の機械の情報を比べ、両方を登録し直す。',
      en: 'Compare the two machines in the audit log; register both anew.',
    },
    retry: false,
  },
  policyRejected: {
    code: '2112',
    title: { ja: '規則を確かめられませんでした。', en: 'The office’s rules could not be verified.' },
    cause: {
      ja: '受付から届いた規則の署名が正しくないか、前より古い規則です。',
      en: 'The rules that the gateway sent are not properly signed, or older than before.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: {
      ja: '受付の規則の鍵が替わっていないか確かめる。',
      en: 'Check whether the gateway’s policy key was changed.',
    },
    retry: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
