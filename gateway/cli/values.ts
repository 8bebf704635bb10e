import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { type DeskProtocol, deskProtocols } from '#contract/wire/messages.ts';

/* Parsers of command-line values; each throws InvalidArgumentError, which commander shows as a usage error. */

/** An id as contract/wire allows it. */
export function parseId(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or digit.');
}

export function parseName(text: string): string {
  const name = text.trim();
  if (name.length > 0 && name.length <= 100 && !/\p{Cc}/u.test(name)) return name;
  throw new InvalidArgumentError('Use 1 to 100 characters, without line breaks.');
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('Use a port number from 1 to 65535.');
}

/** Like parsePort, but 0 takes any free port. */
export function parseListenPort(text: string): number {
  return text === '0' ? 0 : parsePort(text);
}

export function parseHost(text: string): string {
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
  if (isIP(text) !== 0) return text;
  // A last label of digits only is a mistyped IPv4 address, never a name.
  if (text.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(text) && !/(^|\.)\d+$/.test(text)) return text;
  throw new InvalidArgumentError('Use a host name or an IP address.');
}

/** Gathers a repeatable option. */
export function collectHosts(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), parseHost(text)];
}

/** `host:port`, `1.2.3.4:port` or `[::1]:port`. */
export function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Use HOST:PORT, with an IPv6 address in brackets.');
  return { host: parseHost(match[1] ?? match[2]!), port: parsePort(match[3]!) };
}

export function formatAddress({ host, port }: { host: string; port: number }): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

export function parseProtocol(text: string): DeskProtocol {
  const protocol = deskProtocols.find((known) => known === text);
  if (protocol === undefined) throw new InvalidArgumentError(`Use one of: ${deskProtocols.join(', ')}.`);
  return protocol;
}

export function parseDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Use 1 to 3650 days.');
}
