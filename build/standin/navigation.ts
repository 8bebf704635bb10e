import type { Cdp } from './cdp.ts';
import { createEvent } from './loud.ts';
import type { Runtime } from './runtime.ts';
import type { WebContents } from './web-contents.ts';
import { WebFrameMain } from './web-frame.ts';

/**
 * Stops every request of a page, and of the frames of other sites in it, before it is made: navigations are put to
 * will-frame-navigate and will-navigate, requests that leave the app's scheme to webRequest.onBeforeRequest. (Requests
 * of the app's own scheme meet the rules in the server, workers' included; a worker cannot reach anything else, because
 * Chromium resolves no other name.)
 *
 * What it cannot stop: navigation to about:blank, blob: and data:, which make no request. Chromium itself refuses data:
 * at the top.
 */
export async function watchRequests(cdp: Cdp, contents: WebContents, runtime: Runtime): Promise<void> {
  const own = `${runtime.server.base}/`;
  cdp.on('Fetch.requestPaused', ({ requestId, request, frameId, resourceType }) => {
    const allow = async () => {
      if (request.url.startsWith('http') && new URL(request.url).pathname.startsWith(own)) return true;
      if (resourceType === 'Document' && !allowsNavigation(contents, request.url, frameId, runtime)) return false;
      if (runtime.origins.isOurs(request.url)) {
        if (resourceType === 'Document') await contents.permit(runtime.origins.toApp(request.url));
        return true;
      }
      return contents.session.mayRequest(request.url, request.method, resourceType);
    };
    const decide = async () => {
      if (await allow()) await cdp.send('Fetch.continueRequest', { requestId });
      else await cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    };
    // The page may be gone by then.
    decide().catch(() => {});
  });
  cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    const child = runtime.chromium.cdp.session(sessionId);
    const watched = targetInfo.type === 'iframe' ? watchRequests(child, contents, runtime) : Promise.resolve();
    watched
      .catch(() => {})
      .then(() => child.send('Runtime.runIfWaitingForDebugger'))
      .catch(() => {});
  });
  await Promise.all([
    cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
    cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
  ]);
}

function allowsNavigation(contents: WebContents, browserUrl: string, frameId: string, runtime: Runtime): boolean {
  const isMainFrame = frameId === contents.targetId;
  if (isMainFrame && contents.takeExpected(browserUrl)) return true;
  const url = runtime.origins.toApp(browserUrl);
  // A reload by the user or by whoever drives the browser: Electron asks nobody about it.
  if (isMainFrame && url === contents.getURL()) return true;
  const frame = isMainFrame ? contents.mainFrame : new WebFrameMain(contents.mainFrame, url);
  const details = { url, isMainFrame, isSameDocument: false, frame, initiator: contents.mainFrame };
  for (const name of isMainFrame ? ['will-frame-navigate', 'will-navigate'] : ['will-frame-navigate']) {
    const event = createEvent(details);
    contents.emit(name, event, url, false, isMainFrame, frame.processId, frame.routingId);
    if (event.defaultPrevented) return false;
  }
  return true;
}
