import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, type Session } from 'electron';

/**
 * The app's own scheme, with a host for the window and another for the remote screen: two origins, so two processes.
 * Files come from the app's package only; nothing is looked up on the network.
 */
export const uiOrigin = 'hanare://ui';
export const screenOrigin = 'hanare://screen';

const common = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "object-src 'none'"];
const policies = {
  ui: [
    ...common,
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    `frame-src ${screenOrigin}`,
    // No printing, no dialogs of the page's own, no other windows: what is not named is shut.
    'sandbox allow-scripts allow-same-origin allow-forms',
    "frame-ancestors 'none'",
  ].join('; '),
  // The only origin that compiles WebAssembly, and one that can reach nothing: connect-src stays 'none'.
  screen: [
    ...common,
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    'img-src data: blob:',
    `frame-ancestors ${uiOrigin}`,
  ].join('; '),
} as const;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'hanare', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** @param root folder that holds `renderer/` and `screen/` as built. */
export function serveScheme(session: Session, root: string): void {
  session.protocol.handle('hanare', async (request) => {
    const url = URL.parse(request.url);
    const host = url?.host === 'ui' || url?.host === 'screen' ? url.host : undefined;
    if (!url || !host || request.method !== 'GET') return new Response(null, { status: 404 });
    try {
      const folder = join(root, host === 'ui' ? 'renderer' : 'screen');
      const file = normalize(join(folder, decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname)));
      const type = types[extname(file)];
      if (!file.startsWith(folder + sep) || !type) return new Response(null, { status: 404 });
      return new Response(new Uint8Array(await readFile(file)), {
        headers: {
          'content-type': type,
          'content-security-policy': policies[host],
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'permissions-policy':
            'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), clipboard-read=(), clipboard-write=()',
        },
      });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}
