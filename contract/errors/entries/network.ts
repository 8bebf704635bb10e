import type { CatalogueEntry } from '../entry.ts';

export const networkErrors = {
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
} as const satisfies Record<string, CatalogueEntry>;
