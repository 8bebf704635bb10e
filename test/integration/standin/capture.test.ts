import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Example, startExample } from './example.ts';

/*
 * The watch over the window's protection, in a whole program. What is pretended here is the system's side of it: whether
 * another program's picture of the window is black (build/standin/capture.ts).
 */
let app: Example;
let folder: string;
const become = (mode: string) => writeFileSync(join(folder, 'capture'), mode);
const tell = (word: string) => app.run(`console.log('${word}')`);
const from = () => app.log().length;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hanare-capture-'));
  become('black');
  app = await startExample({
    mainEntry: fileURLToPath(new URL('capture-app.js', import.meta.url)),
    env: { HANARE_STANDIN_CAPTURE: join(folder, 'capture') },
  });
});
afterAll(async () => {
  await app?.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('the window’s protection', () => {
  it('holds when its picture is black', async () => {
    expect(await app.told('state')).toEqual(['blocked']);
  });

  it('is seen to be lost, and to be back, when the window is resized', async () => {
    let start = from();
    become('visible');
    await tell('widen');
    expect(await app.told('state', start)).toEqual(['open']);
    start = from();
    become('black');
    await tell('widen');
    expect(await app.told('state', start)).toEqual(['blocked']);
  });

  it('is asked for anew after the window was hidden, where hiding undoes it', async () => {
    become('lost-on-hide');
    const start = from();
    await tell('hide');
    await tell('show');
    await tell('protected');
    expect(await app.told('protected', start)).toEqual([true]);
    expect(app.log().slice(start).join()).not.toContain('open');
  });
});
