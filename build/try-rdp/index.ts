import { resolve } from 'node:path';
import { UsageError } from '#build/demo/usage-error.ts';
import { MissingSoftware } from '#build/setup/debian.ts';
import { createGuide } from './guide.ts';
import { readTryRdpOptions, tryRdpHelp } from './options.ts';
import { tryRdp } from './run.ts';
import { askHidden, askLine } from './terminal.ts';
import { createSay, farewell, greeting, type Language } from './words.ts';

/** `npm run try-rdp`. Exit codes: 0 all steps that were done ended well, 1 some did not, 2 words that make no sense or nobody to ask. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const atTerminal = process.stdin.isTTY && process.stdout.isTTY;

async function askUser(language: Language): Promise<string> {
  const question = { ja: '接続先での利用者名: ', en: 'User name on that PC: ' }[language];
  const user = atTerminal ? await askLine(question, stop.signal) : null;
  if (!user?.trim()) throw new UsageError('rdp://USER@HOST: who signs in is not known');
  return user;
}

/** @param given by the environment */
async function askPassword(language: Language, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  if (!atTerminal) throw new UsageError('without a terminal, the password is wanted in HANARE_DESK_PASSWORD');
  const question = {
    ja: '接続先でのパスワード(画面には出ません): ',
    en: 'Password on that PC (not shown): ',
  }[language];
  const password = await askHidden(question, process.stdin, process.stdout);
  if (!password) throw new UsageError('no password, no trial');
  return password;
}

try {
  const { HANARE_DESK_PASSWORD: given } = process.env;
  // Not for the app and what else is started, which get this environment.
  delete process.env.HANARE_DESK_PASSWORD;
  const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || process.platform !== 'linux';
  const options = readTryRdpOptions(process.argv.slice(2), hasDisplay);
  if (options === 'help') console.log(tryRdpHelp);
  else {
    const { language, desk } = options;
    for (const line of greeting[language]) console.log(line);
    const user = desk.user ?? (await askUser(language));
    const password = await askPassword(language, given);
    const say = createSay(language, (line) => console.log(line));
    const guide = options.headless ? null : createGuide(language, say, atTerminal ? askLine : null);
    const folder = resolve(process.env.INIT_CWD ?? process.cwd(), options.out ?? '.');
    const { report, files } = await tryRdp({ options, user, password, folder, say, guide, stop: stop.signal });
    for (const file of files) console.log(file);
    console.log(farewell[language]);
    process.exitCode = report.steps.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof MissingSoftware)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
