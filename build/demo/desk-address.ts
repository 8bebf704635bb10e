import { UsageError } from './usage-error.ts';

/** A real desk that the demo shows. `user`: who signs in, where the address says so. */
export type DeskAddress =
  | Readonly<{ protocol: 'vnc'; host: string; port: number }>
  | Readonly<{ protocol: 'rdp'; host: string; port: number; user: string | null; security: 'nla' | 'tls' }>;

const forms = 'vnc://HOST:PORT or rdp://USER@HOST:PORT';
/** Registered with IANA as rfb and ms-wbt-server. */
const ports = { vnc: 5900, rdp: 3389 } as const;

/** @param what the option or command that it was typed for. @throws UsageError */
export function readDeskAddress(text: string, what = '--desk'): DeskAddress {
  const refuse = (because: string): never => {
    throw new UsageError(`${what} wants ${forms}, ${because}`);
  };
  const url = URL.parse(text);
  const isRdp = url?.protocol === 'rdp:';
  if (!url?.hostname || !(isRdp || url.protocol === 'vnc:') || url.port === '0') return refuse(`not “${text}”`);
  // What is typed in a command line stays in the shell's history; it is not quoted back either.
  if (url.password)
    return refuse('without a password: that is asked for in the window, or taken from HANARE_DESK_PASSWORD');
  const protocol = isRdp ? 'rdp' : 'vnc';
  const address = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || ports[protocol]) };
  if (protocol === 'vnc') return { protocol, ...address };
  const security = url.searchParams.get('security') ?? 'nla';
  if (security !== 'nla' && security !== 'tls') return refuse(`with ?security=nla or ?security=tls, not “${security}”`);
  const user = decode(url.username);
  return user === undefined ? refuse(`not “${text}”`) : { protocol, ...address, user: user || null, security };
}

/** As the gateway's commands take it. */
export const hostAndPort = ({ host, port }: Pick<DeskAddress, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** @returns undefined for what is no UTF-8 */
function decode(user: string): string | undefined {
  try {
    return decodeURIComponent(user);
  } catch {
    return undefined;
  }
}
