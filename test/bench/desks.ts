import { randomBytes } from 'node:crypto';
import { ensureSuiteRoot, startShadow3 } from '#test/fakes/rdp/chroot.ts';
import { type Shadow, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { startXtigervnc } from '#test/fakes/xtigervnc.ts';
import { screenSize } from './displays.ts';

/** Xtigervnc, and FreeRDP's shadow server of this system (RemoteFX) or version 3 (H.264, in a root of Debian trixie). */
export const deskNames = ['vnc', 'shadow', 'shadow3'] as const;
export type DeskName = (typeof deskNames)[number];

export type RdpAccount = Readonly<{ user: string; password: string }>;

/** The desk under test. */
export type BenchDesk = Readonly<{
  port: number;
  display: string;
  /** Of the server, where this process sees it. */
  pids: readonly number[];
  /** Who signs in to a desk of RDP, by NLA; null for VNC, where nobody is asked. */
  account: RdpAccount | null;
  log(): string;
  stop(): Promise<void>;
}>;

/** @param frameRate Xtigervnc's limit of updates a second; the others have their own */
export async function startDesk(name: DeskName, frameRate: number): Promise<BenchDesk> {
  if (name === 'vnc') {
    const desk = await startXtigervnc({
      geometry: `${screenSize.width}x${screenSize.height}`,
      extra: ['-FrameRate', String(frameRate), '-AlwaysShared', '-Log', '*:stderr:30'],
    });
    return { ...desk, pids: [desk.pid], account: null, stop: () => desk.stop() };
  }
  const account = { user: 'bench', password: randomBytes(9).toString('base64url') };
  const options = { security: 'nla', ...account, ...screenSize } as const;
  const shadow = name === 'shadow' ? await startShadow(options) : await startTrixie(options);
  return { ...shadow, pids: [], account };
}

async function startTrixie(options: Parameters<typeof startShadow>[0]): Promise<Shadow> {
  const root = await ensureSuiteRoot('trixie');
  if (root === null) throw new Error('FreeRDP 3 cannot be had here');
  return startShadow3(root, options);
}
