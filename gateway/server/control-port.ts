import type { Logger } from '#contract/log/logger.ts';
import type { Machine } from '#contract/wire/messages.ts';
import type { Testimony } from '../evidence/testimony.ts';
import type { Identity } from '../identity/identity.ts';
import type { Policies } from '../policy/policies.ts';
import type { Store } from '../store/store.ts';
import type { Clock, Limits } from './limits.ts';
import type { ControlPort, Sessions } from './sessions.ts';
import type { Caller } from './tls.ts';
import type { Waker } from './wake.ts';

/** WebSocket close codes (RFC 6455 §7.4.1; 4xxx are ours). */
export const closeCodes = {
  done: 1000,
  goingAway: 1001,
  protocol: 1002,
  binary: 1003,
  policy: 1008,
  replaced: 4001,
} as const;

export type Control = ControlPort &
  Readonly<{
    caller: Caller;
    /** What the laptop said of itself, once its hello was let in; undefined before, and when the connection closes. */
    machine: () => Machine | undefined;
    /** Closes the connection; cut when the peer does not answer the close frame in time. */
    close: (code: number, why: string) => void;
    /** Ends its sessions and tells the laptop to erase itself; the connection ends when it did, or in limits.eraseMs. */
    erase: () => void;
    /** The store has changed: a signed-in laptop gets the rules that hold now, and its sessions follow them. */
    followRules: () => void;
  }>;

export type ControlDeps = Readonly<{
  store: Store;
  identity: Pick<Identity, 'hello' | 'signIn' | 'extend' | 'renew' | 'erased' | 'cloneSeen' | 'door'>;
  sessions: Sessions;
  policies: Pick<Policies, 'effective' | 'token'>;
  testimony: Testimony;
  waker: Waker;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  draining: () => boolean;
  /** Another machine that is connected now as the same device. */
  cloneOf: (control: Control, machine: Machine) => Machine | undefined;
  /** Called at authOk. */
  onReady: (control: Control) => void;
  onClosed: (control: Control) => void;
}>;
