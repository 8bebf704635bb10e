import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readImports } from './imports.ts';
import { layerProblems } from './layers.ts';

/** `npm run check`: format, lint, types, layers, unused code, unit tests. Runs all of them and fails if any failed. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = (name: string) => join(root, 'node_modules/.bin', name);

type Outcome = Readonly<{ name: string; ok: boolean; output: string }>;

function command(name: string, file: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(bin(file), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data));
    child.stderr.on('data', (data: Buffer) => (output += data));
    child.on('close', (code) => resolve({ name, ok: code === 0, output }));
  });
}

function layers(): Outcome {
  const problems = layerProblems(readImports(root));
  return { name: 'layers', ok: problems.length === 0, output: problems.join('\n') };
}

const typeProjects = [
  '.',
  'contract',
  'preload',
  'renderer',
  'renderer/screen',
  'test/unit/renderer/screen',
  'test/e2e',
  'build/standin/page',
];

/** In turn where they use both cores anyway. */
async function* outcomes(): AsyncGenerator<Outcome> {
  yield await command('format and lint', 'biome', [
    'ci',
    '--error-on-warnings',
    '--colors=off',
    '--max-diagnostics=50',
    '.',
  ]);
  for (const project of typeProjects) yield await command(`types: ${project}`, 'tsc', ['-p', project]);
  yield layers();
  yield await command('unused code', 'knip', []);
  yield await command('generated pages', 'node', ['build/docs/error-codes.ts', '--check']);
  yield await command('unit tests', 'vitest', ['run', '--project', 'unit']);
}

let failed = 0;
for await (const { name, ok, output } of outcomes()) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  if (!ok) console.log(output.trimEnd());
  if (!ok) failed += 1;
}
if (failed > 0) {
  console.log(`\n${failed} of the checks failed.`);
  process.exitCode = 1;
}
