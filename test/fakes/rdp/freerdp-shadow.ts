import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../children.ts';
import { freePort } from '../free-port.ts';
import { certificateFileSha256 } from './certificate.ts';
import { startDisplay } from './display.ts';
import { untilListening } from './listening.ts';
import { startNamespace } from './namespace.ts';
import { samLine } from './sam.ts';

export type ShadowOptions = Readonly<{
  /** `nla` asks for the password below; `tls` alone signs nobody in. */
  security: 'nla' | 'tls';
  user: string;
  password: string;
  width: number;
  height: number;
  /** A command that draws in the display; a still screen sends nothing. */
  session?: readonly string[];
}>;

export type Shadow = Readonly<{
  port: number;
  /** For $DISPLAY. */
  display: string;
  certificateSha256(): string;
  /** Starts the server again, at the same port, with a certificate that it has just made: what an attacker looks like. */
  newCertificate(): Promise<void>;
  /** Everything the server has written since it was last started. */
  log(): string;
  stop(): Promise<void>;
}>;

type Server = Readonly<{ log(): string; ended(): boolean; stop(): Promise<void> }>;

/** A FreeRDP shadow server that is not in this system: another suite's, in a root of its own. */
type Elsewhere = Readonly<{ root: string; command: string }>;

/** @returns why there is no server of this system's own; null when there is one. */
export function noShadow(): string | null {
  if (process.platform !== 'linux') return 'FreeRDP shadow runs on Linux here';
  const missing = ['freerdp-shadow-cli', 'Xvfb'].filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : null;
}

/**
 * FreeRDP's shadow server in front of an Xvfb of its own, on loopback only, with all its files in a folder of its own.
 * @param elsewhere needs root
 */
export async function startShadow(options: ShadowOptions, elsewhere?: Elsewhere): Promise<Shadow> {
  const { security, user, password, width, height, session } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hanare-shadow-'));
  const display = await startDisplay({ width, height }, session).catch(async (error) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const config = join(folder, 'config');
  let server: Server | undefined;
  const stop = async () => {
    await server?.stop();
    await display.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(join(folder, 'sam'), samLine(user, password), { mode: 0o600 });
    const port = await freePort();
    const start = async () => {
      await mkdir(config, { mode: 0o700, recursive: true });
      const at = elsewhere ? '/mnt' : folder;
      const args = [
        ...['/bind-address:127.0.0.1', `/port:${port}`, `/sam-file:${at}/sam`, `/sec:${security}`],
        // Without this a client of plain TLS would be asked for a password of this very system.
        ...(security === 'tls' ? ['-auth'] : []),
      ];
      const env = { DISPLAY: display.name, HOME: `${at}/config`, XDG_CONFIG_HOME: `${at}/config` };
      server = elsewhere
        ? await startInRoot(elsewhere, folder, args, env)
        : startOnHost('freerdp-shadow-cli', args, env);
      const { log, ended } = server;
      await untilListening(port, { name: 'freerdp-shadow', log, ended });
    };
    await start();
    return {
      port,
      display: display.name,
      certificateSha256: () => certificateFileSha256(certificateIn(config)),
      newCertificate: async () => {
        await server?.stop();
        await rm(config, { recursive: true, force: true });
        await start();
      },
      log: () => server?.log() ?? '',
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each version of FreeRDP has another name for the folder; none has two certificates. */
function certificateIn(folder: string): string {
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.crt'));
  if (name === undefined) throw new Error('the shadow server has made no certificate');
  return join(folder, name);
}

function startOnHost(command: string, args: readonly string[], env: Record<string, string>): Server {
  const child = startChild(command, args, { env });
  return { log: child.output, ended: () => !existsSync(`/proc/${child.pid}`), stop: () => child.stop() };
}

/** The X server stays outside: only its socket is shown. */
function startInRoot(
  elsewhere: Elsewhere,
  folder: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Server> {
  const script = `
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
inside ${elsewhere.command} ${args.join(' ')} &
wait`;
  return startNamespace({ root: elsewhere.root, folder, script, env });
}
