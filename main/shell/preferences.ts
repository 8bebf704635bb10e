import { open, readFile, rename } from 'node:fs/promises';
import * as v from 'valibot';
import { preferencesSchema } from '#contract/ipc/schemas.ts';
import type { Preferences } from '#contract/ipc/state.ts';
import { createTurns } from '../identity/turns.ts';

/** Language and look of the window. A missing or damaged file means the defaults; it holds nothing worth a question. */
export function createPreferences(path: string, systemLanguage: string) {
  const defaults: Preferences = { language: systemLanguage.startsWith('en') ? 'en' : 'ja', theme: 'system' };
  const inTurn = createTurns();

  async function write(next: Preferences): Promise<Preferences> {
    const temporary = `${path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(next));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return next;
  }

  return {
    async get(): Promise<Preferences> {
      try {
        const parsed = v.safeParse(preferencesSchema, JSON.parse(await readFile(path, 'utf8')));
        return parsed.success ? parsed.output : defaults;
      } catch {
        return defaults;
      }
    },
    /** In turn: two writers of one temporary file would take it away from each other. */
    set: (next: Preferences): Promise<Preferences> => inTurn(() => write(next)),
  };
}
