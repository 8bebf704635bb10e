import type { WebSocket } from 'ws';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import { type Control, type ControlDeps, closeCodes, serveControl } from './control.ts';
import { mayConnect, maySignIn } from './policy.ts';
import type { Caller } from './tls.ts';

export type Controls = Readonly<{
  serve: (ws: WebSocket, caller: Caller) => void;
  /** Looks at every signed-in device and user again and cuts those that were stopped. */
  review: () => void;
  broadcast: (message: GatewayMessage) => void;
  closeEvery: (code: number, why: string) => void;
  size: () => number;
}>;

/** All control connections. INVARIANT: at most one signed-in connection per device; the newer wins. */
export function createControls(deps: Omit<ControlDeps, 'onReady' | 'onClosed'>): Controls {
  const all = new Set<Control>();
  const byDevice = new Map<string, Control>();

  const onReady = (control: Control): void => {
    const { device } = control.caller;
    const older = byDevice.get(device);
    byDevice.set(device, control);
    if (older !== undefined) {
      deps.sessions.endOf(older, 'connectionLost');
      older.close(closeCodes.replaced, 'replaced by a newer connection');
    }
    deps.logger.info('device signed in', { device, user: control.caller.user });
  };
  const onClosed = (control: Control): void => {
    all.delete(control);
    const { device } = control.caller;
    if (byDevice.get(device) !== control) return;
    byDevice.delete(device);
    deps.logger.info('device left', { device });
  };

  return {
    serve: (ws, caller) => void all.add(serveControl(ws, caller, { ...deps, onReady, onClosed })),
    review: () => {
      for (const control of all) {
        const { device, user } = control.caller;
        const reason = mayConnect(deps.store.device(device)) ?? maySignIn(deps.store.user(user));
        if (reason !== undefined) control.close(closeCodes.policy, reason);
      }
    },
    broadcast: (message) => {
      for (const control of all) control.send(message);
    },
    closeEvery: (code, why) => {
      for (const control of all) control.close(code, why);
    },
    size: () => all.size,
  };
}
