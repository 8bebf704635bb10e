import type { App, Session, WebContents } from 'electron';
import { screenOrigin, uiOrigin } from './scheme.ts';

/** Everything that a page could ask of the system is refused; the app's own pages need none of it. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
}

/** No page navigates, opens a window or embeds a foreign one, whichever page it is. */
export function hardenContents(app: App): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => {
      const known = event.url.startsWith(`${uiOrigin}/`) || event.url.startsWith(`${screenOrigin}/`);
      if (!known) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
