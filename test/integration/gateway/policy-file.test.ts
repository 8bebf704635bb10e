import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { initSite, sitePaths } from '#gateway/site/site.ts';
import { openStore } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const entry = fileURLToPath(new URL('../../../gateway/index.ts', import.meta.url));

/** @returns undefined while nobody has it open for reading. */
function writeEnd(fifo: string): number | undefined {
  try {
    return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}

it('policy set lets the gateway write to the store while its file of rules is slow to come', async () => {
  const folder = await temporaryFolder();
  const data = join(folder, 'site');
  const fifo = join(folder, 'rules.json');
  execFileSync('mkfifo', [fifo]);
  const listen = { host: '127.0.0.1', port: 0 };
  await initSite(data, { site: 't', hosts: ['127.0.0.1'], listen, enrol: listen, policy: {}, now: Date.now() });
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', entry, '--data', data, 'policy', 'set', fifo],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const store = openStore(sitePaths(data).store);
  try {
    let end = writeEnd(fifo);
    while (end === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      end = writeEnd(fifo);
    }
    // Throws "database is locked" when the command holds the lock meanwhile.
    store.transaction(() => store.addUser({ id: 'sato', name: 'sato', created: 0 }));
    writeSync(end, '{"usb": "end"}');
    closeSync(end);
    expect(await exited).toEqual([0, null]);
    expect(store.policyLayer('site')?.rules).toBe('{"usb":"end"}');
  } finally {
    child.kill();
    store.close();
  }
});
