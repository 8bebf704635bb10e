import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { certificateFileSha256, writeCertificate } from './certificate.ts';
import { freeDisplayNumber } from './display.ts';
import { untilListening } from './listening.ts';
import { type Namespace, noNamespace, startNamespace } from './namespace.ts';
import {
  accounts,
  type Encoder,
  gfxToml,
  pamService,
  sesmanIni,
  testUser,
  type XrdpDesk,
  xrdpIni,
} from './xrdp-files.ts';

export type XrdpOptions = Readonly<{
  desk: XrdpDesk;
  security?: 'tls' | 'rdp' | 'negotiate';
  /** Only of 0.10. */
  encoder?: Encoder;
  /** Without them it takes no other size during a session. Default: yes. */
  dynamicChannels?: boolean;
  /** Its session waits for the next client when one leaves. Default: no. */
  staysDisconnected?: boolean;
}>;

export type Xrdp = Readonly<{
  port: number;
  /** For $DISPLAY, by its abstract socket, of the desk `xorg` once somebody has signed in; null of `vnc`. */
  display: string | null;
  /** A folder that the session of the desk `xorg` sees as /mnt/shared, and may write to. */
  shared: string;
  /** For $XAUTHORITY, once somebody has signed in; null of `vnc`. */
  authority: string | null;
  certificateSha256(): string;
  /** Another certificate, met by every connection from now on. */
  newCertificate(): Promise<void>;
  /** Everything xrdp and its session manager have written. */
  log(): string;
  stop(): Promise<void>;
}>;

/** What a session draws when it is not told otherwise: xterm with some lines a second, for a still screen sends nothing. */
const movingSession = `exec xterm -fn fixed -geometry 100x30+20+20 -e sh -c 'while :; do date +%N; sleep 0.1; done'`;

/** @param root another system's folder. @returns why xrdp cannot be started; null when it can. */
export function noXrdp(root = '/'): string | null {
  const missing = ['usr/sbin/xrdp', 'usr/sbin/xrdp-sesman', 'usr/lib/xorg/modules/libxorgxrdp.so'].filter(
    (path) => !existsSync(join(root, path)),
  );
  if (missing.length > 0) return `not installed: ${missing.map((path) => `/${path}`).join(', ')}`;
  return noNamespace();
}

/**
 * xrdp with its session manager where the desk needs one, on loopback only, without systemd or dbus. It sees its own
 * /etc/xrdp, its own accounts and an empty /tmp and /run; this system's are not touched. Needs root.
 * @param root another system's folder, for another version
 */
export async function startXrdp(options: XrdpOptions, root = '/'): Promise<Xrdp> {
  const { desk, security = 'tls', encoder, dynamicChannels = true, staysDisconnected = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hanare-xrdp-'));
  let inside: Namespace | undefined;
  const stop = async () => {
    await inside?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const etc = join(folder, 'xrdp');
    // Keymaps, fonts and the keys of standard RDP security come from the package.
    await cp(join(root, 'etc/xrdp'), etc, { recursive: true, filter: (path) => !/\.(pem|key)$/.test(path) });
    const port = await freePort();
    const display = desk.kind === 'xorg' ? await freeDisplayNumber(30, 59) : null;
    const newGeneration = existsSync(join(etc, 'gfx.toml'));
    const sesman = { port: newGeneration ? null : await freePort() };
    const newCertificate = async () => {
      const [certificate, key] = [join(folder, 'new.pem'), join(folder, 'new.key')];
      await writeCertificate(certificate, key);
      await writeFile(join(etc, 'desk.key'), await readFile(key), { mode: 0o600 });
      await writeFile(join(etc, 'desk.pem'), await readFile(certificate));
    };
    await newCertificate();
    await writeFile(join(etc, 'xrdp.ini'), xrdpIni({ port, security, desk, sesman, dynamicChannels }));
    await writeFile(join(etc, 'sesman.ini'), sesmanIni({ sesman, display: display ?? 10, staysDisconnected }));
    if (encoder && newGeneration) {
      const stock = await readFile(join(etc, 'gfx.toml'), 'utf8');
      await writeFile(join(etc, 'gfx.toml'), gfxToml(stock, encoder));
    }
    if (desk.kind === 'xorg') await writeSession(folder, desk);
    const shared = join(folder, 'shared');
    await mkdir(shared);
    await chmod(shared, 0o777);
    // The session's user comes past, and sees nothing else.
    await chmod(folder, 0o711);
    inside = await startNamespace({ root, folder, script: script(desk.kind === 'xorg') });
    const { log: output, ended, path } = inside;
    // What they write to a pipe they keep back until it is much.
    const log = () =>
      [output(), ...['xrdp.log', 'sesman.log'].map((name) => readIfThere(join(folder, name)))].join('\n');
    await untilListening(port, { name: 'xrdp', log, ended });
    return {
      port,
      display: display === null ? null : `:${display}`,
      authority: display === null ? null : path(join(testUser.home, '.Xauthority')),
      shared,
      certificateSha256: () => certificateFileSha256(join(etc, 'desk.pem')),
      newCertificate,
      log,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const readIfThere = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

async function writeSession(folder: string, desk: Extract<XrdpDesk, { kind: 'xorg' }>): Promise<void> {
  const hash = await new Promise<string>((resolve, reject) => {
    const child = execFile('openssl', ['passwd', '-6', '-stdin'], (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
    child.stdin?.end(`${desk.password}\n`);
  });
  await mkdir(join(folder, 'etc'));
  for (const [name, text] of Object.entries({ ...accounts(desk.user, hash), pam: pamService })) {
    await writeFile(join(folder, 'etc', name), text, { mode: name === 'shadow' ? 0o600 : 0o644 });
  }
  const session = `#!/bin/sh\n${desk.session ?? movingSession}\n`;
  await writeFile(join(folder, 'xrdp/startwm.sh'), session, { mode: 0o755 });
}

const script = (sessions: boolean) => `
mount --bind "$folder/xrdp" "$root/etc/xrdp"
mkdir -m 755 "$root/run/xrdp"
${
  sessions
    ? `
for name in passwd shadow group; do mount --bind "$folder/etc/$name" "$root/etc/$name"; done
mount --bind "$folder/etc/pam" "$root/etc/pam.d/xrdp-sesman"
mkdir -m 700 "$root${testUser.home}"
chown ${testUser.uid}:${testUser.uid} "$root${testUser.home}"
if [ -e "$root/usr/share/xrdp/socksetup" ]; then inside sh -c '. /usr/share/xrdp/socksetup'; fi
inside /usr/sbin/xrdp-sesman -n &`
    : ''
}
inside /usr/sbin/xrdp -n &
wait`;
