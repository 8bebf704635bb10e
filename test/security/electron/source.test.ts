import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '#build/lint/imports.ts';
import { problemsIn } from './source-rules.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const product = /^(main|preload|renderer|contract)\//;

describe('the product’s sources', () => {
  const files = sourceFiles(root).filter((path) => product.test(path));

  it('hold nothing that takes protection away', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((path) => problemsIn(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });

  it.each(['renderer/index.html', 'renderer/screen/index.html'])(
    'have pages without webviews or code of their own: %s',
    (path) => {
      const html = readFileSync(join(root, path), 'utf8');
      expect(html).not.toMatch(/<webview|allowpopups|http:|https:|\bon\w+=|<script(?![^>]*\bsrc=)/i);
    },
  );

  it('are started without a switch', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    expect(JSON.stringify(scripts)).not.toMatch(/--no-sandbox|--inspect|--remote-debugging|electron\b.*--/);
  });
});

describe('the rules find', () => {
  it.each([
    `import { shell } from 'electron';`,
    `import { app, crashReporter } from 'electron';`,
    `import * as electron from 'electron';`,
    `const { shell } = await import('electron');`,
    'shell.openExternal(url);',
    'window.webContents.openDevTools();',
    'contents.print();',
    'contents.executeJavaScript(text);',
    ['contents.executeJavaScript(`a $', '{b}`);'].join(''),
    ['const css = `a $', '{b}`; contents.insertCSS(css);'].join(''),
    'let css = "a"; contents.insertCSS(css);',
    `app.commandLine.appendSwitch('no-sandbox');`,
    `for (const name of ['disable-web-security']) app.commandLine.appendSwitch(name);`,
    'new BrowserWindow({ webPreferences: { sandbox: false } });',
    'new BrowserWindow({ webPreferences: { nodeIntegration: true } });',
    'new BrowserWindow({ webPreferences: { contextIsolation: chosen } });',
    `new BrowserWindow({ webPreferences: { enableBlinkFeatures: 'X' } });`,
    `window.loadURL('file:///x.html');`,
    'eval(text);',
    'new Function(text);',
    `setTimeout('code()', 1);`,
    `process.env['ELECTRON_DISABLE_SECURITY_WARNINGS'] = '1';`,
  ])('%s', (text) => {
    expect(problemsIn('x.ts', text)).not.toEqual([]);
  });

  it('a webview', () => {
    expect(problemsIn('x.tsx', 'export const a = <webview src="x" />;')).toHaveLength(1);
  });

  it.each([
    `import { app, type BrowserWindow } from 'electron';`,
    `import type { Shell } from 'electron';`,
    'const css = `a`; contents.insertCSS(css);',
    'new BrowserWindow({ webPreferences: { sandbox: true, nodeIntegration: false } });',
    'setTimeout(() => undefined, 1);',
  ])('nothing in %s', (text) => {
    expect(problemsIn('x.ts', text)).toEqual([]);
  });
});
