import type { ClientMessage } from '#contract/wire/messages.ts';

/** How far a control connection has come. */
export type Stage = 'hello' | 'auth' | 'ready';

export type Action =
  | Readonly<{ do: 'challenge' }>
  | Readonly<{ do: 'signIn' }>
  | Readonly<{ do: 'open'; request: number; desk: string }>
  | Readonly<{ do: 'close'; sid: string }>
  | Readonly<{ do: 'pong'; n: number }>
  | Readonly<{ do: 'nothing' }>
  | Readonly<{ do: 'violation'; problem: 'order' | 'nonce' }>;

/**
 * The order of client messages, without I/O: hello, auth, then anything else. Heartbeats may come from hello on.
 * @param nonce what the challenge asked for.
 */
export function advance(stage: Stage, message: ClientMessage, nonce: string): { stage: Stage; action: Action } {
  const stay = (action: Action) => ({ stage, action });
  const outOfOrder = stay({ do: 'violation', problem: 'order' });
  switch (message.type) {
    case 'hello':
      return stage === 'hello' ? { stage: 'auth', action: { do: 'challenge' } } : outOfOrder;
    case 'auth':
      if (stage !== 'auth') return outOfOrder;
      if (message.nonce !== nonce) return stay({ do: 'violation', problem: 'nonce' });
      return { stage: 'ready', action: { do: 'signIn' } };
    case 'open':
      return stage === 'ready' ? stay({ do: 'open', request: message.request, desk: message.desk }) : outOfOrder;
    case 'close':
      return stage === 'ready' ? stay({ do: 'close', sid: message.sid }) : outOfOrder;
    case 'ping':
      return stage === 'hello' ? outOfOrder : stay({ do: 'pong', n: message.n });
    case 'pong':
      return stage === 'hello' ? outOfOrder : stay({ do: 'nothing' });
    default:
      return message satisfies never;
  }
}
