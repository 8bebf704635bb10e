import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** 127.0.0.0/8 and ::1 (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback(host: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(host) || host === '::1' || host === 'localhost';
}

/** `host:port`, an IPv6 address in brackets. */
export function shown({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @returns the addresses of a host, none where its name leads to none in time. An address is its own. */
export async function addressesOf(host: string, limitMs: number): Promise<readonly string[]> {
  if (isIP(host)) return [host];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((resolve) => {
    timer = setTimeout(() => resolve([]), limitMs);
  });
  const found = lookup(host, { all: true }).then(
    (all) => [...new Set(all.map(({ address }) => address))],
    () => [],
  );
  return Promise.race([found, late]).finally(() => clearTimeout(timer));
}
