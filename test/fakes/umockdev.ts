import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from './children.ts';

/** What can be plugged in; test/fakes/umockdev-bed.py says what each is. */
export type PlugKind =
  | 'stick'
  | 'uas'
  | 'mtp'
  | 'card'
  | 'keyboard'
  | 'hub'
  | 'webcam'
  | 'reader'
  | 'blocked'
  | 'hostile';

export type UmockdevBed = Readonly<{
  /** For every process that is to see this bus, at any time and in any number: its children see it too. */
  env: Readonly<{ UMOCKDEV_DIR: string; LD_PRELOAD: string }>;
  /** Done when sysfs shows it and its events are sent. */
  plug(kind: PlugKind): Promise<void>;
  unplug(kind: PlugKind): Promise<void>;
  /** Puts a card into the reader, or takes it out. */
  fill(kind: 'reader'): Promise<void>;
  empty(kind: 'reader'): Promise<void>;
  stop(): Promise<void>;
}>;

/** Debian's packages that it needs. */
export const umockdevPackages = ['umockdev', 'python3-gi', 'gir1.2-umockdev-1.0', 'udev'] as const;

const script = fileURLToPath(new URL('./umockdev-bed.py', import.meta.url));
const library = 'libumockdev-preload.so.0';

/**
 * A pretended USB bus. It needs no root and touches nothing of the machine.
 *
 *     const bed = await startUmockdevBed();
 *     const app = startChild(program, args, { env: bed.env });
 *     await bed.plug('stick');
 *     …
 *     await bed.stop();
 */
export async function startUmockdevBed(): Promise<UmockdevBed> {
  // The bed ends with its input, so also when this process is killed; pipe 3 is the one that startChild can give it.
  const command = 'exec umockdev-wrapper /usr/bin/python3 "$0" <&3 3<&-';
  const child = startChild('/bin/sh', ['-c', command, script], { morePipes: 1 });
  const input = child.pipe(3);
  // When the bed has died, whoever asks it for something next is told why.
  input.on('error', () => undefined);
  let folder: string | undefined;
  const stop = async () => {
    // No line matches: this waits for its end.
    const ended = child.line(/^(?!)/, 5_000).catch(() => undefined);
    input.end();
    await ended;
    await child.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  };
  try {
    folder = (await child.line(/^ready (\S+)$/, 20_000))[1]!;
  } catch (error) {
    await stop();
    throw error;
  }
  const others = process.env.LD_PRELOAD ? [process.env.LD_PRELOAD] : [];
  let count = 0;
  async function tell(verb: string, kind: PlugKind): Promise<void> {
    count += 1;
    input.write(`${count} ${verb} ${kind}\n`);
    const [answer] = await child.line(new RegExp(`^(done|failed) ${count}\\b.*$`), 10_000);
    if (answer.startsWith('failed')) throw new Error(`${verb} ${kind}: ${answer}`);
  }
  return {
    env: { UMOCKDEV_DIR: folder, LD_PRELOAD: [library, ...others].join(':') },
    plug: (kind) => tell('plug', kind),
    unplug: (kind) => tell('unplug', kind),
    fill: (kind) => tell('fill', kind),
    empty: (kind) => tell('empty', kind),
    stop,
  };
}
