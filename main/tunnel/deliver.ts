import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type GatewayMessage, wireVersion } from '#contract/wire/messages.ts';
import type { TunnelIdentity } from '#contract/wire/tunnel-state.ts';
import { type Control, openControl } from './control.ts';
import { type Credentials, dialGateway } from './dial.ts';

/** From the first packet to the last receipt. */
const deliverMs = 15_000;

/**
 * Brings residue receipts to the office by a short connection of their own: they come after the session, whose connection
 * is gone then. It needs no one-time password, because the gateway takes nothing else on it.
 * @returns the ids of those that were written down; what is missing is tried again at the next sign-in.
 */
export async function deliverReceipts(
  credentials: Credentials,
  receipts: readonly Readonly<{ id: number; jws: string }>[],
  by: { identity: TunnelIdentity; log: Logger },
): Promise<number[]> {
  const kept: number[] = [];
  if (receipts.length === 0) return kept;
  const signal = AbortSignal.timeout(deliverMs);
  let control: Control | undefined;
  try {
    const socket = await dialGateway(credentials, { signal });
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new HanareError('gatewayTimeout')), { once: true });
      const take = (message: GatewayMessage) => {
        if (message.type === 'challenge')
          for (const { id, jws } of receipts) control?.send({ type: 'evidence', id, jws });
        else if (message.type === 'ping') control?.send({ type: 'pong', n: message.n });
        else if (message.type === 'kept') kept.push(message.id);
        else reject(new HanareError(message.type === 'authFail' ? message.reason : 'protocolMismatch'));
        if (kept.length === receipts.length) resolve();
      };
      const { version, platform, machine } = by.identity;
      control = openControl(socket, {
        open: () => control?.send({ type: 'hello', version: wireVersion, client: { version, platform }, machine }),
        message: take,
        garbage: () => reject(new HanareError('protocolMismatch')),
        lost: reject,
      });
    });
  } catch (error) {
    by.log.info('receipts wait for the next contact', { error });
  } finally {
    control?.close();
  }
  return kept;
}
