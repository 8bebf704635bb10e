import { ipcRenderer } from 'electron';
import type { CallArgs, CallName, CallResult, Envelope, EventName, Events } from '#contract/ipc/table.ts';

/** Calls main and rebuilds its outcome: a failure rejects with an Error whose message is the failure's JSON. */
export async function call<N extends CallName>(name: N, ...args: CallArgs<N>): Promise<CallResult<N>> {
  const envelope = (await ipcRenderer.invoke(name, ...args)) as Envelope<CallResult<N>>;
  if (envelope.ok) return envelope.value;
  throw new Error(JSON.stringify(envelope.failure));
}

/** @returns its unsubscribe. */
export function listen<N extends EventName>(name: N, listener: (value: Events[N]) => void): () => void {
  const handler = (_event: unknown, value: Events[N]) => listener(value);
  ipcRenderer.on(name, handler);
  return () => {
    ipcRenderer.off(name, handler);
  };
}
