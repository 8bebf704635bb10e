import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const variable = 'HANARE_TEST_RUN';

/** Environment that marks every process of one test run, however deep it was started. */
export function runMark(id: string): Record<string, string> {
  return { [variable]: id };
}

/** @returns a line for each process of the run that is still alive after a moment of grace. Linux only. */
export async function findLeaks(id: string): Promise<string[]> {
  for (let tries = 0; tries < 20; tries += 1) {
    const alive = await processesOf(id);
    if (alive.length === 0) return [];
    if (tries === 19) return alive;
    await sleep(250);
  }
  return [];
}

async function processesOf(id: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (!environment.split('\0').includes(`${variable}=${id}`)) return [];
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return command ? [`process ${pid}: ${command.replaceAll('\0', ' ').slice(0, 120)}`] : [];
    }),
  );
  return found.flat();
}
