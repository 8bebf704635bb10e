import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GlobalFonts } from '@napi-rs/canvas';

/** The family under which the client's own bundled font serves where the system has no Japanese one. */
export const fallbackFamily = 'Hanare Desk';

const japanese = ['Noto Sans CJK JP', 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic UI', 'Meiryo'] as const;

/** Makes sure that Japanese can be drawn: by the system's fonts, else by the font that the client ships with. */
export function ensureJapaneseFont(has: (family: string) => boolean = (family) => GlobalFonts.has(family)): boolean {
  if (japanese.some(has)) return true;
  if (GlobalFonts.has(fallbackFamily)) return true;
  try {
    const folder = join(dirname(fileURLToPath(import.meta.resolve('@fontsource-variable/noto-sans-jp'))), 'files');
    const files = readdirSync(folder).filter((name) => name.endsWith('.woff2'));
    for (const file of files) GlobalFonts.registerFromPath(join(folder, file), fallbackFamily);
  } catch {
    // The picture is then drawn with whatever there is: the demo goes on, with boxes for letters.
  }
  return GlobalFonts.has(fallbackFamily);
}
