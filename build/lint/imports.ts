import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

export type Import = Readonly<{ from: string; to: string; typeOnly: boolean; line: number }>;

/** Source files that git knows or would add, as paths from the repository's root. */
export function sourceFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path && !path.startsWith('renderer/screen/wasm/'));
}

/**
 * The imports of one file. `to` is a path from the root for our own files, otherwise the package's specifier.
 * @param text the file's source.
 */
export function importsOf(path: string, text: string): Import[] {
  const { module } = parseSync(path, text);
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const statics = module.staticImports.map((item) => ({
    to: item.moduleRequest.value,
    typeOnly: isTypeStatement(text.slice(item.start, item.end)),
    line: lineAt(item.start),
  }));
  const reexports = module.staticExports.flatMap((item) => {
    const to = item.entries.find((entry) => entry.moduleRequest)?.moduleRequest?.value;
    const typeOnly = isTypeStatement(text.slice(item.start, item.end));
    return to === undefined ? [] : [{ to, typeOnly, line: lineAt(item.start) }];
  });
  const dynamics = module.dynamicImports.flatMap((item) => {
    const specifier = /^['"](.*)['"]$/.exec(text.slice(item.moduleRequest.start, item.moduleRequest.end));
    return specifier ? [{ to: specifier[1]!, typeOnly: false, line: lineAt(item.start) }] : [];
  });
  return [...statics, ...reexports, ...dynamics].map((item) => ({
    ...item,
    from: path,
    to: resolveSpecifier(path, item.to),
  }));
}

/** `import { type A } from` still loads the module (verbatimModuleSyntax); only `import type` and `export type` do not. */
function isTypeStatement(statement: string): boolean {
  return /^(import|export)\s+type\b(?!\s*(,|from\b))/.test(statement);
}

function resolveSpecifier(from: string, specifier: string): string {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('#')) return bare.slice(1);
  return bare.startsWith('.') ? normalize(join(dirname(from), bare)) : specifier;
}

export function readImports(root: string): Import[] {
  return sourceFiles(root).flatMap((path) => importsOf(path, readFileSync(join(root, path), 'utf8')));
}
