import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeLine, readLine } from '#gateway/audit/line.ts';
import { type AuditProblem, readAudit, verifyAudit } from '#gateway/audit/verify.ts';
import { type Log, newLog } from './store.ts';

const read = (log: Log) => readFileSync(log.path, 'utf8').split('\n').slice(0, -1);

/** Writes the lines back and says what verify finds. */
async function found(log: Log, lines: readonly string[]): Promise<AuditProblem | null> {
  writeFileSync(log.path, lines.map((line) => `${line}\n`).join(''));
  return (await verifyAudit(log.path, log.store.auditHead())).problem;
}

/** The line with another device and with a hash that fits it. */
function rewritten(line: string, prev?: string): string {
  const { seq, time, hash, prev: old, ...rest } = readLine(Buffer.from(line))!.line;
  return makeLine({ ...rest, device: 'other' } as never, seq, Date.parse(time), prev ?? old).text;
}

describe('verifyAudit', () => {
  it('finds an edited line, even when its hash was made anew', async () => {
    const log = await newLog(10);
    const lines = read(log);
    for (const at of [1, 5, 10]) {
      const wrong = { line: at, seq: at, what: 'changed' };
      expect(await found(log, lines.with(at - 1, lines[at - 1]!.replace('device-', 'Device-')))).toEqual(wrong);
      expect(await found(log, lines.with(at - 1, rewritten(lines[at - 1]!)))).toEqual(wrong);
    }
    expect(await found(log, lines)).toBeNull();
  });

  it('finds that a line was written another way, though it says the same', async () => {
    const log = await newLog(3);
    const lines = read(log);
    const other = [
      lines[1]!.replace('"actor":', '"actor": '),
      lines[1]!.replace('device-2', '\\u0064evice-2'),
      lines[1]!.replace('"seq":2', '"seq":2.0'),
      lines[1]!.replace('"seq":2,', '"seq":1,"seq":2,'),
      `${lines[1]}\r`,
      JSON.stringify(JSON.parse(lines[1]!), Object.keys(JSON.parse(lines[1]!)).reverse()),
    ];
    for (const line of other) {
      expect(line).not.toBe(lines[1]);
      expect((await found(log, lines.with(1, line)))?.line, line).toBe(2);
    }
  });

  it('finds a whole end that was written anew, by the head', async () => {
    const log = await newLog(6);
    const lines = read(log);
    let prev: string | undefined;
    const forged = lines.map((line, index) => {
      if (index < 3) return line;
      const made = rewritten(line, prev);
      prev = (JSON.parse(made) as { hash: string }).hash;
      return made;
    });
    expect(await found(log, forged)).toEqual({ line: 6, seq: 6, what: 'changed' });
  });

  it('finds a missing line', async () => {
    const log = await newLog(10);
    const lines = read(log);
    for (const at of [1, 5, 9]) {
      expect(await found(log, lines.toSpliced(at - 1, 1))).toEqual({ line: at, seq: at, what: 'missing' });
    }
  });

  it('finds lines in another order, and a line that comes twice', async () => {
    const log = await newLog(10);
    const lines = read(log);
    const swapped = lines.with(3, lines[6]!).with(6, lines[3]!);
    expect(await found(log, swapped)).toEqual({ line: 4, seq: 4, what: 'reordered' });
    const moved = lines.toSpliced(1, 1).toSpliced(8, 0, lines[1]!);
    expect(await found(log, moved)).toEqual({ line: 2, seq: 2, what: 'reordered' });
    expect(await found(log, lines.toSpliced(5, 0, lines[2]!))).toEqual({ line: 6, seq: 6, what: 'reordered' });
    expect(await found(log, [...lines, lines[9]!])).toEqual({ line: 11, seq: 11, what: 'reordered' });
  });

  it('finds a log that ends too early, between lines or within one', async () => {
    const log = await newLog(10);
    const lines = read(log);
    expect(await found(log, lines.slice(0, 7))).toEqual({ line: 8, seq: 8, what: 'truncated' });
    expect(await found(log, [])).toEqual({ line: 1, seq: 1, what: 'truncated' });
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    for (const cut of [1, 40]) {
      writeFileSync(log.path, bytes.subarray(0, -cut));
      const { problem } = await verifyAudit(log.path, log.store.auditHead());
      expect(problem).toEqual({ line: 10, seq: 10, what: 'truncated' });
    }
  });

  it('finds what is no line at all, wherever it stands', async () => {
    const log = await newLog(4);
    const lines = read(log);
    for (const odd of ['', 'x', '{}', '[]', 'null', '{"seq":2}', `\ufeff${lines[1]}`, 'x'.repeat(3_000_000)]) {
      expect(await found(log, lines.toSpliced(1, 0, odd))).toEqual({ line: 2, seq: 2, what: 'unreadable' });
      expect(await found(log, [...lines, odd])).toMatchObject({ line: 5 });
    }
    await found(log, lines);
    appendFileSync(log.path, 'x');
    expect((await verifyAudit(log.path, log.store.auditHead())).problem).toMatchObject({ line: 5, what: 'unreadable' });
  });

  it('counts the lines that are right', async () => {
    const log = await newLog(8);
    const lines = read(log);
    expect(await verifyAudit(log.path, log.store.auditHead())).toEqual({ lines: 8, problem: null });
    await found(log, lines.toSpliced(5, 1));
    expect(await verifyAudit(log.path, log.store.auditHead())).toMatchObject({ lines: 5 });
  });
});

describe('readAudit', () => {
  it('gives the last lines, oldest first, of one device or user where asked', async () => {
    const log = await newLog(9);
    const devices = async (options: Parameters<typeof readAudit>[1]) =>
      (await readAudit(log.path, options)).entries.map((line) => line.device);
    expect(await devices({ last: 2 })).toEqual(['device-8', 'device-9']);
    expect(await devices({ last: 0 })).toEqual([]);
    expect(await devices({ last: 100, device: 'device-3' })).toEqual(['device-3']);
    expect(await devices({ last: 2, user: 'sato' })).toEqual(['device-6', 'device-8']);
    expect(await devices({ last: 5, user: 'nobody' })).toEqual([]);
  });

  it('counts what it cannot read, and takes a log that is not there for empty', async () => {
    const log = await newLog(2);
    appendFileSync(log.path, 'x\n{"seq":');
    expect(await readAudit(log.path, { last: 9 })).toMatchObject({ entries: [{ seq: 1 }, { seq: 2 }], unreadable: 2 });
    expect(await readAudit(`${log.path}.none`, { last: 9 })).toEqual({ entries: [], unreadable: 0 });
  });
});
