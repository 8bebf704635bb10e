import { readFileSync, renameSync } from 'node:fs';
import * as v from 'valibot';
import { maxEvidence } from '#contract/evidence/evidence.ts';
import type { Logger } from '#contract/log/logger.ts';
import { replaceFile } from '../../identity/replace-file.ts';
import { createTurns } from '../../identity/turns.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const receiptSchema = v.strictObject({
  id: count,
  /** Signed evidence of kind `residue`, of contract/evidence. */
  jws: v.pipe(v.string(), v.maxLength(maxEvidence)),
  /** When the laptop was looked at, ms since 1970. */
  at: count,
});
const fileSchema = v.strictObject({ version: v.literal(1), receipts: v.array(receiptSchema) });
type PendingReceipt = Readonly<v.InferOutput<typeof receiptSchema>>;

/** More sessions than anybody has between two contacts with the office. */
const mostReceipts = 50;

export type Receipts = Readonly<{
  /** @returns its id, which no other receipt has that the office has not confirmed. Never rejects. */
  add(receipt: Omit<PendingReceipt, 'id'>): Promise<number>;
  /** What the office has not confirmed yet, oldest first. */
  pending(): readonly PendingReceipt[];
  /** Never rejects. */
  delivered(ids: readonly number[]): Promise<void>;
}>;

/**
 * The receipts that wait for the office, in one file. They are proof, not a lock: a file that cannot be read or written
 * costs a receipt and stops nobody.
 */
export function createReceipts({ file, log }: { file: string; log: Logger }): Receipts {
  const inTurn = createTurns();
  let kept = read(file, log);
  let nextId = Math.max(0, ...kept.map(({ id }) => id)) + 1;

  const write = (): Promise<void> =>
    inTurn(async () => {
      try {
        await replaceFile(file, Buffer.from(JSON.stringify({ version: 1, receipts: kept })), () => undefined);
      } catch (error) {
        log.warn('receipts could not be written down', { error });
      }
    });

  return {
    async add(receipt) {
      const id = nextId++;
      const all = [...kept, { ...receipt, id }];
      kept = all.slice(-mostReceipts);
      if (all.length > kept.length) log.warn('an old receipt was dropped', { dropped: all[0]?.at });
      await write();
      return id;
    },
    pending: () => kept,
    async delivered(ids) {
      const left = kept.filter(({ id }) => !ids.includes(id));
      if (left.length === kept.length) return;
      kept = left;
      await write();
    },
  };
}

function read(file: string, log: Logger): readonly PendingReceipt[] {
  try {
    return v.parse(fileSchema, JSON.parse(readFileSync(file, 'utf8'))).receipts.slice(-mostReceipts);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    log.warn('the file of receipts is damaged and was put aside', { error });
    putAside(file, log);
    return [];
  }
}

function putAside(file: string, log: Logger): void {
  try {
    renameSync(file, `${file}.damaged`);
  } catch (error) {
    log.warn('the damaged file of receipts could not be moved', { error });
  }
}
