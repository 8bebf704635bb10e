import type { Findings } from './findings.ts';
import type { Measured } from './session/measure.ts';

/** undefined: not looked at, and not shown. null: looked at, and not there. */
export type Row = readonly [en: string, ja: string, value: unknown];

export function hostRows({ negotiation, standardRdp, tls, credssp, signIn }: Findings): readonly Row[] {
  const certificate = tls?.certificate;
  const answers = Object.entries(negotiation ?? {}).map(([what, answer]): Row => {
    const text = answer && (answer.selected ?? answer.refused);
    return [`asked for ${what}`, `${what} を求めた答え`, answer?.flags ? `${text}, flags ${answer.flags}` : text];
  });
  const names = Object.entries(credssp?.names ?? {}).flatMap(([name, there]) => (there ? [name] : []));
  return [
    ...answers,
    ['takes standard RDP security', '標準RDPセキュリティを受ける', standardRdp?.hostTakesIt],
    ['TLS', 'TLS', tls && [tls.version, tls.cipher, tls.keyExchange]],
    ['RSA key transport, where asked for', 'RSA鍵配送(求めた時)', tls?.keyTransport],
    ['certificate, SHA-256', '証明書のSHA-256', certificate?.sha256],
    ['certificate, key', '証明書の鍵と署名', certificate && [certificate.key, certificate.signature]],
    ['certificate, kinds of name in it', '証明書にある名前の種類', certificate?.subjectParts],
    ['certificate signed by itself', '証明書は自己署名', certificate?.selfSigned],
    ['certificate, key usage', '証明書の鍵用途', certificate?.keyUsage],
    ['certificate, extended key usage', '証明書の拡張鍵用途', certificate?.extendedKeyUsage],
    ['certificate may sign (Electron asks for that)', '証明書の署名の用途(Electronが求める)', certificate?.maySign],
    ['certificate, valid from and to', '証明書の期間', certificate && [certificate.validFrom, certificate.validTo]],
    ['certificate valid now', '証明書は期間内', certificate?.validNow],
    ['CredSSP version', 'CredSSPの版', credssp?.version],
    ['Windows version (NTLM)', 'Windowsの版(NTLM)', credssp?.systemVersion],
    ['NTLM, kinds of name in it', 'NTLMにある名前の種類', credssp && names],
    ['in a domain', 'ドメインに参加', credssp?.inDomain],
    ['NTLM timestamp', 'NTLMの時刻', credssp?.timestamp],
    ['NLA, all kinds asked for', 'NLA(すべてを求めた時)', signIn?.nlaEx?.protocol],
    ['NLA, HYBRID asked for', 'NLA(HYBRIDを求めた時)', signIn?.nla?.protocol],
    ['opens without NLA', 'NLAなしで開く', signIn?.tls?.protocol],
  ];
}

const tasks = {
  pointer: ['pointer moved', 'ポインターの移動'],
  drag: ['window dragged', 'ウィンドウの移動'],
  scroll: ['text scrolled', 'スクロール'],
} as const;

export function sessionRows({ connected, screen, fps, keys, resize, signOut }: Findings): readonly Row[] {
  const stages = Object.entries(connected?.stages ?? {}).map(([stage, ms]) => `${stage} ${ms ?? '-'}`);
  const moved = Object.entries(fps ?? {}).map(([task, measured]): Row => {
    const [en, ja] = tasks[task as keyof typeof tasks];
    return [en, ja, movedText(measured)];
  });
  const sizes = (['smaller', 'back'] as const).flatMap((way): Row[] => {
    const one = resize?.[way];
    if (!one) return [];
    const how = one.followed ? `${one.afterMs} ms${one.anew ? ', new connection' : ''}` : 'not followed';
    return [[`resize, ${way}`, way === 'back' ? '元の大きさへ' : '小さくする', `${one.width}x${one.height}, ${how}`]];
  });
  return [
    ['first picture', '最初の画面まで', connected && `${connected.firstPictureSeconds} s (ms: ${stages.join(', ')})`],
    ['size', '画面の大きさ', screen && `${screen.width}x${screen.height}`],
    ['RDP version of the PC', '接続先のRDPの版', screen?.rdpVersion],
    ['dynamic channels, version', '動的チャネルの版', screen?.dynamicChannels],
    ['graphics pipeline, version', 'グラフィックスパイプラインの版', screen?.pipeline],
    ['codecs (pieces decoded)', 'コーデック(届いた数)', screen && counts(screen.codecs)],
    ['takes other sizes (display control)', '大きさを変えられる', screen?.displayControl],
    ['frames, bytes', 'フレーム数、バイト数', screen && [screen.frames, screen.bytes]],
    ['ms per frame, decoding and showing', '1フレームのms(復号、表示)', screen && [screen.decodeMs, screen.presentMs]],
    ...moved,
    ...Object.entries(keys?.japanese ?? {}).map(([name, sent]): Row => [`key ${name}`, `${name} キー`, sent]),
    [
      'kinds of key pressed',
      '押したキーの種類',
      keys?.pressed.map(({ key, scancode, sent }) => `${key} ${sent ? scancode : '-'}`),
    ],
    ...sizes,
    ['remains on the laptop', 'この端末の残りもの', signOut?.remains],
  ];
}

const counts = (codecs: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(codecs).map(([name, count]) => `${name} ${count}`);

function movedText({ fps, bestFps, frames, seconds, megabitsPerSecond, codecs }: Measured): string {
  const most = `${fps} fps (best second ${bestFps}), ${frames} frames in ${seconds} s, ${megabitsPerSecond} Mbit/s`;
  return [most, ...counts(codecs)].join(', ');
}
