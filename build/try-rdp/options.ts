import { parseArgs } from 'node:util';
import { type DeskAddress, readDeskAddress } from '#build/demo/desk-address.ts';
import { UsageError } from '#build/demo/usage-error.ts';
import type { Language } from './words.ts';

export const tryRdpHelp = `npm run try-rdp -- rdp://USER@HOST[:PORT] [options]

Tries Hanare against a Windows PC in about ten minutes and writes a report that can be sent back: which security it offers,
sign-in, codec, frames a second, keys, resize. The report names neither the PC nor the person, and holds no password.

  rdp://USER@HOST[:PORT]  the PC; USER may be DOMAIN%5CUSER, and is asked for where it is left out;
                          with ?security=tls one without network level authentication (xrdp)
                          The password is asked for, or taken from HANARE_DESK_PASSWORD
  --lang ja|en            language at the terminal, of the app and of the readable report (default ja)
  --wrong-password        also signs in once with a wrong password, on purpose: one failed logon counts on that account
  --probe                 no app: only what the host says before there is a screen
  --headless              no window (the default where there is no display); what a person does is left out
  --out FOLDER            where the report goes (default: the current folder)
  --help`;

export type TryRdpOptions = Readonly<{
  desk: Extract<DeskAddress, { protocol: 'rdp' }>;
  language: Language;
  wrongPassword: boolean;
  probeOnly: boolean;
  headless: boolean;
  /** As typed; null for the current folder. */
  out: string | null;
}>;

/** @throws UsageError */
export function readTryRdpOptions(args: readonly string[], hasDisplay: boolean): TryRdpOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [address, ...more] = positionals;
  if (address === undefined || more.length > 0) throw new UsageError(`one rdp://USER@HOST is wanted\n\n${tryRdpHelp}`);
  const desk = readDeskAddress(address, 'try-rdp');
  if (desk.protocol !== 'rdp') throw new UsageError('try-rdp wants rdp://USER@HOST, not a VNC desk');
  const { lang } = values;
  if (lang !== 'ja' && lang !== 'en') throw new UsageError(`--lang wants ja or en, not “${lang}”`);
  return {
    desk,
    language: lang,
    wrongPassword: values['wrong-password'],
    probeOnly: values.probe,
    headless: values.headless || !hasDisplay,
    out: values.out ?? null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        lang: { type: 'string', default: 'ja' },
        'wrong-password': { type: 'boolean', default: false },
        probe: { type: 'boolean', default: false },
        headless: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
