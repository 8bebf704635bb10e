import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Audit, openAudit } from '#gateway/audit/audit.ts';
import type { Context } from '#gateway/cli/outcome.ts';
import { runCli } from '#gateway/cli/program.ts';
import { createIdentity } from '#gateway/identity/create-identity.ts';
import type { Identity } from '#gateway/identity/identity.ts';
import { loadSite, openSiteStore, type SiteSecrets, sitePaths } from '#gateway/site/site.ts';
import type { Store } from '#gateway/store/store.ts';

type Line = string | readonly string[];
type Said = { code: number; out: string; err: string };

/** The command line on a real data folder of its own. */
type TestCli = Readonly<{
  cwd: string;
  run: (line: Line, over?: Partial<Context>) => Promise<Said>;
  /** Must succeed. @returns what it printed. */
  ok: (line: Line, over?: Partial<Context>) => Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at what it expects.
  json: (line: Line, over?: Partial<Context>) => Promise<any>;
  /** Looks into the folder as the serving process would. */
  inside: <T>(work: (parts: { store: Store; site: SiteSecrets; identity: Identity; audit: Audit }) => T) => Promise<T>;
  paths: ReturnType<typeof sitePaths>;
  close: () => void;
}>;

export function testCli(): TestCli {
  const cwd = mkdtempSync(join(tmpdir(), 'hanare-cli-'));
  const data = join(cwd, 'hanare-gateway');
  const run: TestCli['run'] = async (line, over = {}) => {
    const out: string[] = [];
    const err: string[] = [];
    const argv = typeof line === 'string' ? line.split(' ') : line;
    const code = await runCli(argv, {
      output: { out: (text) => out.push(text), err: (text) => err.push(text) },
      ...{ now: Date.now, env: {}, cwd, account: 'tanaka', confirm: undefined, stopped: () => Promise.resolve() },
      ...over,
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const ok: TestCli['ok'] = async (line, over) => {
    const result = await run(line, over);
    expect(result, JSON.stringify(line)).toMatchObject({ code: 0, err: '' });
    return result.out;
  };
  return {
    cwd,
    run,
    ok,
    json: async (line, over) =>
      JSON.parse(await ok(['--json', ...(typeof line === 'string' ? line.split(' ') : line)], over)),
    inside: async (work) => {
      const store = openSiteStore(data);
      try {
        const site = loadSite(data);
        const audit = openAudit({ path: sitePaths(data).audit, store });
        return await work({ store, site, audit, identity: createIdentity({ store, site, audit, now: Date.now }) });
      } finally {
        store.close();
      }
    },
    paths: sitePaths(data),
    close: () => rmSync(cwd, { recursive: true, force: true }),
  };
}
