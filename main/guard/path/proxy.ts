import type { Address } from '#contract/wire/enrol.ts';

const usualPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };
/** RFC 1928 §3; also what curl takes where nothing is said. */
const socksPort = 1080;

/** @param text a proxy as settings write it: `http://name:secret@host:port`, or `host:port`. Name and secret are dropped. */
export function proxyOf(text: string): Address | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (!URL.canParse(url)) return null;
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  // A URL may have stranger hosts than a name or an address can be.
  if (!/^[\w.:%-]+$/.test(host)) return null;
  return { host, port: port === '' ? (usualPorts[protocol] ?? socksPort) : Number(port) };
}

/** Windows keeps one for all, `host:port`, or one a protocol: `http=host:port;https=host:port`. */
export function windowsProxies(text: string): Address[] {
  return text.split(';').flatMap((part) => proxyOf(part.replace(/^\s*[a-z]+=/i, '')) ?? []);
}

/** @param listing of `gsettings list-recursively org.gnome.system.proxy`. */
export function gnomeProxies(listing: string): Address[] {
  const values = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [, group = '', key = '', value = ''] =
      /^org\.gnome\.system\.proxy(\.\w+)? ([\w-]+) (.*)$/.exec(line.trim()) ?? [];
    values.set(`${group}${group === '' ? '' : ' '}${key}`.replace(/^\./, ''), value.replace(/^'(.*)'$/, '$1'));
  }
  const mode = values.get('mode');
  if (mode === 'auto') return [proxyOf(values.get('autoconfig-url') ?? '') ?? []].flat();
  if (mode !== 'manual') return [];
  return ['https', 'http', 'socks', 'ftp'].flatMap((kind) => {
    const host = values.get(`${kind} host`) ?? '';
    const port = Number(values.get(`${kind} port`));
    return host !== '' && port >= 1 && port <= 65_535 ? [{ host, port }] : [];
  });
}
