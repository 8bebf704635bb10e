import { createHash, randomBytes } from 'node:crypto';
import { clipboard } from 'electron';

/**
 * Tells whether the clipboard has changed without keeping what is on it: a salted hash, whose salt dies with this
 * process. Pictures count by being there; nothing of the app's ever puts one on it.
 */
export function createClipboardMark() {
  const salt = randomBytes(32);
  return {
    /** Null when the system does not tell. */
    now: async (): Promise<string | null> => {
      try {
        const items = await clipboard.read();
        const kinds = items.map(({ types }) => types.join()).join('\n');
        const text = await clipboard.readText();
        return createHash('sha256').update(salt).update(`${kinds.length}\n${kinds}${text}`).digest('base64url');
      } catch {
        return null;
      }
    },
    clear: async (): Promise<void> => clipboard.clear(),
  };
}
