/**
 * Every failure that a person may meet: one code each, with its cause, what the staff member does and what the
 * helpdesk does, in Japanese (source) and English. Codes are digits, because they are read out over the telephone;
 * the first digit is the stage: 1 network, 2 gateway and TLS, 3 sign-in and grants, 4 desk PC, 5 remote screen,
 * 6 this laptop, 9 internal. A code is never reused for another meaning.
 */
export type Language = 'ja' | 'en';
export type Text = Readonly<Record<Language, string>>;
export type CatalogueEntry = Readonly<{
  code: `${number}`;
  /** One short sentence: what happened. The largest text of the screen. */
  title: Text;
  /** Why, for a person who wants to know more and for the helpdesk. May hold {placeholders} of the details. */
  cause: Text;
  /** What the staff member does next. */
  user: Text;
  /** What the helpdesk checks or does. */
  helpdesk: Text;
  /** Whether trying again at once can help: decides which button is the primary one. */
  retry: boolean;
}>;

export const catalogue = {
  gatewayNotFound: {
    code: '1101',
    title: { ja: '受付が見つかりません。', en: 'The gateway cannot be found.' },
    cause: {
      ja: '受付の名前「{host}」を調べられませんでした。回線につながっていないか、名前が違います。',
      en: 'The gateway name “{host}” could not be looked up. The network is down, or the name is wrong.',
    },
    user: {
      ja: '端末が回線につながっているか確かめて、もう一度お試しください。',
      en: 'Check that this laptop is connected to the network, then try again.',
    },
    helpdesk: {
      ja: '端末の回線とDNSを確かめる。site設定の受付名が正しいか見る。',
      en: 'Check the laptop’s network and DNS, and the gateway name in its site settings.',
    },
    retry: true,
  },
  gatewayRefused: {
    code: '1102',
    title: { ja: '受付が応答を断りました。', en: 'The gateway is not accepting connections.' },
    cause: {
      ja: '「{host}」には届きましたが、受付が動いていません。',
      en: '“{host}” was reached, but no gateway is running there.',
    },
    user: {
      ja: '少し待ってから、もう一度お試しください。続くときは窓口へご連絡ください。',
      en: 'Wait a moment and try again. If it goes on, call the helpdesk.',
    },
    helpdesk: {
      ja: '受付のサービスが動いているか、ポート{port}が開いているか確かめる。',
      en: 'Check that the gateway service runs and that port {port} is open.',
    },
    retry: true,
  },
  gatewayTimeout: {
    code: '1103',
    title: { ja: '受付から返事がありません。', en: 'The gateway does not answer.' },
    cause: {
      ja: '「{host}」へ送りましたが、時間内に返事がありませんでした。回線が弱いか、途中で止められています。',
      en: 'No answer came from “{host}” in time. The line is weak, or something on the way blocks it.',
    },
    user: {
      ja: '電波のよい場所で、もう一度お試しください。',
      en: 'Move to where the signal is better and try again.',
    },
    helpdesk: {
      ja: '回線の状態と、途中の機器で通信が止められていないか確かめる。',
      en: 'Check the line, and whether a device on the way drops the connection.',
    },
    retry: true,
  },
  networkDown: {
    code: '1104',
    title: { ja: '回線につながっていません。', en: 'There is no network.' },
    cause: { ja: 'この端末から外へ出る回線がありません。', en: 'This laptop has no route to the network.' },
    user: {
      ja: '回線(SIM・Wi-Fi)を入れて、もう一度お試しください。',
      en: 'Turn on the mobile line or Wi-Fi and try again.',
    },
    helpdesk: { ja: 'SIM、機内モード、経路を確かめる。', en: 'Check the SIM, flight mode and the route.' },
    retry: true,
  },
  connectionLost: {
    code: '1105',
    title: { ja: '回線が切れました。', en: 'The connection was lost.' },
    cause: {
      ja: '受付との通信が途中で途絶えました。庁内パソコンの作業は残っています。',
      en: 'The connection to the gateway broke. Your work on the office PC is still there.',
    },
    user: { ja: '回線を確かめて、もう一度接続してください。', en: 'Check the network and connect again.' },
    helpdesk: {
      ja: '受付が動いているか、同じ時刻に他の人も切れたか確かめる。',
      en: 'Check that the gateway runs and whether others were cut at the same time.',
    },
    retry: true,
  },
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
    helpdesk: { ja: '端末を登録し直す。', en: 'Enrol the laptop again.' },
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
    helpdesk: { ja: '端末の証明書を更新する。', en: 'Renew the device certificate.' },
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
      ja: '庁内パソコンが入力されたパスワードを受け付けませんでした。',
      en: 'The office PC did not accept the password.',
    },
    user: { ja: 'もう一度接続して、入力し直してください。', en: 'Connect again and re-enter it.' },
    helpdesk: {
      ja: '遠隔操作用のパスワードを確かめ、必要なら決め直す。',
      en: 'Check the remote-access password and set a new one if needed.',
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
  notEnrolled: {
    code: '6101',
    title: { ja: 'この端末はまだ登録されていません。', en: 'This laptop is not registered yet.' },
    cause: {
      ja: '端末の中に、登録の情報が見つかりません。',
      en: 'No registration was found on this laptop.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: { ja: '端末を登録する。', en: 'Register the laptop.' },
    retry: false,
  },
  deviceFileDamaged: {
    code: '6102',
    title: { ja: '端末の登録情報が壊れています。', en: 'This laptop’s registration is damaged.' },
    cause: {
      ja: '登録の情報を読めませんでした。上書きはしていません。',
      en: 'The registration could not be read. Nothing was overwritten.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Call the helpdesk.' },
    helpdesk: { ja: '端末を登録し直す。', en: 'Register the laptop again.' },
    retry: false,
  },
  sessionAlreadyOpen: {
    code: '6103',
    title: { ja: 'すでに接続しています。', en: 'A session is already open.' },
    cause: { ja: '接続中にもう一度接続が求められました。', en: 'A second session was asked for.' },
    user: { ja: 'いまの接続をお使いください。', en: 'Use the session that is open.' },
    helpdesk: { ja: '対応は不要です。', en: 'Nothing to do.' },
    retry: false,
  },
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

export type ErrorName = keyof typeof catalogue;

export const errorNames = Object.keys(catalogue) as readonly ErrorName[];

export function isErrorName(value: unknown): value is ErrorName {
  return typeof value === 'string' && Object.hasOwn(catalogue, value);
}

/** Fills {placeholders}; one that is not given becomes a dash, so no brace ever reaches a person. */
export function fillText(text: string, details: Readonly<Record<string, string | number | boolean>>): string {
  return text.replace(/\{(\w+)\}/g, (_, key: string) => (Object.hasOwn(details, key) ? String(details[key]) : '–'));
}
