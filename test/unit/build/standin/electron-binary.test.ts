import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { electronBinary } from '#build/host/electron-binary.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hanare-unit-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'app');
  return path;
}

describe('electronBinary', () => {
  it('finds nothing when only the npm package is there', () => {
    put('node_modules/electron/index.js');
    expect(electronBinary(root, {})).toBeUndefined();
    expect(
      electronBinary(root, { HANARE_ELECTRON: join(root, 'gone'), ELECTRON_OVERRIDE_DIST_PATH: root }),
    ).toBeUndefined();
  });

  it('prefers what the environment names, if it is there', () => {
    put('node_modules/electron/path.txt');
    const inside = put('node_modules/electron/dist/app');
    expect(electronBinary(root, {})).toBe(inside);
    const override = put('override/app');
    expect(electronBinary(root, { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'override') })).toBe(override);
    const chosen = put('chosen');
    expect(electronBinary(root, { HANARE_ELECTRON: chosen, ELECTRON_OVERRIDE_DIST_PATH: join(root, 'override') })).toBe(
      chosen,
    );
  });
});
