import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Example, processesNaming, profileFolder, remains, startExample, until } from './example.ts';

const started: Example[] = [];
async function start(userData?: string): Promise<Example> {
  const app = await startExample(userData === undefined ? {} : { userData });
  started.push(app);
  return app;
}
afterEach(async () => {
  for (const app of started.splice(0)) await app.end();
});
const nothing = { processes: 0, folder: false };

describe('the end of an app in the stand-in', () => {
  it('asks and tells in order when the app quits', async () => {
    const app = await start();
    const folder = profileFolder(app.pid);
    expect(remains(folder).folder).toBe(true);
    void app.run(`example.invoke('quit')`).catch(() => {});
    expect(await app.exited).toBe(0);
    const said = app.log().flatMap((line) => /^\[main\] (before-quit|closed|will-quit|quit) /.exec(line)?.[1] ?? []);
    expect(said).toEqual(['before-quit', 'closed', 'will-quit', 'quit']);
    expect(remains(folder)).toEqual(nothing);
  });

  it('quits when the user closes the window', async () => {
    const app = await start();
    const folder = profileFolder(app.pid);
    await app.page.close();
    expect(await app.exited).toBe(0);
    await app.told('closed');
    expect(remains(folder)).toEqual(nothing);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('quits in order on %s', async (signal) => {
    const app = await start();
    const folder = profileFolder(app.pid);
    app.kill(signal);
    expect(await app.exited).toBe(0);
    await app.told('will-quit');
    expect(remains(folder)).toEqual(nothing);
  });

  it('leaves nothing when the app is killed', async () => {
    const app = await start();
    const folder = profileFolder(app.pid);
    app.kill('SIGKILL');
    expect(await app.exited).toBe(137);
    expect(remains(folder)).toEqual(nothing);
  });

  it('ends with an error when Chromium dies', async () => {
    const app = await start();
    const folder = profileFolder(app.pid);
    const browser = await app.page.context().browser()!.newBrowserCDPSession();
    void browser.send('Browser.crash').catch(() => {});
    expect(await app.exited).toBe(1);
    expect(app.log().join('\n')).toContain('the Electron stand-in lost Chromium');
    expect(remains(folder)).toEqual(nothing);
  });
});

describe('what an app in the stand-in may leave', () => {
  it('is nothing by core dumps: its browser and its pages write none', async () => {
    const app = await start();
    const folder = profileFolder(app.pid);
    const limits = processesNaming(folder).map((pid) => readFileSync(`/proc/${pid}/limits`, 'utf8'));
    expect(limits.length).toBeGreaterThan(1);
    for (const text of limits) expect(text).toMatch(/^Max core file size +0 +0 /m);
  });

  it('lies under a name of Chromium’s in the temporary folder, also where that folder’s path is long', async () => {
    const deep = mkdtempSync(join(tmpdir(), `hanare-${'deep'.repeat(20)}-`));
    try {
      const app = await startExample({ env: { TMPDIR: deep } });
      started.push(app);
      expect(profileFolder(app.pid)).toMatch(new RegExp(`^${deep}/[.]org[.]chromium[.]Chromium[.][^/]+$`));
      await app.end();
      expect(readdirSync(deep)).toEqual([]);
    } finally {
      rmSync(deep, { recursive: true, force: true });
    }
  });
});

describe('the single instance lock', () => {
  it('lets one app run for each user data folder and tells it of the second', async () => {
    const userData = mkdtempSync(join(tmpdir(), 'hanare-example-'));
    const first = await start(userData);
    await expect(startExample({ userData, args: ['--second-word'] })).rejects.toThrow(/did not open its window/);
    expect(await first.told('second-instance')).toEqual(['--second-word']);
    const other = await start();
    expect(await other.run('document.title')).toBe('Example');

    first.kill('SIGKILL');
    await first.exited;
    const again = await until(() => start(userData), 'a new holder of the lock');
    expect(await again.run('document.title')).toBe('Example');
    rmSync(userData, { recursive: true, force: true });
  });
});
