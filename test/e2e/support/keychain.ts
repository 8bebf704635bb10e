import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Keyring } from '#build/host/keyring.ts';

const script = fileURLToPath(new URL('../../fixtures/e2e/keychain-entry.js', import.meta.url));

/** The laptop's entry in a keyring, past the app. */
export function keychainOf(keyring: Keyring) {
  const run = async (words: readonly string[], input: string): Promise<string> => {
    const child = spawn(process.execPath, [script, ...words], {
      env: { ...process.env, ...keyring.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(input);
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (code !== 0) throw new Error(`the keychain entry cannot be reached (${code})`);
    return output;
  };
  return {
    /** @returns null when there is no entry. */
    read: async (): Promise<string | null> => (await run([], '')) || null,
    write: async (content: string): Promise<void> => void (await run(['write'], content)),
  };
}
