import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { CatalogueEntry, Language } from '#contract/errors/entry.ts';

/** Writes docs/error-codes.md from the catalogue; with --check it only says whether the page is up to date. */
const page = fileURLToPath(new URL('../../docs/error-codes.md', import.meta.url));

const headings: Readonly<Record<Language, readonly string[]>> = {
  ja: ['コード', '表示', '原因', '利用者がすること', '窓口がすること'],
  en: ['code', 'what the screen says', 'cause', 'what the user does', 'what the helpdesk does'],
};

function table(language: Language): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = (Object.values(catalogue) as CatalogueEntry[])
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map(({ code, title, cause, user, helpdesk }) =>
      [code, ...[title, cause, user, helpdesk].map((text) => cell(text[language]))].join(' | '),
    );
  const head = headings[language].join(' | ');
  const rule = headings[language].map(() => '---').join(' | ');
  return [`| ${head} |`, `| ${rule} |`, ...rows.map((row) => `| ${row} |`)].join('\n');
}

const text = `# Error codes

Written by \`build/docs/error-codes.ts\` from \`contract/errors\`: change the catalogue, not this page.
Words in {braces} are filled in when the error is shown. A code is never reused for another meaning.

## 日本語

${table('ja')}

## English

${table('en')}
`;

if (process.argv.includes('--check')) {
  if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
    console.error('docs/error-codes.md is out of date: run `node build/docs/error-codes.ts`');
    process.exitCode = 1;
  }
} else await writeFile(page, text);
