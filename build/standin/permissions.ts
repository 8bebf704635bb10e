import type { Cdp } from './cdp.ts';
import type { Session } from './session.ts';

/** Electron's permission names and the names that Chromium's DevTools protocol has for them. */
const names: readonly (readonly [string, { name: string; sysex?: boolean; allowWithoutSanitization?: boolean }])[] = [
  ['media', { name: 'camera' }],
  ['media', { name: 'microphone' }],
  ['geolocation', { name: 'geolocation' }],
  ['notifications', { name: 'notifications' }],
  ['midi', { name: 'midi' }],
  ['midiSysex', { name: 'midi', sysex: true }],
  ['clipboard-read', { name: 'clipboard-read' }],
  ['clipboard-sanitized-write', { name: 'clipboard-write' }],
  ['pointerLock', { name: 'pointer-lock' }],
  ['keyboardLock', { name: 'keyboard-lock' }],
  ['display-capture', { name: 'display-capture' }],
  ['idle-detection', { name: 'idle-detection' }],
  ['storage-access', { name: 'storage-access' }],
  ['window-management', { name: 'window-management' }],
  ['screen-wake-lock', { name: 'screen-wake-lock' }],
  ['speaker-selection', { name: 'speaker-selection' }],
  ['sensors', { name: 'accelerometer' }],
];

/**
 * Tells Chromium what the session's rules say, for each origin that a page of the window has. Chromium keeps to it
 * without asking, so a denied permission is denied and never prompted. A name that this Chromium does not know is left at
 * its default (ask, which headless means no).
 */
export async function applyPermissions(
  browser: Cdp,
  session: Session,
  contents: unknown,
  origins: readonly { app: string; page: string }[],
): Promise<void> {
  await Promise.all(
    origins.flatMap(({ app, page }) =>
      names.map(([permission, descriptor]) =>
        browser
          .send('Browser.setPermission', {
            permission: descriptor,
            setting: session.allows(contents, permission, app) ? 'granted' : 'denied',
            origin: page,
          })
          .catch(() => {}),
      ),
    ),
  );
}
