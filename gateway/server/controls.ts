import type { WebSocket } from 'ws';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { GatewayMessage, Machine } from '#contract/wire/messages.ts';
import { isOver } from '../identity/context.ts';
import { differentMachine } from '../identity/machine.ts';
import type { DeviceRow } from '../store/device-records.ts';
import { serveControl } from './control.ts';
import { type Control, type ControlDeps, closeCodes } from './control-port.ts';
import { maySignIn } from './policy.ts';
import type { Admission } from './tls.ts';

export type Controls = Readonly<{
  serve: (ws: WebSocket, admission: Admission) => void;
  /**
   * Looks at every connected device and user again: cuts those that were stopped, has those given up erase themselves, and
   * keeps the others to the rules that hold now. @throws after all of them, what the store throws.
   */
  review: () => void;
  broadcast: (message: GatewayMessage) => void;
  closeEvery: (code: number, why: string) => void;
  size: () => number;
}>;

/** All control connections. INVARIANT: at most one signed-in connection per device; the newer wins. */
export function createControls(deps: Omit<ControlDeps, 'onReady' | 'onClosed' | 'cloneOf'>): Controls {
  const { store, identity, sessions, clock, logger } = deps;
  const all = new Set<Control>();
  const byDevice = new Map<string, Control>();

  const onReady = (control: Control): void => {
    const { device, user } = control.caller;
    const older = byDevice.get(device);
    byDevice.set(device, control);
    if (older !== undefined) {
      sessions.endOf(older, 'connectionLost', false);
      older.close(closeCodes.replaced, 'replaced by a newer connection');
    }
    logger.info('device signed in', { device, user });
  };
  const onClosed = (control: Control): void => {
    all.delete(control);
    const { device } = control.caller;
    if (byDevice.get(device) !== control) return;
    byDevice.delete(device);
    logger.info('device left', { device });
  };

  /*
   * Only the connections of this process are known here. A copy that comes up at another replica is not refused; its
   * facts differ from the recorded ones, which identity.hello writes down for IT.
   */
  const cloneOf = (control: Control, machine: Machine): Machine | undefined => {
    for (const other of all) {
      const known = other.caller.device === control.caller.device && other !== control ? other.machine() : undefined;
      if (known !== undefined && differentMachine(known, machine)) return known;
    }
    return undefined;
  };

  const mayStay = ({ lease }: DeviceRow, { caller }: Control): ErrorName | undefined =>
    isOver(lease, clock.now()) ? 'leaseOver' : maySignIn(store.user(caller.user));

  const reviewOne = (control: Control): void => {
    const door = identity.door(control.caller.fingerprint);
    if (!('refusal' in door) && door.mode === 'eraseOnly') {
      control.erase();
      return;
    }
    const reason = 'refusal' in door ? door.refusal : mayStay(door.device, control);
    if (reason === undefined) {
      control.followRules();
      return;
    }
    sessions.endOf(control, reason, true);
    control.close(closeCodes.policy, reason);
  };
  /** What cannot be decided about one connection must not keep the others from being looked at. */
  const review = (): void => {
    const errors: unknown[] = [];
    for (const control of all) {
      try {
        reviewOne(control);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  };

  return {
    serve: (ws, admission) => void all.add(serveControl(ws, admission, { ...deps, onReady, onClosed, cloneOf })),
    review,
    broadcast: (message) => {
      for (const control of all) control.send(message);
    },
    closeEvery: (code, why) => {
      for (const control of all) control.close(code, why);
    },
    size: () => all.size,
  };
}
