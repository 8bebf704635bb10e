import type { ErrorDetails } from '#contract/errors/hanare-error.ts';
import type { LaptopEvent } from '#contract/evidence/evidence.ts';
import type { ClientMessage, Machine, Otp } from '#contract/wire/messages.ts';

/**
 * How far a control connection has come. `erasing`: the laptop was given up; whatever it says besides `erased` is
 * overheard, because it may have been on its way before `erase` arrived.
 */
export type Stage = 'hello' | 'auth' | 'ready' | 'erasing';

export type Action =
  | Readonly<{ do: 'greet'; client: Readonly<{ version: string; platform: string }>; machine: Machine }>
  | Readonly<{ do: 'signIn'; otp: Otp }>
  | Readonly<{ do: 'extend'; otp: Otp }>
  | Readonly<{ do: 'renew'; request: number; csr: string }>
  | Readonly<{ do: 'erased' }>
  | Readonly<{ do: 'open'; request: number; desk: string }>
  | Readonly<{ do: 'close'; sid: string }>
  /** `early`: before the sign-in, when only a residue receipt is taken; which it is shows once it is read. */
  | Readonly<{ do: 'testify'; id: number; jws: string; early: boolean }>
  | Readonly<{ do: 'tell'; event: LaptopEvent; details: ErrorDetails }>
  | Readonly<{ do: 'pin'; sid: string; sha256: string }>
  | Readonly<{ do: 'pong'; n: number }>
  | Readonly<{ do: 'nothing' }>
  | Readonly<{ do: 'violation'; problem: 'order' | 'nonce' }>;

/**
 * The order of client messages, without I/O: hello, auth until one is accepted, then anything else. Heartbeats may come
 * from hello on. The step from `auth` to `ready` is the caller's, because the answer to the one-time password decides it.
 * @param nonce what the challenge asked for.
 */
export function advance(stage: Stage, message: ClientMessage, nonce: string): { stage: Stage; action: Action } {
  const stay = (action: Action) => ({ stage, action });
  const outOfOrder = stay({ do: 'violation', problem: 'order' });
  const whenReady = (action: Action) => (stage === 'ready' ? stay(action) : outOfOrder);
  if (stage === 'erasing') return stay(whileErasing(message));
  switch (message.type) {
    case 'hello':
      if (stage !== 'hello') return outOfOrder;
      return { stage: 'auth', action: { do: 'greet', client: message.client, machine: message.machine } };
    case 'auth':
      if (stage !== 'auth') return outOfOrder;
      return stay(message.nonce === nonce ? { do: 'signIn', otp: message.otp } : { do: 'violation', problem: 'nonce' });
    case 'extend':
      return whenReady({ do: 'extend', otp: message.otp });
    case 'renew':
      return whenReady({ do: 'renew', request: message.request, csr: message.csr });
    case 'erased':
      return outOfOrder;
    case 'open':
      return whenReady({ do: 'open', request: message.request, desk: message.desk });
    case 'close':
      return whenReady({ do: 'close', sid: message.sid });
    case 'evidence':
      if (stage === 'hello') return outOfOrder;
      return stay({ do: 'testify', id: message.id, jws: message.jws, early: stage === 'auth' });
    case 'event':
      return whenReady({ do: 'tell', event: message.event, details: message.details });
    case 'deskCertificate':
      return whenReady({ do: 'pin', sid: message.sid, sha256: message.sha256 });
    case 'ping':
      return stage === 'hello' ? outOfOrder : stay({ do: 'pong', n: message.n });
    case 'pong':
      return stage === 'hello' ? outOfOrder : stay({ do: 'nothing' });
    default:
      return message satisfies never;
  }
}

function whileErasing(message: ClientMessage): Action {
  if (message.type === 'erased') return { do: 'erased' };
  return message.type === 'ping' ? { do: 'pong', n: message.n } : { do: 'nothing' };
}
