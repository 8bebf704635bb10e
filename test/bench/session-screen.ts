import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What X clients need in their environment. */
export type DeskScreen = Readonly<{ DISPLAY: string } & Record<string, string>>;

const run = promisify(execFile);
const limitMs = 30_000;

/**
 * Waits for the display that a session manager starts when somebody signs in, and until it has the size that the viewer
 * asked for: it begins with one of its own. @param authorityFile its $XAUTHORITY, where xauth is installed there
 */
export async function screenOfSession(
  display: string,
  authorityFile: string | null,
  size: Readonly<{ width: number; height: number }>,
): Promise<DeskScreen> {
  const wanted = `${size.width}x${size.height} pixels`;
  let said = 'no such display';
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(100)) {
    const env = {
      DISPLAY: display,
      ...(authorityFile !== null && existsSync(authorityFile) ? { XAUTHORITY: authorityFile } : {}),
    };
    try {
      const { stdout } = await run('xdpyinfo', ['-display', display], { env: { ...process.env, ...env } });
      said = stdout.match(/dimensions:\s+(.*)/)?.[1] ?? said;
      if (said.startsWith(wanted)) return env;
    } catch {
      // It is not there yet, or its cookie is not.
    }
  }
  throw new Error(`the session's display is not ${wanted} after ${limitMs} ms: ${said}`);
}
