import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The page's tables, by the heading they stand under; without their head. */
function tablesOf(page: string): Map<string, string[][]> {
  const sections = page.split(/^#+ /m).slice(1);
  return new Map(
    sections.map((section) => {
      const rows = section.split('\n').filter((line) => line.startsWith('|'));
      const cells = rows.slice(2).map((row) =>
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      );
      return [section.slice(0, section.indexOf('\n')), cells];
    }),
  );
}

/** What is wrong with a row's proof: a test that is not there, or neither a test nor a reason. */
function proofProblem(how: string, proof: string): string | undefined {
  if (proof === 'reason') return /\bReason for no test\b/.test(how) ? undefined : 'no reason is given';
  const tests = [...proof.matchAll(/`([^`]+)`/g)].map(([, path]) => path!);
  if (tests.length === 0) return 'neither a test nor a reason';
  return tests.find((path) => !/^test\/.+\.test\.tsx?$/.test(path) || !existsSync(join(root, path)));
}

describe('docs/electron-checklist.md', () => {
  const tables = tablesOf(readFileSync(join(root, 'docs/electron-checklist.md'), 'utf8'));
  const items = tables.get("Electron's security checklist") ?? [];

  it('has each of the twenty recommendations once, in order', () => {
    expect(items.map(([number]) => Number(number))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('says of each how it is met, and names tests that are there or gives a reason', () => {
    const more = (tables.get('Beyond the list') ?? []).map(([what, how, proof]) => ['', what, how, proof]);
    expect(more.length).toBeGreaterThan(5);
    for (const [number, what, how, proof] of [...items, ...more]) {
      expect(how?.length, `${number} ${what}`).toBeGreaterThan(5);
      expect(proofProblem(how ?? '', proof ?? ''), `${number} ${what}`).toBeUndefined();
    }
  });

  it('judges each finding of Electronegativity', () => {
    const findings = tables.get('Electronegativity') ?? [];
    expect(findings.length).toBeGreaterThan(0);
    for (const [finding, , judged] of findings) expect(judged?.length, finding).toBeGreaterThan(10);
  });

  it('would be found wanting', () => {
    expect(proofProblem('as it is', 'reason')).toBe('no reason is given');
    expect(proofProblem('as it is', 'nothing')).toBe('neither a test nor a reason');
    expect(proofProblem('as it is', '`test/unit/nothing.test.ts`')).toBe('test/unit/nothing.test.ts');
    expect(tablesOf('# A\n|a|b|\n|---|---|\n| 1 | x |\n').get('A')).toEqual([['1', 'x']]);
  });
});
