import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import * as v from 'valibot';
import { HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import {
  type CallArgs,
  type CallName,
  type CallResult,
  calls,
  type Envelope,
  type EventName,
  type Events,
} from '#contract/ipc/table.ts';
import type { Logger } from '#contract/log/logger.ts';
import { uiOrigin } from './scheme.ts';

/** One handler for every entry of the table, or it does not compile. */
export type Handlers = {
  [N in CallName]: (...args: CallArgs<N>) => CallResult<N> | Promise<CallResult<N>>;
};

/**
 * Registers every call of the table: checks the sender, then the arguments, then calls. There is no way round either
 * check. @param contents the only window that may call.
 */
export function registerCalls(handlers: Handlers, contents: () => WebContents | undefined, log: Logger): void {
  for (const name of Object.keys(calls) as CallName[]) {
    ipcMain.handle(name, async (event, ...args: unknown[]): Promise<Envelope<unknown>> => {
      try {
        if (!fromOurWindow(event, contents())) throw new HanareError('badRequest', { call: name });
        const parsed = v.safeParse(calls[name].args, args);
        if (!parsed.success) throw new HanareError('badRequest', { call: name });
        const handler = handlers[name] as (...args: unknown[]) => unknown;
        return { ok: true, value: await handler(...parsed.output) };
      } catch (error) {
        if (!(error instanceof HanareError) || error.reason === 'badRequest')
          log.error('call failed', { call: name, error });
        return { ok: false, failure: toFailure(error) };
      }
    });
  }
}

/** Only the window's own top frame calls: never the screen's frame, which decodes hostile bytes. */
function fromOurWindow(event: IpcMainInvokeEvent, contents: WebContents | undefined): boolean {
  const frame = event.senderFrame;
  if (!contents || !frame || event.sender !== contents || frame !== contents.mainFrame) return false;
  return frame.url.startsWith(`${uiOrigin}/`);
}

export function sendEvent<N extends EventName>(contents: WebContents | undefined, name: N, value: Events[N]): void {
  if (contents && !contents.isDestroyed()) contents.send(name, value);
}
