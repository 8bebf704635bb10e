import type { SQLOutputValue } from 'node:sqlite';

type Raw = Record<string, SQLOutputValue>;

/** The STRICT tables and their CHECKs are the schema of what comes back; rows get a plain prototype. */
export function row<T>(raw: Raw | undefined): T | undefined {
  return raw === undefined ? undefined : ({ ...raw } as T);
}

export function rows<T>(raw: Raw[]): T[] {
  return raw.map((item) => ({ ...item }) as T);
}
