import { MessageChannelMain, type WebContents } from 'electron';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { EventName, Events } from '#contract/ipc/table.ts';
import type { Port } from '../desk/byte-channel.ts';

const channel: EventName = 'screen.port';

/** @returns main's end of a new port whose other end goes to the window, which hands it on to the screen's page unopened. */
export function handOverScreenPort(contents: WebContents | undefined, to: Events['screen.port']): Port {
  if (!contents || contents.isDestroyed()) throw new HanareError('screenCrashed');
  const { port1, port2 } = new MessageChannelMain();
  contents.postMessage(channel, to, [port2]);
  return port1 as Port;
}
