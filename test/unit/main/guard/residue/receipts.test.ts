import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import { createReceipts } from '#main/guard/residue/receipts.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

async function open(file?: string) {
  const path = file ?? join(await temporaryFolder(), 'receipts.json');
  const lines: string[] = [];
  const log = createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'receipts' });
  return { file: path, lines, receipts: createReceipts({ file: path, log }) };
}

describe('receipts', () => {
  it('are none at first', async () => {
    const { receipts, lines } = await open();
    expect([receipts.pending(), lines]).toEqual([[], []]);
  });

  it('wait for the office, also when the app is started anew', async () => {
    const { file, receipts } = await open();
    const first = await receipts.add({ jws: 'a.b.c', at: 10 });
    const second = await receipts.add({ jws: 'd.e.f', at: 20 });
    const both = [
      { id: first, jws: 'a.b.c', at: 10 },
      { id: second, jws: 'd.e.f', at: 20 },
    ];
    expect(receipts.pending()).toEqual(both);
    const again = (await open(file)).receipts;
    expect(again.pending()).toEqual(both);
    const third = await again.add({ jws: 'g', at: 30 });
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('are forgotten when the office has them', async () => {
    const { file, receipts } = await open();
    const ids = [await receipts.add({ jws: 'a', at: 1 }), await receipts.add({ jws: 'b', at: 2 })];
    await receipts.delivered([ids[0]!, 999]);
    expect(receipts.pending()).toEqual([{ id: ids[1], jws: 'b', at: 2 }]);
    expect((await open(file)).receipts.pending()).toEqual(receipts.pending());
  });

  it('are at most fifty: the oldest goes, and the log says so', async () => {
    const { receipts, lines } = await open();
    for (let at = 0; at < 52; at += 1) await receipts.add({ jws: 'x', at });
    expect(receipts.pending().map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
    expect(lines.filter((line) => line.includes('dropped'))).toHaveLength(2);
  });

  it('are written in turn, when many come at once', async () => {
    const { file, receipts } = await open();
    await Promise.all(Array.from({ length: 10 }, (_, at) => receipts.add({ jws: 'x', at })));
    expect((await open(file)).receipts.pending()).toHaveLength(10);
    expect(await readdir(join(file, '..'))).toEqual(['receipts.json']);
  });

  it('are nobody else’s to read', async () => {
    const { file, receipts } = await open();
    await receipts.add({ jws: 'x', at: 1 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '[]', '{"version":2,"receipts":[]}', '{"version":1,"receipts":[{"id":-1,"jws":"x","at":1}]}'])(
    'start anew, and the file is put aside, when it holds %j',
    async (text) => {
      const { file } = await open();
      await writeFile(file, text);
      const { receipts, lines } = await open(file);
      expect(receipts.pending()).toEqual([]);
      expect(lines.join()).toContain('put aside');
      expect(await readFile(`${file}.damaged`, 'utf8')).toBe(text);
      await receipts.add({ jws: 'x', at: 1 });
      expect((await open(file)).receipts.pending()).toHaveLength(1);
    },
  );

  it('are kept in memory when they cannot be written down', async () => {
    const { file, receipts, lines } = await open();
    await rm(join(file, '..'), { recursive: true });
    await writeFile(join(file, '..'), 'a file where the folder was');
    const id = await receipts.add({ jws: 'x', at: 1 });
    expect(receipts.pending()).toEqual([{ id, jws: 'x', at: 1 }]);
    expect(lines.join()).toContain('could not be written down');
  });
});
