import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const fake = await vi.hoisted(async () => (await import('#test/fakes/fake-electron.ts')).createFakeElectron());
vi.mock('electron', () => fake.module);
const { registerScheme, serveScheme, screenOrigin, uiOrigin } = await import('#main/shell/scheme.ts');

const files: Readonly<Record<string, string>> = {
  'renderer/index.html': '<!doctype html>ui',
  'renderer/assets/app.js': 'ui()',
  'renderer/assets/日本.css': 'ui{}',
  'renderer/notes.txt': 'no type',
  'renderer/.env': 'SECRET=1',
  'renderer-old/index.html': 'beside',
  'screen/index.html': '<!doctype html>screen',
  'screen/worker.js': 'screen()',
  'screen/codec.wasm': '\0asm',
  'main/index.js': 'main()',
  'outside.html': 'outside',
};

async function serve(): Promise<(url: string, init?: RequestInit) => Promise<Response>> {
  const root = join(await temporaryFolder(), 'out');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await writeFile(join(root, '..', 'above.html'), 'above');
  await symlink(join(root, 'renderer'), join(root, 'renderer', 'loop'));
  let handler: ((request: Request) => Promise<Response>) | undefined;
  const session = { protocol: { handle: (_scheme: string, given: typeof handler) => (handler = given) } };
  serveScheme(session as never, root);
  // Not `new Request`, which would tidy the address: the handler must bear whatever the page's process sends.
  return (url, init) => handler!({ url, method: init?.method ?? 'GET' } as Request);
}

describe('the scheme', () => {
  it('is a standard, secure one, so that its hosts are origins of their own', () => {
    registerScheme();
    expect(fake.module.protocol.registerSchemesAsPrivileged).toHaveBeenCalledExactlyOnceWith([
      { scheme: 'hanare', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(uiOrigin).not.toBe(screenOrigin);
  });
});

describe('a file of the app', () => {
  it.each([
    ['hanare://ui/', '<!doctype html>ui', 'text/html; charset=utf-8'],
    ['hanare://ui/index.html', '<!doctype html>ui', 'text/html; charset=utf-8'],
    ['hanare://ui/index.html?v=1#top', '<!doctype html>ui', 'text/html; charset=utf-8'],
    ['hanare://ui/assets/app.js', 'ui()', 'text/javascript; charset=utf-8'],
    ['hanare://ui/assets/%E6%97%A5%E6%9C%AC.css', 'ui{}', 'text/css; charset=utf-8'],
    ['hanare://screen/', '<!doctype html>screen', 'text/html; charset=utf-8'],
    ['hanare://screen/worker.js', 'screen()', 'text/javascript; charset=utf-8'],
    ['hanare://screen/codec.wasm', '\0asm', 'application/wasm'],
  ])('is served with its type when it is %s', async (url, text, type) => {
    const response = await (await serve())(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(text);
    expect(response.headers.get('content-type')).toBe(type);
  });

  it.each(['hanare://ui/index.html', 'hanare://screen/worker.js'])(
    'is never cached, sniffed or told about when it is %s',
    async (url) => {
      const { headers } = await (await serve())(url);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toMatch(/camera=\(\).*microphone=\(\).*clipboard-read=\(\)/);
    },
  );
});

describe('the content security policy', () => {
  const policy = async (host: string) => {
    const response = await (await serve())(`hanare://${host}/index.html`);
    const text = response.headers.get('content-security-policy') ?? '';
    return new Map(text.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
  };

  it.each(['ui', 'screen'])('allows nothing that it does not name when the host is %s', async (host) => {
    const rules = await policy(host);
    expect(rules.get('default-src')).toEqual(["'none'"]);
    expect(rules.get('base-uri')).toEqual(["'none'"]);
    expect(rules.get('form-action')).toEqual(["'none'"]);
    expect(rules.has('connect-src')).toBe(false);
    for (const sources of rules.values()) {
      for (const source of sources) expect(source).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|^https?:|^wss?:/);
    }
  });

  it('lets the window embed the screen and nobody embed the window', async () => {
    const rules = await policy('ui');
    expect(rules.get('frame-src')).toEqual([screenOrigin]);
    expect(rules.get('frame-ancestors')).toEqual(["'none'"]);
    expect(rules.get('script-src')).toEqual(["'self'"]);
  });

  it('lets only the screen compile WebAssembly and only the window embed it', async () => {
    const rules = await policy('screen');
    expect(rules.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
    expect(rules.get('frame-ancestors')).toEqual([uiOrigin]);
    expect(rules.has('frame-src')).toBe(false);
  });
});

describe('anything else', () => {
  it.each([
    ['above the folder', 'hanare://ui/../outside.html'],
    ['above the folder by an encoded dot', 'hanare://ui/%2e%2e/outside.html'],
    ['above the folder by an encoded slash', 'hanare://ui/..%2foutside.html'],
    ['above the folder, all encoded', 'hanare://ui/%2e%2e%2foutside.html'],
    ['above the folder from below', 'hanare://ui/assets/..%2f..%2foutside.html'],
    ['above everything', 'hanare://ui/..%2f..%2fabove.html'],
    ['far above', `hanare://ui/${'..%2f'.repeat(40)}etc/passwd.html`],
    ['encoded twice', 'hanare://ui/%252e%252e%252foutside.html'],
    ['with backslashes', 'hanare://ui/..%5coutside.html'],
    ['in a folder whose name begins the same', 'hanare://ui/..%2frenderer-old%2findex.html'],
    ['of the other host', 'hanare://ui/..%2fscreen%2findex.html'],
    ['of the other host as if its own', 'hanare://screen/assets/app.js'],
    ['main’s own code', 'hanare://ui/..%2fmain%2findex.js'],
    ['absolute', 'hanare://ui/%2fetc%2fpasswd.html'],
    ['absolute with two slashes', 'hanare://ui//etc/passwd.html'],
    ['of Windows', 'hanare://ui/C:%5cWindows%5cwin.html'],
    ['with a NUL', 'hanare://ui/index.html%00.html'],
    ['with a NUL at the end', 'hanare://ui/index.html%00'],
    ['with a broken escape', 'hanare://ui/%E0%A4%A.html'],
    ['with half an escape', 'hanare://ui/%'],
    ['of a type that is not served', 'hanare://ui/notes.txt'],
    ['without a type', 'hanare://ui/.env'],
    ['a folder', 'hanare://ui/assets/'],
    ['not there', 'hanare://ui/nothing.html'],
    ['over-long', `hanare://ui/${'a'.repeat(5_000)}.html`],
    ['of an unknown host', 'hanare://other/index.html'],
    ['of no host', 'hanare:///index.html'],
    ['of a host with a port', 'hanare://ui:80/index.html'],
    ['of a longer host', 'hanare://ui.example.invalid/index.html'],
    ['of a host in capitals', 'hanare://UI/index.html'],
    ['no address', 'hanare'],
  ])('is not found when it is %s', async (_, url) => {
    const response = await (await serve())(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'get'])(
    'is not found when it is asked for by %s',
    async (method) => {
      expect((await (await serve())('hanare://ui/index.html', { method })).status).toBe(404);
    },
  );
});
