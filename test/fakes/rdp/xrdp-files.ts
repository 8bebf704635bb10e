/** The files that xrdp and its session manager read, as text. */

export type XrdpDesk =
  | Readonly<{
      /** A VNC server of ours that xrdp shows: nobody is asked by PAM, the VNC server's own password decides. */
      kind: 'vnc';
      port: number;
      /** Leave out for the password that the RDP client sends. */
      password?: string;
    }>
  | Readonly<{
      /** An Xorg of its own for a throw-away user, by PAM. */
      kind: 'xorg';
      user: string;
      password: string;
      /** In sh, what the session runs. It ends with the session. */
      session?: string;
    }>;

/** xrdp's session manager listens at a TCP port up to 0.9; since 0.10 at a socket in /run, which needs no setting. */
type Sesman = Readonly<{ port: number | null }>;

export const testUser = { uid: 64501, home: '/tmp/home' } as const;

export function xrdpIni(
  options: Readonly<{
    port: number;
    security: 'tls' | 'rdp' | 'negotiate';
    desk: XrdpDesk;
    sesman: Sesman;
    dynamicChannels: boolean;
  }>,
): string {
  const { port, security, desk, sesman, dynamicChannels } = options;
  const session =
    desk.kind === 'vnc'
      ? [
          ...['[desk]', 'name=desk', 'lib=libvnc.so', 'ip=127.0.0.1', `port=${desk.port}`],
          ...['username=na', `password=${desk.password ?? 'ask'}`],
        ]
      : [
          ...['[desk]', 'name=desk', 'lib=libxup.so', 'port=-1', 'code=20'],
          ...['username=ask', 'password=ask', ...(sesman.port === null ? [] : ['ip=127.0.0.1'])],
          ...['h264_frame_interval=16', 'rfx_frame_interval=32', 'normal_frame_interval=40'],
        ];
  return [
    ...['[Globals]', 'ini_version=1', 'fork=true', `port=tcp://127.0.0.1:${port}`, 'tcp_nodelay=true'],
    // Own files, and the program's own defaults are the system's snake-oil certificate.
    ...[`security_layer=${security}`, 'crypt_level=high', 'certificate=/etc/xrdp/desk.pem'],
    ...['key_file=/etc/xrdp/desk.key', 'ssl_protocols=TLSv1.2, TLSv1.3'],
    // Straight into the desk with what the client sent, with no window of xrdp's own before it.
    ...['autorun=desk', 'hidelogwindow=true', 'allow_channels=true', 'allow_multimon=true'],
    ...['bitmap_cache=true', 'bitmap_compression=true', 'bulk_compression=true', 'max_bpp=32'],
    ...['new_cursors=true', 'use_fastpath=both'],
    ...['[Logging]', 'LogFile=/mnt/xrdp.log', 'LogLevel=INFO', 'EnableSyslog=false'],
    ...[
      '[Channels]',
      'rdpsnd=true',
      `drdynvc=${dynamicChannels}`,
      'cliprdr=true',
      'rdpdr=false',
      'rail=false',
      'xrdpvr=false',
    ],
    ...[...session, ''],
  ].join('\n');
}

export function sesmanIni(options: Readonly<{ sesman: Sesman; display: number; staysDisconnected: boolean }>): string {
  const { sesman, display, staysDisconnected } = options;
  return [
    ...['[Globals]', ...(sesman.port === null ? [] : ['ListenAddress=127.0.0.1', `ListenPort=${sesman.port}`])],
    'EnableUserWindowManager=false',
    ...['DefaultWindowManager=/etc/xrdp/startwm.sh', 'ReconnectScript=/bin/true'],
    ...['[Security]', 'AllowRootLogin=false', 'MaxLoginRetry=4', 'AlwaysGroupCheck=false'],
    ...['[Sessions]', `X11DisplayOffset=${display}`, 'MaxSessions=4', `KillDisconnected=${!staysDisconnected}`],
    ...['DisconnectedTimeLimit=0', 'IdleTimeLimit=0', 'Policy=Default'],
    ...['[Logging]', 'LogFile=/mnt/sesman.log', 'LogLevel=INFO', 'EnableSyslog=false'],
    ...['[Xorg]', 'param=/usr/lib/xorg/Xorg', 'param=-config', 'param=xrdp/xorg.conf', 'param=-noreset'],
    ...['param=-nolisten', 'param=tcp', 'param=-logfile', 'param=.xorgxrdp.%s.log'],
    ...['[Chansrv]', 'EnableFuseMount=false', ''],
  ].join('\n');
}

/** Laid over the system's inside: two accounts, and only the test's can sign in. */
export const accounts = (user: string, passwordHash: string): Readonly<Record<string, string>> => ({
  passwd: `root:x:0:0:root:/root:/bin/sh\n${user}:x:${testUser.uid}:${testUser.uid}::${testUser.home}:/bin/sh\n`,
  shadow: `root:*:19000:0:99999:7:::\n${user}:${passwordHash}:19000:0:99999:7:::\n`,
  group: `root:x:0:\ntty:x:5:\nxrdp:x:64502:\n${user}:x:${testUser.uid}:\n`,
});

/** No module that speaks to systemd, dbus or the audit system, none of which is there. */
export const pamService = [
  ...['auth required pam_unix.so', 'account required pam_unix.so', 'password required pam_deny.so'],
  ...['session required pam_unix.so', ''],
].join('\n');

export type Encoder = 'x264' | 'openh264' | 'progressive';

/** xrdp 0.10's choice of the graphics channel's codec, read anew for each connection. @param stock the package's file */
export function gfxToml(stock: string, encoder: Encoder): string {
  const order = encoder === 'progressive' ? '"RFX"' : '"H.264", "RFX"';
  const kept = stock.split('\n').filter((line) => !/^\s*(order|h264_encoder)\s*=/.test(line));
  const chosen = [`order = [ ${order} ]`];
  if (encoder !== 'progressive') chosen.push(`h264_encoder = "${encoder === 'x264' ? 'x264' : 'OpenH264'}"`);
  const at = kept.findIndex((line) => line.trim() === '[codec]') + 1;
  return [...kept.slice(0, at), ...chosen, ...kept.slice(at)].join('\n');
}
