import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type DeskAddress, readDeskAddress } from './desk-address.ts';
import { UsageError } from './usage-error.ts';

export const demoHelp = `npm run demo -- [options]

Starts an embedded office (gateway, user, desk PC) on this machine's loopback, a demo laptop and the app,
signs in and shows the office PC's screen. Everything it makes is gone when it ends.

  --desk vnc://HOST:PORT  show a real VNC desk instead of the built-in one
  --desk rdp://USER@HOST:PORT
                          or a real RDP desk; with ?security=tls one without network level authentication (xrdp).
                          A desk's password is asked for in the window, or taken from HANARE_DESK_PASSWORD
  --lang ja|en            language of the app and of the demo desk (default ja)
  --headless              no window (the default where there is no display)
  --seconds N             end by itself after N seconds (headless: 20)
  --screenshot FILE       save a picture of the app (headless: hanare-demo.png)
  --json FILE             save what was measured
  --size WxH              size of the window (default 1366x768)
  --help`;

export type DemoOptions = Readonly<{
  desk: DeskAddress | null;
  language: 'ja' | 'en';
  headless: boolean;
  seconds: number | null;
  screenshot: string | null;
  json: string | null;
  size: Readonly<{ width: number; height: number }>;
}>;

/** @param base folder against which file names are resolved: where the person typed the command. */
export function readDemoOptions(args: readonly string[], base: string, hasDisplay: boolean): DemoOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const headless = values.headless || !hasDisplay;
  const file = (name: string | undefined) => (name === undefined ? null : resolve(base, name));
  return {
    desk: values.desk === undefined ? null : readDeskAddress(values.desk),
    language: readLanguage(values.lang),
    headless,
    seconds: values.seconds === undefined ? (headless ? 20 : null) : readSeconds(values.seconds),
    screenshot: file(values.screenshot ?? (headless ? 'hanare-demo.png' : undefined)),
    json: file(values.json),
    size: readSize(values.size),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        desk: { type: 'string' },
        lang: { type: 'string', default: 'ja' },
        headless: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        screenshot: { type: 'string' },
        json: { type: 'string' },
        size: { type: 'string', default: '1366x768' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readLanguage(text: string): 'ja' | 'en' {
  if (text !== 'ja' && text !== 'en') throw new UsageError(`--lang wants ja or en, not “${text}”`);
  return text;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 86_400))
    throw new UsageError(`--seconds wants a number from 1 to 86400, not “${text}”`);
  return seconds;
}

function readSize(text: string): { width: number; height: number } {
  const match = /^(\d{3,4})x(\d{3,4})$/.exec(text);
  if (!match) throw new UsageError(`--size wants WxH, such as 1366x768, not “${text}”`);
  return { width: Number(match[1]), height: Number(match[2]) };
}
