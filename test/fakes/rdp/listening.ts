import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux: the addresses, in the kernel's own hexadecimal, that something listens at on a TCP port. Connects to nothing. */
export async function listeningAddresses(port: number): Promise<readonly string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hex}`))
    .map(([, local]) => local!.slice(0, -hex.length - 1));
}

/** 127.0.0.1 as /proc/net/tcp writes it, the same mapped into IPv6, and ::1. */
export const loopbackAddresses: readonly string[] = [
  '0100007F',
  '0000000000000000FFFF00000100007F',
  '00000000000000000000000001000000',
];

/** @throws Error with what `log` says when nothing listens at the port in time, or `ended` says that it never will */
export async function untilListening(
  port: number,
  server: Readonly<{ name: string; log: () => string; ended: () => boolean }>,
  limitMs = 30_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while ((await listeningAddresses(port)).length === 0) {
    if (server.ended() || Date.now() > end) {
      throw new Error(`${server.name} does not listen: ${server.log().split('\n').slice(-8).join(' | ')}`);
    }
    await sleep(50);
  }
}
