import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { callSecretService, canStoreSecrets, loginCollection } from './secret-service.ts';

/** A real Secret Service of one's own, for tests and for a machine where none runs. */
export type Keyring = Readonly<{
  /** To be added to the environment of what shall use it. */
  env: Readonly<{ DBUS_SESSION_BUS_ADDRESS: string }>;
  /** As when the screen locks on a desktop that locks the keyring with it. */
  lock(): Promise<void>;
  unlock(): Promise<void>;
  stop(): Promise<void>;
}>;

/** No service folders: the bus starts nothing by itself, so nothing outlives it and nobody is ever asked anything. */
const busConfig = (socket: string) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
const startLimitMs = 15_000;
/** sockaddr_un (unix(7)): 108 bytes with the closing zero. */
const longestSocketPath = 107;

/**
 * Starts a D-Bus daemon and a gnome-keyring-daemon with an open login keyring; neither touches anything outside `folder`.
 * @param folder of one's own, short enough for Unix sockets; the caller removes it after `stop`.
 * @throws Error with what the daemons said when they do not start
 */
export async function startKeyring(folder: string): Promise<Keyring> {
  const [home, runtime] = [join(folder, 'home'), join(folder, 'run')];
  const control = join(runtime, 'keyring', 'control');
  if (Buffer.byteLength(control) > longestSocketPath) throw new Error(`the path is too long for sockets: ${folder}`);
  for (const path of [home, runtime]) await mkdir(path, { recursive: true, mode: 0o700 });
  const config = join(folder, 'bus.conf');
  await writeFile(config, busConfig(join(folder, 'bus')));
  const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` };
  const own: NodeJS.ProcessEnv = {
    ...withoutDesktop(process.env),
    ...env,
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  const password = randomBytes(16).toString('hex');
  const daemons: Daemon[] = [];
  const stop = async () => {
    for (const daemon of daemons.splice(0).reverse()) await daemon.end();
  };
  try {
    const options = [`--config-file=${config}`, '--nofork', '--nopidfile', '--nosyslog', '--print-address=1'];
    const bus = startDaemon('dbus-daemon', options, own);
    daemons.push(bus);
    await bus.firstLine;
    const keyring = startDaemon('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], own);
    daemons.push(keyring);
    keyring.child.stdin!.end(password);
    await usable(own, keyring);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env,
    lock: async () => {
      const method = 'org.freedesktop.Secret.Service.Lock';
      await callSecretService(own, '/org/freedesktop/secrets', method, `['${loginCollection}']`);
    },
    unlock: () => unlockBySocket(control, password),
    stop,
  };
}

/** Without a way to a screen: a daemon that wants to ask something must fail instead of putting up a window. */
function withoutDesktop({ DISPLAY, WAYLAND_DISPLAY, GNOME_KEYRING_CONTROL, ...rest }: NodeJS.ProcessEnv) {
  return rest;
}

async function usable(env: NodeJS.ProcessEnv, daemon: Daemon): Promise<void> {
  for (const end = performance.now() + startLimitMs; !(await canStoreSecrets(env)); await sleep(50)) {
    if (daemon.over() || performance.now() > end) throw new Error(`no keyring: ${daemon.said().join(' | ')}`);
  }
}

type Daemon = Readonly<{
  child: ChildProcess;
  /** Rejects when it ends without a word. */
  firstLine: Promise<string>;
  said(): readonly string[];
  over(): boolean;
  end(): Promise<void>;
}>;

function startDaemon(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Daemon {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      lines.push(error.message);
      resolve();
    });
  }).then(() => {
    over = true;
  });
  // It may end before it has read what it is given; that shows as its end.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const output = createInterface({ input: child.stdout });
  const firstLine = Promise.race([
    once(output, 'line').then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error(`${command} ended: ${lines.join(' | ')}`))),
  ]);
  firstLine.catch(() => undefined);
  return {
    child,
    firstLine,
    said: () => lines,
    over: () => over,
    end: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/**
 * Opens the login keyring as PAM does at login, without a question: gnome-keyring's control socket takes a byte by which
 * the kernel names the peer, then `length, operation, password` (daemon/control/gkd-control-codes.h), big-endian.
 */
async function unlockBySocket(path: string, password: string): Promise<void> {
  const text = Buffer.from(password);
  const head = Buffer.alloc(13);
  const unlock = 1;
  head.writeUInt32BE(12 + text.length, 1);
  head.writeUInt32BE(unlock, 5);
  head.writeUInt32BE(text.length, 9);
  const socket = connect(path);
  socket.end(Buffer.concat([head, text]));
  const answer: Buffer[] = [];
  for await (const piece of socket) answer.push(piece as Buffer);
  // `length, result`; 0 is done, 1 denied, 2 failed, 3 no daemon.
  const result = Buffer.concat(answer);
  if (result.length !== 8 || result.readUInt32BE(4) !== 0) throw new Error('the keyring would not open');
}
