import type { Import } from './imports.ts';

/** Who may import whom, by top-level folder. A folder that is not named here fails: decide where it belongs first. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: ['contract'],
  main: ['main', 'contract'],
  preload: ['preload', 'contract'],
  renderer: ['renderer', 'contract'],
  gateway: ['gateway', 'contract'],
  build: ['build', 'contract', 'gateway', 'main', 'renderer'],
  test: ['test', 'build', 'contract', 'gateway', 'main', 'preload', 'renderer'],
  'vitest.config.ts': ['build'],
};

const ours = new Set(Object.keys(mayImport));

/** Packages that a folder may use at run time; types may come from anywhere. Unlisted means none. */
const packages: Readonly<Record<string, RegExp>> = {
  contract: /^valibot$/,
  main: /^(node:|valibot$|ws$|node-forge$|jose$|otplib$|@napi-rs\/keyring$|@peculiar\/x509$|electron$)/,
  preload: /^electron$/,
  renderer:
    /^(valibot|react|react-dom|react-aria-components|react-intl|lucide-react|@digital-go-jp\/|@fontsource-variable\/|virtual:|@react-aria\/|@internationalized\/)/,
  gateway: /^(node:|valibot$|ws$|jose$|otplib$|uqr$|@peculiar\/x509$|commander$)/,
};

/** @returns one line per broken rule, with file and line. */
export function layerProblems(imports: readonly Import[]): string[] {
  return imports.flatMap((item) => problemOf(item) ?? []).concat(cycles(imports));
}

function problemOf({ from, to, typeOnly, line }: Import): string[] | undefined {
  const where = `${from}:${line}`;
  const folder = top(from);
  const allowed = mayImport[folder];
  if (!allowed) return [`${where}: the folder ${folder} is in no layer; name it in build/lint/layers.ts`];
  if (to.startsWith('..')) return [`${where}: imports from outside the repository`];
  const target = top(to);
  if (ours.has(target)) {
    if (!allowed.includes(target)) return [`${where}: ${folder} must not import ${target} (${to})`];
    if (
      insideScreen(from) !== insideScreen(to) &&
      folder === 'renderer' &&
      target === 'renderer' &&
      !to.endsWith('screen/api.ts')
    ) {
      return [`${where}: the window and the screen's page share only renderer/screen/api.ts`];
    }
    return undefined;
  }
  if (
    to === 'electron' &&
    !typeOnly &&
    !(
      from.startsWith('main/shell/') ||
      from === 'main/index.ts' ||
      folder === 'preload' ||
      folder === 'build' ||
      folder === 'test'
    )
  ) {
    return [`${where}: Electron's values belong to main/shell and preload`];
  }
  const known = packages[folder];
  if (known && !typeOnly && !known.test(to) && !to.endsWith('.css'))
    return [`${where}: ${folder} must not use the package ${to}`];
  return undefined;
}

function top(path: string): string {
  return path.split('/')[0] ?? path;
}

function insideScreen(path: string): boolean {
  return path.startsWith('renderer/screen/');
}

/** Circular imports at run time; a cycle of types alone costs nothing. */
function cycles(imports: readonly Import[]): string[] {
  const graph = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      found.push(`circular import: ${[...trail.slice(at), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}
