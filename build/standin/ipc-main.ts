import { loudObject } from './loud.ts';

export type IpcEvent = Record<string, unknown>;
type Handler = (event: never, ...args: never[]) => unknown;
type Listener = (event: never, ...args: never[]) => void;

const handlers = new Map<string, { handler: Handler; once: boolean }>();
const listeners = new Map<string, Set<{ listener: Listener; once: boolean }>>();

function addHandler(channel: string, handler: Handler, once: boolean): void {
  if (typeof handler !== 'function')
    throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`);
  if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
  handlers.set(channel, { handler, once });
}

function addListener(channel: string, listener: Listener, once: boolean): typeof ipcMain {
  const set = listeners.get(channel) ?? new Set();
  listeners.set(channel, set.add({ listener, once }));
  return ipcMain;
}

function removeListener(channel: string, listener: Listener): typeof ipcMain {
  const set = listeners.get(channel);
  for (const entry of set ?? []) if (entry.listener === listener) set?.delete(entry);
  return ipcMain;
}

export const ipcMain = loudObject('ipcMain', {
  handle: (channel: string, handler: Handler) => addHandler(channel, handler, false),
  handleOnce: (channel: string, handler: Handler) => addHandler(channel, handler, true),
  removeHandler: (channel: string) => void handlers.delete(channel),
  on: (channel: string, listener: Listener): unknown => addListener(channel, listener, false),
  addListener: (channel: string, listener: Listener): unknown => addListener(channel, listener, false),
  once: (channel: string, listener: Listener): unknown => addListener(channel, listener, true),
  off: (channel: string, listener: Listener): unknown => removeListener(channel, listener),
  removeListener: (channel: string, listener: Listener): unknown => removeListener(channel, listener),
  removeAllListeners: (channel?: string) => {
    if (channel === undefined) listeners.clear();
    else listeners.delete(channel);
  },
  listenerCount: (channel: string): number => listeners.get(channel)?.size ?? 0,
});

/** @throws what the handler threw; Electron reports it in main's own log and sends its text to the page. */
export async function callHandler(channel: string, event: IpcEvent, args: unknown[]): Promise<unknown> {
  const entry = handlers.get(channel);
  if (!entry) throw new Error(`No handler registered for '${channel}'`);
  if (entry.once) handlers.delete(channel);
  return await (entry.handler as (...all: unknown[]) => unknown)(event, ...args);
}

export function emitMessage(channel: string, event: IpcEvent, args: unknown[]): void {
  const set = listeners.get(channel);
  for (const entry of [...(set ?? [])]) {
    if (entry.once) set?.delete(entry);
    (entry.listener as (...all: unknown[]) => void)(event, ...args);
  }
}
