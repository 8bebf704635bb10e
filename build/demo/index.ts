import { MissingSoftware } from '#build/setup/debian.ts';
import { demoHelp, readDemoOptions } from './options.ts';
import { runDemo } from './run.ts';
import { UsageError } from './usage-error.ts';

/** `npm run demo`. Exit codes: 0 shown, 1 the session failed, 2 words that make no sense or software that is missing. */
const stop = new AbortController();
// A second Ctrl+C is not needed to end and must not cut the cleaning-up short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

try {
  const base = process.env.INIT_CWD ?? process.cwd();
  const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || process.platform !== 'linux';
  const options = readDemoOptions(process.argv.slice(2), base, hasDisplay);
  if (options === 'help') console.log(demoHelp);
  else {
    const { HANARE_DESK_PASSWORD: password = null } = process.env;
    // Not for the app and what else is started, which get this environment.
    delete process.env.HANARE_DESK_PASSWORD;
    process.exitCode = await runDemo(options, password, stop.signal);
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof MissingSoftware)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
