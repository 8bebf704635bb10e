import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { parseCode } from '#contract/identity/code.ts';
import { deskClassSchema } from '#contract/policy/policy.ts';
import {
  type DeskProtocol,
  deskProtocols,
  type OtpMethod,
  otpMethods,
  type RdpSecurity,
  rdpSecurities,
} from '#contract/wire/messages.ts';

/* Parsers of command-line values; each throws InvalidArgumentError, which commander shows as a usage error. */

/** Takes an optional value away. */
const none = 'none';

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

export function parseSecurity(text: string): RdpSecurity {
  const security = rdpSecurities.find((known) => known === text);
  if (security === undefined) throw new InvalidArgumentError(`Use one of: ${rdpSecurities.join(', ')}.`);
  return security;
}

/** As other programs show it, with colons and in either case. @returns lower-case hex. */
export function parseCertificate(text: string): string {
  const sha256 = text.toLowerCase().replaceAll(':', '');
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new InvalidArgumentError('Use the SHA-256 fingerprint of its certificate: 64 hexadecimal digits.');
}

export function parseDeskClass(text: string): string {
  // The word takes a class away where one may be set.
  if (text !== none && v.is(deskClassSchema, text)) return text;
  throw new InvalidArgumentError('Use 1 to 32 small letters, digits or "-", beginning with a letter or digit.');
}

/** @returns lower case with colons. */
export function parseMac(text: string): string {
  const mac = text.toLowerCase().replaceAll('-', ':');
  // A group's address (lowest bit of the first byte), or none at all, is nobody's card.
  const isCard = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/.test(mac) && mac !== '00:00:00:00:00:00';
  if (isCard) return mac;
  throw new InvalidArgumentError('Use the address of its network card, like 00:1b:44:11:3a:b7.');
}

/** @returns `host:port` as formatAddress writes it. */
export function parseWakeTo(text: string): string {
  return formatAddress(parseAddress(text));
}

/** Takes the word "none", too. A word and not null: commander takes null for an option without a value. */
export function orNone<T>(parse: (text: string) => T): (text: string) => T | typeof none {
  return (text) => (text === none ? none : parse(text));
}

/** What `orNone` gave, for the store. */
export function noneAsNull<T>(value: T | typeof none): T | null {
  return value === none ? null : (value as T);
}

export function parseMethod(text: string): OtpMethod {
  const method = otpMethods.find((known) => known === text);
  if (method === undefined) throw new InvalidArgumentError(`Use one of: ${otpMethods.join(', ')}.`);
  return method;
}

/** Name of one of several serving processes; it becomes a part of a file's name. */
export function parseReplica(text: string): string {
  if (/^[A-Za-z0-9][\w-]{0,31}$/.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 32 letters, digits, "_" or "-", beginning with a letter or digit.');
}

export function parseHours(text: string): number {
  const hours = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (hours >= 1 && hours <= 720) return hours;
  throw new InvalidArgumentError('Use 1 to 720 hours.');
}

export function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('Use 1 to 3600 seconds.');
}

export function parseCount(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new InvalidArgumentError('Use a number from 1 to 999999.');
}

/** @returns the last millisecond of that day on this computer's clock, since 1970. */
export function parseDate(text: string): number {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (year !== undefined && month !== undefined && day !== undefined) {
    const end = new Date(year, month - 1, day, 23, 59, 59, 999);
    // The 31st of a month with 30 days would be the next month's 1st.
    if (end.getFullYear() === year && end.getMonth() === month - 1 && end.getDate() === day) return end.getTime();
  }
  throw new InvalidArgumentError('Use a date as YYYY-MM-DD.');
}

export const parseDateOrNone = orNone(parseDate);

/** What a locked laptop shows. @returns it bare. */
export function parseChallenge(text: string): string {
  const code = parseCode('challenge', text);
  if (code === undefined) throw new InvalidArgumentError('This is not what a laptop shows; have it read out again.');
  return code;
}
