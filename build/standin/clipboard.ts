import { readFileSync, writeFileSync } from 'node:fs';
import { loudObject } from './loud.ts';

let text = '';

/**
 * Not the machine's clipboard, which a program without a display cannot reach: one of the stand-in's own, empty at first.
 * HANARE_STANDIN_CLIPBOARD_FILE names a file that stands for it, so that a test can be the other program that copies.
 */
const holder = {
  read: (): string => {
    const file = process.env.HANARE_STANDIN_CLIPBOARD_FILE;
    return file ? readFileSync(file, 'utf8') : text;
  },
  write: (next: string): void => {
    const file = process.env.HANARE_STANDIN_CLIPBOARD_FILE;
    if (file) writeFileSync(file, next);
    else text = next;
  },
};

export const clipboard = loudObject('clipboard', {
  clear: (): void => holder.write(''),
  has: async (type: string): Promise<boolean> => type === 'text/plain' && holder.read() !== '',
  read: async () => (holder.read() === '' ? [] : [loudObject('ClipboardItem', { types: ['text/plain'] })]),
  readText: async (): Promise<string> => holder.read(),
  writeText: async (next: string): Promise<void> => holder.write(next),
});
