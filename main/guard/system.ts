import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open, opendir, readlink, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * The laptop's system as the guard may look at it: read-only, and all below one root, so that a test can put a made-up
 * system in its place. On a real laptop the root is `/`.
 */
export type System = Readonly<{
  platform: NodeJS.Platform;
  root: string;
  /** UTF-8 text of a file, at most 1 MiB of it; null when it is not there or not readable. */
  read(path: string): Promise<string | null>;
  /** Names in a folder; null when it is not there or not readable. */
  list(path: string): Promise<readonly string[] | null>;
  /** Where a symbolic link leads, as it is written; null when it is none. */
  link(path: string): Promise<string | null>;
  /** ms since 1970; null when it is not there. */
  modified(path: string): Promise<number | null>;
  /** Runs a program by its absolute path, with no shell, no input and the C locale. */
  run(program: string, args: readonly string[], timeoutMs?: number): Promise<Ran>;
}>;

/** Where kitting leaves what is for the whole laptop; only administrators write there. Never from the environment. */
export function systemFolder({ platform, root }: System): string {
  return platform === 'win32' ? 'C:\\ProgramData\\Hanare' : join(root, 'etc/hanare');
}

/** `code` null: it could not be started, or took too long. */
export type Ran = Readonly<{ code: number | null; stdout: string; stderr: string }>;

const mostBytes = 1024 * 1024;
const usualTimeoutMs = 8_000;

/** Of the person who is signed in, as the system has it written down: HOME may be set to a folder that is as it should be. */
export function homeFolder(): string {
  try {
    return userInfo().homedir;
  } catch {
    // An account that the system does not know just now.
    return '/';
  }
}

const passedOn = [
  ...['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR'],
  ...[
    'SystemDrive',
    'ProgramData',
    'ProgramFiles',
    'USERPROFILE',
    'APPDATA',
    'LOCALAPPDATA',
    'USERNAME',
    'TEMP',
    'TMP',
  ],
];

/**
 * For programs that are asked about the system: what they need, and nothing else of what a person may set. LD_PRELOAD,
 * GSETTINGS_BACKEND, XDG_CONFIG_HOME, COR_PROFILER or PSModulePath would let anybody choose their answers.
 */
export function childEnvironment(): Record<string, string> {
  const passed = passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const own =
    process.platform === 'win32'
      ? { SystemRoot: 'C:\\Windows', windir: 'C:\\Windows', PATH: 'C:\\Windows\\System32' }
      : { HOME: homeFolder(), PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  return { ...(Object.fromEntries(passed) as Record<string, string>), ...own, LC_ALL: 'C' };
}

/** Never waits (for the writer of a pipe, say), and never takes in more than it gives out. */
async function readStart(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const pieces: Buffer[] = [];
    for (let left = mostBytes; left > 0; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, 65_536)), 0, null, null);
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    await file.close();
  }
}

export function openSystem(root = '/', platform: NodeJS.Platform = process.platform): System {
  const at = (path: string) => (root === '/' ? path : join(root, path));
  const orNull = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);
  return {
    platform,
    root,
    read: (path) => orNull(readStart(at(path))),
    list: (path) => orNull(namesIn(at(path))),
    link: (path) => orNull(readlink(at(path))),
    modified: async (path) => (await orNull(stat(at(path))))?.mtimeMs ?? null,
    run: (program, args, timeoutMs = usualTimeoutMs) =>
      new Promise((resolve) => {
        const options = {
          timeout: timeoutMs,
          killSignal: 'SIGKILL',
          maxBuffer: mostBytes,
          windowsHide: true,
          env: childEnvironment(),
        } as const;
        execFile(at(program), [...args], options, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
          resolve({ code, stdout, stderr });
        });
      }),
  };
}

/** By opendir and not readdir: the latter does not see the sysfs that umockdev pretends. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of await opendir(folder, { bufferSize: 256 })) names.push(entry.name);
  return names;
}
