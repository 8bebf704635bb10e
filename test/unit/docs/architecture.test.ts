import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const mappedParts = ['contract', 'main', 'renderer', 'gateway', 'build', 'test'];

/** The lines of the first fenced block after "## Code map": `path/  purpose`. */
function codeMap(): { path: string; purpose: string }[] {
  const text = readFileSync(`${root}docs/ARCHITECTURE.md`, 'utf8');
  const block = /^## Code map\s*$[\s\S]*?^```\w*\n([\s\S]*?)^```/m.exec(text)?.[1];
  if (block === undefined) throw new Error('docs/ARCHITECTURE.md has no fenced block after "## Code map"');
  return block
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [path = '', ...words] = line.trim().split(/\s+/);
      return { path, purpose: words.join(' ') };
    });
}

/** Second-level folders that hold a file git knows. */
function folders(): string[] {
  const files = execFileSync('git', ['ls-files', '--', ...mappedParts], { cwd: root, encoding: 'utf8' }).split('\n');
  const second = files.map((file) => file.split('/')).filter((parts) => parts.length > 2);
  return [...new Set(second.map((parts) => `${parts[0]}/${parts[1]}/`))].sort();
}

describe('the code map of docs/ARCHITECTURE.md', () => {
  it('names every second-level folder', () => {
    const mapped = new Set(codeMap().map(({ path }) => path));
    expect(folders().filter((folder) => !mapped.has(folder))).toEqual([]);
  });

  it('names nothing that is not there', () => {
    expect(codeMap().filter(({ path }) => !existsSync(root + path))).toEqual([]);
  });

  it('names each folder once and says what it is for', () => {
    const map = codeMap();
    expect(new Set(map.map(({ path }) => path)).size).toBe(map.length);
    expect(map.filter(({ purpose }) => purpose.length < 3)).toEqual([]);
  });
});
