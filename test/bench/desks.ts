import { randomBytes } from 'node:crypto';
import { ensureSuiteRoot, startShadow3, startXrdp010 } from '#test/fakes/rdp/chroot.ts';
import { startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import type { Suite } from '#test/fakes/rdp/packages.ts';
import { noXrdp, startXrdp, type Xrdp, type XrdpOptions } from '#test/fakes/rdp/xrdp.ts';
import { startXtigervnc } from '#test/fakes/xtigervnc.ts';
import { screenSize } from './displays.ts';
import { codecOfXrdp } from './server-log.ts';
import { type DeskScreen, screenOfSession } from './session-screen.ts';

/**
 * Xtigervnc; FreeRDP's shadow server of this system (RemoteFX) or version 3 (H.264, in a root of Debian trixie); xrdp with
 * xorgxrdp of this system (RemoteFX) or version 0.10 (H.264 by x264, in a root of Debian sid).
 */
export const deskNames = ['vnc', 'shadow', 'shadow3', 'xrdp09', 'xrdp10'] as const;
export type DeskName = (typeof deskNames)[number];

/** How a viewer gets into a desk of RDP. */
export type RdpAccess = Readonly<{
  user: string;
  password: string;
  security: 'nla' | 'tls';
  /** It makes a screen of the size that the viewer asks for; another has one already. */
  sized: boolean;
}>;

/** The desk under test. */
export type BenchDesk = Readonly<{
  port: number;
  /** Where to draw: with xrdp there once a viewer has signed in. */
  screen(): Promise<DeskScreen>;
  /** Of the server, where this process sees it. */
  pids: readonly number[];
  /** Null for VNC, where nobody is asked. */
  access: RdpAccess | null;
  /** What the server says that it sends, once it does; undefined where it does not say. */
  codec(): string | undefined;
  log(): string;
  stop(): Promise<void>;
}>;

const unsaid = () => undefined;
/** A display that is there from the beginning, and lets in whoever is on this machine. */
const screenAt = (display: string) => async (): Promise<DeskScreen> => ({ DISPLAY: display });

/** @param frameRate Xtigervnc's limit of updates a second; the others have their own */
export async function startDesk(name: DeskName, frameRate: number): Promise<BenchDesk> {
  if (name === 'vnc') {
    const desk = await startXtigervnc({
      geometry: `${screenSize.width}x${screenSize.height}`,
      extra: ['-FrameRate', String(frameRate), '-AlwaysShared', '-Log', '*:stderr:30'],
    });
    const screen = screenAt(desk.display);
    return { ...desk, screen, pids: [desk.pid], access: null, codec: unsaid, stop: () => desk.stop() };
  }
  const account = { user: 'bench', password: randomBytes(9).toString('base64url') };
  if (name === 'xrdp09' || name === 'xrdp10') {
    const desk = await startOneXrdp(name, { ...account, kind: 'xorg', session: 'exec sleep 100000' });
    const screen = () => screenOfSession(desk.display ?? '', desk.authority, screenSize);
    const access = { ...account, security: 'tls', sized: true } as const;
    return { ...desk, screen, pids: [], access, codec: () => codecOfXrdp(desk.log()) };
  }
  const options = { security: 'nla', ...account, ...screenSize } as const;
  const shadow =
    name === 'shadow' ? await startShadow(options) : await startShadow3(await rootOf('trixie', 'FreeRDP 3'), options);
  const access = { ...account, security: 'nla', sized: false } as const;
  return { ...shadow, screen: screenAt(shadow.display), pids: [], access, codec: unsaid };
}

async function startOneXrdp(name: 'xrdp09' | 'xrdp10', desk: XrdpOptions['desk']): Promise<Xrdp> {
  if (name === 'xrdp10') return startXrdp010(await rootOf('sid', 'xrdp 0.10'), { desk, encoder: 'x264' });
  const missing = noXrdp();
  if (missing !== null) throw new Error(`xrdp cannot be had here: ${missing}`);
  return startXrdp({ desk });
}

async function rootOf(suite: Suite, what: string): Promise<string> {
  const root = await ensureSuiteRoot(suite);
  if (root === null) throw new Error(`${what} cannot be had here`);
  return root;
}
