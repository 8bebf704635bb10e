import type { Runtime } from './runtime.ts';

export type Page = { sessionId: string; targetId: string };
type Hooks = {
  gone(): void;
  crashed(status: string, exitCode: number): void;
};

const waiting: ((page: Page) => void)[] = [];
const hooks = new Map<string, Hooks>();
let watching: Promise<unknown> | undefined;

/** Follows Chromium's pages: gives each new one to the window that waits for it and ends those that nobody asked for. */
function watch(runtime: Runtime): Promise<unknown> {
  const { browser } = runtime.chromium.cdp;
  const sessions = new Map<string, string>();
  browser.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    const { targetId, type, openerId } = targetInfo;
    const take = type === 'page' && !openerId ? waiting.shift() : undefined;
    if (take) {
      sessions.set(sessionId, targetId);
      take({ sessionId, targetId });
      return;
    }
    const session = runtime.chromium.cdp.session(sessionId);
    const resume = () => session.send('Runtime.runIfWaitingForDebugger');
    const end = async () => {
      // Held from its first request on. It has to run before it is ended: it stands still in its opener's process, which
      // would stand still with it, whoever else (a driver) has yet to let it go.
      await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
      await resume();
      await session.send('Runtime.evaluate', { expression: '0' });
      await browser.send('Target.closeTarget', { targetId });
    };
    // It may end by itself meanwhile.
    (type === 'page' ? end() : resume()).catch(() => {});
  });
  browser.on('Target.detachedFromTarget', ({ sessionId }) => {
    const targetId = sessions.get(sessionId);
    sessions.delete(sessionId);
    if (!targetId) return;
    const gone = hooks.get(targetId);
    hooks.delete(targetId);
    gone?.gone();
  });
  browser.on('Target.targetCrashed', ({ targetId, status, errorCode }) =>
    hooks.get(targetId)?.crashed(status, errorCode),
  );
  return Promise.all([
    browser.send('Target.setDiscoverTargets', { discover: true }),
    browser.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
    browser.send('Browser.setDownloadBehavior', { behavior: 'deny', eventsEnabled: true }),
  ]);
}

/** @returns the page of a new window: the one that Chromium started with for the first, a new one for the others. */
export async function openPage(runtime: Runtime, size: { width: number; height: number }): Promise<Page> {
  const first = !watching;
  const page = new Promise<Page>((resolve) => waiting.push(resolve));
  watching ??= watch(runtime);
  await watching;
  if (!first) {
    const url = `http://127.0.0.1:${runtime.server.port}${runtime.server.base}/blank`;
    // Chromium gives these an address bar in a real window; only the first window has the look of an app.
    await runtime.chromium.cdp.browser.send('Target.createTarget', { url, newWindow: true, ...size });
  }
  return page;
}

export function watchPage(targetId: string, handlers: Hooks): void {
  hooks.set(targetId, handlers);
}
