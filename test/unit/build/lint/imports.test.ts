import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, readImports, sourceFiles } from '#build/lint/imports.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const found = (text: string, path = 'main/desk/a.ts') =>
  importsOf(path, text).map(({ to, typeOnly, line }) => [to, typeOnly, line] as const);

describe('an import', () => {
  it.each([
    ["import { a } from 'ws';", 'ws', false],
    ["import a from 'ws';", 'ws', false],
    ["import * as a from 'node:fs';", 'node:fs', false],
    ["import './b.ts';", 'main/desk/b.ts', false],
    ["import '../c.css';", 'main/c.css', false],
    ["import { a } from './b.ts?worker';", 'main/desk/b.ts', false],
    ["import { a } from '../../contract/x.ts';", 'contract/x.ts', false],
    ["import { a } from '#contract/x.ts';", 'contract/x.ts', false],
    ["import { a } from '../../../outside.ts';", '../outside.ts', false],
    ["import type { A } from 'electron';", 'electron', true],
    ["import type A from 'electron';", 'electron', true],
    ["import type * as A from 'electron';", 'electron', true],
    ["import { type A, b } from 'electron';", 'electron', false],
    ["import { type A } from 'electron';", 'electron', false],
    ["import type from 'electron';", 'electron', false],
    ["import type, { a } from 'electron';", 'electron', false],
    ["export { a } from './b.ts';", 'main/desk/b.ts', false],
    ["export * from './b.ts';", 'main/desk/b.ts', false],
    ["export * as b from './b.ts';", 'main/desk/b.ts', false],
    ["export type { A } from './b.ts';", 'main/desk/b.ts', true],
    ["export type * from './b.ts';", 'main/desk/b.ts', true],
    ["export { type A } from './b.ts';", 'main/desk/b.ts', false],
    ["const a = await import('./b.ts');", 'main/desk/b.ts', false],
    ['const a = await import("ws");', 'ws', false],
  ])('is seen as it is when it reads %s', (text, to, typeOnly) => {
    expect(found(text)).toEqual([[to, typeOnly, 1]]);
  });

  it('is counted once when it names several things', () => {
    expect(found("import { a, b, type C } from 'ws';\nexport { d, e } from './b.ts';")).toEqual([
      ['ws', false, 1],
      ['main/desk/b.ts', false, 2],
    ]);
  });

  it('is told with its line when others stand before it', () => {
    expect(found("// 離れ\n\nimport 'ws';\nconst x = 1;\nawait import('node:fs');")).toEqual([
      ['ws', false, 3],
      ['node:fs', false, 5],
    ]);
  });

  it('is not seen when it stands in a comment, a string or an export of one’s own', () => {
    expect(found("// import 'ws';\nconst a = \"import 'ws'\";\nexport const b = a;\nexport { a };")).toEqual([]);
  });

  it('is seen in TSX', () => {
    expect(
      found("import { a } from 'react';\nexport const B = () => <a href=\"x\">import('y')</a>;", 'renderer/app/b.tsx'),
    ).toEqual([['react', false, 1]]);
  });
});

describe('the source files', () => {
  it('are those that git knows or would add, without what is compiled by others', async () => {
    const root = await temporaryFolder();
    execFileSync('git', ['init', '-q'], { cwd: root });
    const files = ['a/known.ts', 'a/new.tsx', 'a/run.mjs', 'a/other.js', 'ignored/x.ts', 'renderer/screen/wasm/y.ts'];
    for (const path of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), "import 'ws';\n");
    }
    await writeFile(join(root, '.gitignore'), 'ignored/\n');
    execFileSync('git', ['add', 'a/known.ts'], { cwd: root });
    expect(sourceFiles(root).sort()).toEqual(['a/known.ts', 'a/new.tsx', 'a/run.mjs']);
    expect(
      readImports(root)
        .map(({ from }) => from)
        .sort(),
    ).toEqual(['a/known.ts', 'a/new.tsx', 'a/run.mjs']);
  });
});
