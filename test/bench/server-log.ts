/** What Xtigervnc's log says of one connection after it has closed: the same source of bytes for every viewer. */
export type ServerTotals = Readonly<{ updates: number; bytes: number; jpegBytes: number }>;

const units: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const bytesIn = (line: string): number | undefined => {
  const match = line.match(/([\d.e+]+) (B|KiB|MiB|GiB) \(1:/);
  return match ? Number(match[1]) * units[match[2]!]! : undefined;
};

/** @returns undefined while the log has no totals yet. */
export function parseServerLog(log: string): ServerTotals | undefined {
  let updates: number | undefined;
  let section = '';
  let bytes: number | undefined;
  let jpegBytes = 0;
  for (const line of log.split('\n')) {
    const text = line.match(/EncodeManager:\s*(.*)/)?.[1];
    if (text === undefined) continue;
    const found = text.match(/^Framebuffer updates: (\d+)/);
    if (found) updates = Number(found[1]);
    if (/^[A-Z][\w ()]*:$/.test(text)) section = text.slice(0, -1);
    else if (text.startsWith('Total:')) section = 'Total';
    const size = bytesIn(text);
    if (size === undefined) continue;
    if (section === 'Total') bytes = size;
    else if (section === 'Tight (JPEG)') jpegBytes += size;
  }
  return updates === undefined || bytes === undefined ? undefined : { updates, bytes, jpegBytes };
}

/** @param log of xrdp with what its X server writes. @returns the codec agreed on with the last client; undefined before. */
export function codecOfXrdp(log: string): string | undefined {
  return [...log.matchAll(/got (\w+) capture/g)].at(-1)?.[1];
}
