import type { CatalogueEntry } from '../entry.ts';

/** The office's rules: what a laptop must be like, when and from where it may be used. */
export const ruleErrors = {
  usbStorageFound: {
    code: '7101',
    title: { ja: 'USBメモリーが差し込まれています。', en: 'USB storage is plugged in.' },
    cause: {
      ja: '「{device}」が見つかりました。規則で使えません。',
      en: '“{device}” was found. The rules do not allow it.',
    },
    user: { ja: '抜いてください。抜くと続けられます。', en: 'Take it out. Then you can go on.' },
    helpdesk: {
      ja: '何が差さっているか聞き、抜いてもらう。監査ログに残る。',
      en: 'Ask what is plugged in and have it removed. The audit log has it.',
    },
    retry: true,
  },
  usbBlockMissing: {
    code: '7102',
    title: { ja: '端末がUSBメモリーを禁止していません。', en: 'This laptop does not block USB storage.' },
    cause: {
      ja: '端末の設定で、USBメモリーの禁止が働いていません。',
      en: 'The system’s block on USB storage is not in force.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: 'hanare-lockdown checkで確かめ、applyで設定し直す。',
      en: 'Run hanare-lockdown check on the laptop, then apply.',
    },
    retry: false,
  },
  captureUnprotected: {
    code: '7201',
    title: { ja: '画面を写せる状態のため、止めています。', en: 'The picture is hidden because it could be copied.' },
    cause: {
      ja: 'ほかのソフトが画面を写せないようにする仕組みが働いていません。',
      en: 'The system’s protection against copying the window is not working.',
    },
    user: { ja: '録画や画面共有のソフトを終わらせてください。', en: 'Close recording or screen-sharing programs.' },
    helpdesk: {
      ja: '表示の仕組みが画面の保護に対応しているか確かめる。',
      en: 'Check that the display system supports protected windows.',
    },
    retry: true,
  },
  pathUnchecked: {
    code: '7301',
    title: { ja: '通信の閉じ方を確かめられませんでした。', en: 'It could not be checked that traffic is closed.' },
    cause: {
      ja: '確かめる途中で失敗したか、結果が庁内に届いていません。',
      en: 'The check failed, or its result did not reach the office.',
    },
    user: { ja: 'もう一度接続してください。', en: 'Connect again.' },
    helpdesk: {
      ja: '端末のログで、どの確認が終わらなかったか見る。',
      en: 'See in the laptop’s log which check did not finish.',
    },
    retry: true,
  },
  leakDns: {
    code: '7311',
    title: { ja: '端末が庁内以外の名前を引けます。', en: 'This laptop can look up names outside the office.' },
    cause: { ja: '閉じているはずの名前解決が外に通っています。', en: 'Name lookups that should be closed get out.' },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: '通信の規則を入れ直す。DNSの行き先を確かめる。',
      en: 'Apply the network profile again; check where DNS goes.',
    },
    retry: false,
  },
  leakIpv4: {
    code: '7312',
    title: { ja: '端末が庁内以外と通信できます。', en: 'This laptop can reach places outside the office.' },
    cause: { ja: '閉じているはずのIPv4の通信が外に通っています。', en: 'IPv4 traffic that should be closed gets out.' },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: '通信の規則を入れ直す。ほかの規則が開けていないか見る。',
      en: 'Apply the network profile again; look for rules that open it.',
    },
    retry: false,
  },
  leakIpv6: {
    code: '7313',
    title: { ja: '端末がIPv6で外と通信できます。', en: 'This laptop can reach outside by IPv6.' },
    cause: { ja: '閉じているはずのIPv6の通信が外に通っています。', en: 'IPv6 traffic that should be closed gets out.' },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: '通信の規則を入れ直す。IPv6も閉じているか見る。',
      en: 'Apply the network profile again; see that it covers IPv6.',
    },
    retry: false,
  },
  leakProxy: {
    code: '7314',
    title: { ja: '端末がプロキシで外に出られます。', en: 'This laptop gets out by a proxy.' },
    cause: { ja: '設定されたプロキシが、外への通信を通しています。', en: 'The proxy that is set lets traffic out.' },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: 'プロキシの設定を消すか、行き先を庁内だけにする。',
      en: 'Remove the proxy, or limit it to the gateway.',
    },
    retry: false,
  },
  leakLan: {
    code: '7315',
    title: { ja: '端末が近くの機器と通信できます。', en: 'This laptop can reach devices near it.' },
    cause: {
      ja: '同じ回線にあるほかの機器に通信が届きます。',
      en: 'Traffic reaches other devices on the same network.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: '通信の規則を入れ直す。近くへの通信も閉じる。',
      en: 'Apply the network profile again; it must close the local network too.',
    },
    retry: false,
  },
  diskNotEncrypted: {
    code: '7401',
    title: { ja: '端末のディスクが暗号化されていません。', en: 'This laptop’s disk is not encrypted.' },
    cause: { ja: '暗号化が無いか、確かめられませんでした。', en: 'There is no encryption, or it could not be seen.' },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: { ja: 'BitLockerかLUKSの状態を確かめ、有効にする。', en: 'Check BitLocker or LUKS and switch it on.' },
    retry: false,
  },
  antivirusOff: {
    code: '7402',
    title: { ja: 'ウイルス対策が働いていないか、古いままです。', en: 'Virus protection is off or out of date.' },
    cause: {
      ja: '対策ソフトが止まっているか、定義が古くなっています。',
      en: 'The protection is off, or its definitions are old.',
    },
    user: { ja: '更新してから、もう一度接続してください。', en: 'Update it, then connect again.' },
    helpdesk: { ja: '対策ソフトと定義の日付を確かめる。', en: 'Check the product and the date of its definitions.' },
    retry: false,
  },
  updatesOverdue: {
    code: '7403',
    title: { ja: '端末の更新が遅れています。', en: 'This laptop’s updates are overdue.' },
    cause: { ja: 'システムの更新が長く確かめられていません。', en: 'The system has not looked for updates for long.' },
    user: { ja: '更新してから、もう一度接続してください。', en: 'Update the system, then connect again.' },
    helpdesk: { ja: '更新の配布が端末に届いているか確かめる。', en: 'Check that updates reach the laptop.' },
    retry: false,
  },
  firewallOff: {
    code: '7404',
    title: { ja: '端末のファイアウォールが働いていません。', en: 'This laptop’s firewall is off.' },
    cause: {
      ja: 'ファイアウォールが無効か、確かめられませんでした。',
      en: 'The firewall is off, or could not be seen.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: { ja: 'ファイアウォールの状態を確かめ、有効にする。', en: 'Check the firewall and switch it on.' },
    retry: false,
  },
  screenLockOff: {
    code: '7405',
    title: { ja: '端末の画面ロックが無効です。', en: 'This laptop’s screen lock is off.' },
    cause: { ja: '席を離れても、端末の画面に鍵がかかりません。', en: 'The system does not lock its screen by itself.' },
    user: {
      ja: '端末の設定で、画面ロックを有効にしてください。',
      en: 'Switch the screen lock on in the system’s settings.',
    },
    helpdesk: { ja: '画面ロックの設定を配布する。', en: 'Distribute the screen-lock setting.' },
    retry: false,
  },
  timeNotSynced: {
    code: '7406',
    title: { ja: '端末の時計が合わせられていません。', en: 'This laptop’s clock is not kept in time.' },
    cause: {
      ja: '時計合わせが止まっているか、確かめられませんでした。',
      en: 'Clock synchronisation is off, or could not be seen.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: { ja: '時計合わせの設定を確かめる。', en: 'Check the clock synchronisation.' },
    retry: false,
  },
  postureMissing: {
    code: '7409',
    title: { ja: '端末の状態が庁内に届いていません。', en: 'The laptop’s state has not reached the office.' },
    cause: {
      ja: '規則では、端末の状態を確かめてからつなぎます。',
      en: 'The rules want the laptop’s state checked first.',
    },
    user: { ja: 'もう一度接続してください。', en: 'Connect again.' },
    helpdesk: { ja: 'アプリの版と、端末のログを確かめる。', en: 'Check the app’s version and the laptop’s log.' },
    retry: true,
  },
  storageOpen: {
    code: '7501',
    title: { ja: '端末に書類を保存できる状態です。', en: 'Documents could be saved on this laptop.' },
    cause: { ja: '端末への保存の禁止が働いていません。', en: 'The system’s block on saving is not in force.' },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: 'hanare-lockdown checkで確かめ、applyで設定し直す。',
      en: 'Run hanare-lockdown check on the laptop, then apply.',
    },
    retry: false,
  },
  evidenceRefused: {
    code: '7502',
    title: { ja: '端末の証明が受け付けられませんでした。', en: 'The laptop’s statement was not accepted.' },
    cause: {
      ja: '端末の鍵で署名した確認の結果を、受付が確かめられませんでした。',
      en: 'The gateway could not verify the result signed by the laptop.',
    },
    user: { ja: 'もう一度接続してください。', en: 'Connect again.' },
    helpdesk: {
      ja: '受付のログで、署名と時刻のどちらが合わないか見る。',
      en: 'See in the gateway’s log whether signature or time is wrong.',
    },
    retry: true,
  },
  baselineRejected: {
    code: '7503',
    title: { ja: '端末の基本の規則が壊れています。', en: 'The laptop’s basic rules are damaged.' },
    cause: {
      ja: '準備のときに入れた規則の署名が合いません。',
      en: 'The signature of the rules set at kitting does not fit.',
    },
    user: { ja: '窓口へご連絡ください。', en: 'Please call the helpdesk.' },
    helpdesk: {
      ja: 'policy baselineで作り直し、端末に入れ直す。',
      en: 'Make it anew with policy baseline and put it on the laptop.',
    },
    retry: false,
  },
  outsideHours: {
    code: '7601',
    title: { ja: 'いまは使える時間ではありません。', en: 'It is outside the hours of use.' },
    cause: { ja: '次に使えるのは {opens} からです。', en: 'You can use it again from {opens}.' },
    user: { ja: '使える時間に、もう一度接続してください。', en: 'Connect again during the hours.' },
    helpdesk: {
      ja: 'policy showで、その人の時間と休日を確かめる。',
      en: 'Check the person’s hours and holidays with policy show.',
    },
    retry: false,
  },
  hoursOver: {
    code: '7602',
    title: { ja: '使える時間が終わりました。', en: 'The hours of use are over.' },
    cause: {
      ja: '規則で決められた時間になったため、接続を終えました。',
      en: 'The session ended because the agreed time was reached.',
    },
    user: { ja: '作業は庁内パソコンに残っています。', en: 'Your work is still on the office PC.' },
    helpdesk: { ja: 'policy showで、その人の時間を確かめる。', en: 'Check the person’s hours with policy show.' },
    retry: false,
  },
  deskClassRefused: {
    code: '7603',
    title: { ja: 'この庁内パソコンは外から使えません。', en: 'This office PC cannot be used from outside.' },
    cause: {
      ja: '外に出せない情報を扱うパソコンとして登録されています。',
      en: 'It is registered as handling information that must stay inside.',
    },
    user: { ja: '庁内で使ってください。', en: 'Use it in the office.' },
    helpdesk: { ja: 'desk listで区分を確かめる。', en: 'Check its class with desk list.' },
    retry: false,
  },
  networkRefused: {
    code: '7604',
    title: { ja: 'この回線からはつなげません。', en: 'You cannot connect from this network.' },
    cause: {
      ja: '決められた回線からの接続ではありません。',
      en: 'The connection does not come from an agreed network.',
    },
    user: { ja: '貸し出された回線でつないでください。', en: 'Use the line that came with the laptop.' },
    helpdesk: {
      ja: '受付のログで接続元を見て、policy showと比べる。',
      en: 'Compare the source in the gateway’s log with policy show.',
    },
    retry: false,
  },
  deskInUse: {
    code: '7605',
    title: { ja: '庁内パソコンはほかで使われています。', en: 'The office PC is in use elsewhere.' },
    cause: {
      ja: 'この庁内パソコンには、別の端末がつないでいます。',
      en: 'Another laptop is connected to this office PC.',
    },
    user: { ja: 'そちらを切断してから、もう一度接続してください。', en: 'Disconnect there, then connect again.' },
    helpdesk: {
      ja: 'session listで相手を確かめ、必要ならsession endで終わらせる。',
      en: 'See who it is with session list; end it with session end if needed.',
    },
    retry: true,
  },
  wakeNoAnswer: {
    code: '7701',
    title: { ja: '庁内パソコンが起動しません。', en: 'The office PC does not start.' },
    cause: {
      ja: '起動の合図に {seconds} 秒たっても答えません。',
      en: 'It has not answered the wake-up call for {seconds} seconds.',
    },
    user: { ja: '庁内の人に電源を確かめてもらってください。', en: 'Ask someone in the office to check its power.' },
    helpdesk: {
      ja: '電源、LAN、BIOSのWake-on-LAN、登録したMACアドレスを確かめる。',
      en: 'Check power, cable, Wake-on-LAN in its BIOS and the MAC address on record.',
    },
    retry: true,
  },
  wakeNotReady: {
    code: '7702',
    title: { ja: '庁内パソコンは動いていますが、準備中です。', en: 'The office PC is on but not ready.' },
    cause: {
      ja: '電源は入りましたが、遠隔操作が {seconds} 秒たっても始まりません。',
      en: 'It is on, but its remote access has not started for {seconds} seconds.',
    },
    user: { ja: '少し待ってから、もう一度接続してください。', en: 'Wait a moment and connect again.' },
    helpdesk: {
      ja: '更新の適用中か、遠隔操作のサービスが止まっているか確かめる。',
      en: 'Check whether it is installing updates or the service is stopped.',
    },
    retry: true,
  },
  wakeImpossible: {
    code: '7703',
    title: { ja: '庁内パソコンを起動できません。', en: 'The office PC cannot be woken.' },
    cause: {
      ja: '電源が切れていて、起動のための登録がありません。',
      en: 'It is off, and no address to wake it is on record.',
    },
    user: { ja: '庁内の人に電源を入れてもらってください。', en: 'Ask someone in the office to switch it on.' },
    helpdesk: {
      ja: 'desk set --macでMACアドレスを登録する。',
      en: 'Put its MAC address on record with desk set --mac.',
    },
    retry: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
