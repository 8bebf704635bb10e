import { ensureSuiteRoot, startShadow3, startXrdp010 } from '#test/fakes/rdp/chroot.ts';
import { noShadow, type Shadow, type ShadowOptions, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { noXrdp, startXrdp, type Xrdp, type XrdpOptions } from '#test/fakes/rdp/xrdp.ts';

/** What a desk signs in. Made up for these tests, and good nowhere else. */
export const account = { user: 'tester', password: 'tana-429-hako' } as const;

/** A terminal over much of the screen whose colour says whether what was typed has arrived. */
export const waiting = '#c81e28';
export const heard = '#1e28c8';
const inTerminal = `printf "\\033[?25l"; for i in 1 2 3 4 5 6; do date; ls /; done | head -12; read line; [ "$line" = "moji 12" ] && printf "\\033]11;${heard}\\007\\033[2J"; sleep 1000`;
const terminal = ['xterm', '-fn', 'fixed', '-bg', waiting, '-fg', 'white', '-geometry', '180x50+40+30'];

type Desk = Shadow | Xrdp;
export type RdpDesk = Readonly<{
  title: string;
  security: 'nla' | 'tls';
  /** Why it cannot be started here; null when it can. */
  missing: string | null;
  /** The keycodes that 半角/全角, 変換, 無変換, かな, ￥ and ろ have there; null for one that the server passes to nobody. */
  keycodes: readonly (number | null)[];
  /** The share of pixels that its codec may show more than 48 of 255 off: H.264 halves the resolution of colours. */
  far: number;
  /** It takes the size of the window during a session. */
  resizes: boolean;
  /** With the terminal. */
  start(): Promise<Desk>;
  /** With nothing on its screen. */
  startEmpty(): Promise<Desk>;
}>;

const size = { width: 1280, height: 720 } as const;
const shadowOptions: ShadowOptions = {
  ...account,
  ...size,
  security: 'nla',
  session: [...terminal, '-e', 'sh', '-c', inTerminal],
};
const xrdpOptions: XrdpOptions = {
  desk: {
    ...account,
    kind: 'xorg',
    session: `exec ${terminal.map((word) => `'${word}'`).join(' ')} -e sh -c '${inTerminal}'`,
  },
};

const emptyShadow: ShadowOptions = { ...account, ...size, security: 'nla' };
const emptyXrdp: XrdpOptions = { desk: { ...account, kind: 'xorg', session: 'exec sleep 100000' } };

/** The numbers of XFree86, which xorgxrdp goes by: HZTG, XFER, NFER, HKTG, AE13 and AB11 of its jp106. */
const xfree86 = [49, 129, 131, 120, 133, 211];
/** FreeRDP's shadow server takes every keyboard for an American one (type 4), which has no such keys. */
const shadowKeys = [49, null, null, null, null, 97];

/** The four servers, oldest first. The newer two are made from Debian's archive the first time, which takes a minute. */
export async function rdpDesks(): Promise<readonly RdpDesk[]> {
  const [trixie, sid] = [await ensureSuiteRoot('trixie'), await ensureSuiteRoot('sid')];
  const shadow3 = (options: ShadowOptions) => startShadow3(trixie ?? '', options);
  const xrdp010 = (options: XrdpOptions) => startXrdp010(sid ?? '', { ...options, encoder: 'x264' });
  return [
    {
      ...{
        title: 'freerdp-shadow-2',
        security: 'nla',
        missing: noShadow(),
        keycodes: shadowKeys,
        far: 0.006,
        resizes: false,
      },
      start: () => startShadow(shadowOptions),
      startEmpty: () => startShadow(emptyShadow),
    },
    {
      ...{ title: 'xrdp-0.9', security: 'tls', missing: noXrdp(), keycodes: xfree86, far: 0.001, resizes: true },
      start: () => startXrdp(xrdpOptions),
      startEmpty: () => startXrdp(emptyXrdp),
    },
    {
      ...{ title: 'freerdp-shadow-3', security: 'nla', missing: trixie === null ? 'no root of trixie' : null },
      ...{ keycodes: shadowKeys, far: 0.006, resizes: false },
      start: () => shadow3(shadowOptions),
      startEmpty: () => shadow3(emptyShadow),
    },
    {
      ...{ title: 'xrdp-0.10-h264', security: 'tls', missing: sid === null ? 'no root of sid' : null },
      ...{ keycodes: xfree86, far: 0.03, resizes: true },
      start: () => xrdp010(xrdpOptions),
      startEmpty: () => xrdp010(emptyXrdp),
    },
  ];
}
