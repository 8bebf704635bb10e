import { readFile } from 'node:fs/promises';
import { startChild } from '../children.ts';

type Display = Readonly<{ name: string; number: number; stop(): Promise<void> }>;

/** An Xvfb of its own, at a display number that it picks itself. @param session a command that draws something in it */
export async function startDisplay(
  size: Readonly<{ width: number; height: number }>,
  session?: readonly string[],
): Promise<Display> {
  const screen = `${size.width}x${size.height}x24`;
  const server = startChild('Xvfb', [
    ...['-displayfd', '1', '-screen', '0', screen, '-nolisten', 'tcp', '-ac', '-noreset'],
  ]);
  try {
    const [, digits] = await server.line(/^(\d+)$/, 20_000);
    const name = `:${digits}`;
    const [command, ...args] = session ?? [];
    const drawing = command === undefined ? undefined : startChild(command, args, { env: { DISPLAY: name } });
    const stop = async () => {
      await drawing?.stop();
      await server.stop();
    };
    return { name, number: Number(digits), stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * A display number for a server that cannot pick one itself: nothing listens at its socket, abstract ones included, which
 * belong to the network namespace and so are met even where /tmp is another.
 */
export async function freeDisplayNumber(from: number, to: number): Promise<number> {
  const sockets = await readFile('/proc/net/unix', 'utf8');
  const taken = new Set([...sockets.matchAll(/\/tmp\/\.X11-unix\/X(\d+)$/gm)].map(([, digits]) => Number(digits)));
  const free = Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((number) => !taken.has(number));
  // Not the first: the display starts when somebody signs in, and another run may look for a number before that.
  const number = free[Math.floor(Math.random() * free.length)];
  if (number === undefined) throw new Error(`no display number from ${from} to ${to} is free`);
  return number;
}
