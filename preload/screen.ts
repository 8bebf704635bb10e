import { ipcRenderer } from 'electron';
import type { ScreenPortMessage } from '#contract/ipc/bridge.ts';
import type { EventName, Events } from '#contract/ipc/table.ts';

/** The port itself cannot cross contextBridge, so it is posted to the page's own window; no other origin receives it. */
export function relayScreenPort(): void {
  const name: EventName = 'screen.port';
  ipcRenderer.on(name, (event, to: Events['screen.port']) => {
    const message: ScreenPortMessage = { hanare: 'screen.port', ...to };
    window.postMessage(message, window.location.origin, event.ports);
  });
}
