import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAudit } from '#gateway/audit/audit.ts';
import { makeLine } from '#gateway/audit/line.ts';
import { readAudit, verifyAudit } from '#gateway/audit/verify.ts';
import { entry, type Log, newLog } from './store.ts';

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const verdict = ({ path, store }: Log) => verifyAudit(path, store.auditHead());

/** Puts the head back, as if its commits had been lost with the power. */
function forget(log: Log, lines: number): void {
  const kept = linesOf(log.path).slice(0, lines);
  const bytes = Buffer.byteLength(kept.map((line) => `${line}\n`).join(''));
  const hash = kept.length === 0 ? '0'.repeat(64) : (JSON.parse(kept.at(-1)!) as { hash: string }).hash;
  log.store.moveAuditHead(() => ({ seq: lines, hash, bytes }));
}

describe('an audit log', () => {
  it('is one JSON object a line, each with the hash of the one before, for its owner alone', async () => {
    const log = await newLog(3);
    const lines = linesOf(log.path).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[2]).toMatchObject({ seq: 3, time: '2026-11-22T00:00:00.000Z', ...entry(3) });
    expect(lines.map((line) => line.prev)).toEqual(['0'.repeat(64), lines[0]!.hash, lines[1]!.hash]);
    expect(log.store.auditHead()).toEqual({ seq: 3, hash: lines[2]!.hash, bytes: statSync(log.path).size });
    expect(statSync(log.path).mode & 0o777).toBe(0o600);
    expect(await verdict(log)).toEqual({ lines: 3, problem: null });
  });

  it('writes the keys of details in one order, whatever order they came in', () => {
    const actor = { kind: 'gateway', name: 'main' } as const;
    const one = makeLine({ actor, action: 'a', details: { b: 1, a: { d: 1, c: 2 }, 10: 3, 9: 4 } }, 1, 0, '');
    const other = makeLine({ details: { 9: 4, 10: 3, a: { c: 2, d: 1 }, b: 1 }, action: 'a', actor }, 1, 0, '');
    expect(one).toEqual(other);
    expect(one.text).toContain('"details":{"9":4,"10":3,"a":{"c":2,"d":1},"b":1}');
  });

  it('keeps its chain when two processes append at once', async () => {
    const log = await newLog();
    const script = `
      import { DatabaseSync } from 'node:sqlite';
      import { openAudit } from '#gateway/audit/audit.ts';
      import { createAuditHeadRecords } from '#gateway/store/audit-head.ts';
      const db = new DatabaseSync(process.env.STORE, { timeout: 30000 });
      const audit = openAudit({ path: process.env.LOG, store: createAuditHeadRecords(db) });
      const actor = { kind: 'gateway', name: process.env.NAME };
      for (let index = 0; index < 200; index++) audit.append({ actor, action: 'test.line', details: { index } });
    `;
    const run = async (name: string) => {
      const env = { ...process.env, STORE: join(dirname(log.path), 'store.sqlite'), LOG: log.path, NAME: name };
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env, stdio: 'pipe' });
      let said = '';
      child.stderr.on('data', (data) => {
        said += data;
      });
      const [code] = await once(child, 'close');
      expect(code, said).toBe(0);
    };
    await Promise.all([run('one'), run('two')]);
    expect(await verdict(log)).toEqual({ lines: 400, problem: null });
    const { entries } = await readAudit(log.path, { last: 1000 });
    for (const name of ['one', 'two']) {
      const own = entries.filter((line) => line.actor.name === name).map((line) => line.details?.index);
      expect(own).toEqual(Array.from({ length: 200 }, (_, index) => index));
    }
  });

  it('adopts whole lines that the store does not know of', async () => {
    for (const known of [0, 2, 3]) {
      const log = await newLog(4);
      forget(log, known);
      expect(await verdict(log)).toEqual({ lines: 4, problem: null });
      log.audit.append(entry(5));
      expect(log.store.auditHead().seq).toBe(5);
      expect(await verdict(log)).toEqual({ lines: 5, problem: null });
    }
  });

  it('cuts off the beginning of a line that was never finished', async () => {
    for (const known of [3, 2]) {
      const log = await newLog(4);
      forget(log, known);
      truncateSync(log.path, statSync(log.path).size - 10);
      log.audit.append(entry(40));
      expect(await verdict(log)).toEqual({ lines: 4, problem: null });
      expect(JSON.parse(linesOf(log.path)[3]!)).toMatchObject({ seq: 4, device: 'device-40' });
    }
  });

  it('adopts nothing that does not chain to the head, and goes on after it', async () => {
    const log = await newLog(2);
    const forged = makeLine(entry(3), 3, 0, 'f'.repeat(64)).text;
    appendFileSync(log.path, `${forged}\n`);
    log.audit.append(entry(3));
    expect(linesOf(log.path)).toHaveLength(4);
    expect(linesOf(log.path)[2]).toBe(forged);
    expect(await verdict(log)).toMatchObject({ problem: { line: 3 } });
  });

  it('begins a new line after a damaged end, and leaves the damage to be found', async () => {
    const log = await newLog(3);
    truncateSync(log.path, statSync(log.path).size - 10);
    log.audit.append(entry(4));
    expect(JSON.parse(linesOf(log.path).at(-1)!)).toMatchObject({ seq: 4 });
    expect(await verdict(log)).toEqual({ lines: 2, problem: { line: 3, seq: 3, what: 'unreadable' } });
  });

  it('does not take a log that was removed for a new one', async () => {
    const log = await newLog(3);
    rmSync(log.path);
    expect(await verdict(log)).toEqual({ lines: 0, problem: { line: 1, seq: 1, what: 'truncated' } });
    log.audit.append(entry(4));
    expect(await verdict(log)).toEqual({ lines: 0, problem: { line: 1, seq: 1, what: 'missing' } });
  });

  it('leaves the head where it was when a line cannot be written', async () => {
    const log = await newLog(1);
    const before = log.store.auditHead();
    const nowhere = openAudit({ path: join(log.path, 'not-a-folder'), store: log.store });
    expect(() => nowhere.append(entry(2))).toThrow(/ENOTDIR/);
    expect(log.store.auditHead()).toEqual(before);
    log.audit.append(entry(2));
    expect(await verdict(log)).toEqual({ lines: 2, problem: null });
  });

  it('belongs to the transaction that is open, and keeps the line of one that was rolled back', async () => {
    const log = await newLog(1);
    log.db.exec('BEGIN');
    log.audit.append(entry(2));
    log.audit.append(entry(3));
    expect(log.db.isTransaction).toBe(true);
    log.db.exec('ROLLBACK');
    expect(log.store.auditHead().seq).toBe(1);
    log.audit.append(entry(4));
    expect(await verdict(log)).toEqual({ lines: 4, problem: null });
  });

  it('makes no file before its first line', async () => {
    const log = await newLog();
    expect(existsSync(log.path)).toBe(false);
    expect(await verdict(log)).toEqual({ lines: 0, problem: null });
  });
});

describe('Audit.verify', () => {
  it('settles what a power cut left before it looks', async () => {
    const log = await newLog(3);
    forget(log, 2);
    appendFileSync(log.path, '{"seq":4,');
    expect(await log.audit.verify()).toEqual({ lines: 3, problem: null });
    expect(log.store.auditHead().seq).toBe(3);
    expect(linesOf(log.path)).toHaveLength(3);
  });

  it('is right while lines are being appended', async () => {
    const log = await newLog(50);
    const checking = log.audit.verify();
    log.audit.append(entry(51));
    expect(await checking).toEqual({ lines: 50, problem: null });
  });

  it('names a wrong line as verifyAudit does, and changes nothing of it', async () => {
    const log = await newLog(5);
    const text = readFileSync(log.path, 'utf8').replace('device-3', 'device-9');
    writeFileSync(log.path, text);
    expect(await log.audit.verify()).toEqual({ lines: 2, problem: { line: 3, seq: 3, what: 'changed' } });
    expect(readFileSync(log.path, 'utf8')).toBe(text);
  });
});
