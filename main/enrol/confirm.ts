import { HanareError } from '#contract/errors/hanare-error.ts';
import { wireVersion } from '#contract/wire/messages.ts';
import type { TunnelIdentity } from '#contract/wire/tunnel-state.ts';
import { openControl } from '../tunnel/control.ts';
import { type Credentials, dialGateway } from '../tunnel/dial.ts';

const confirmMs = 15_000;

/**
 * Shows the new certificate to the gateway once: from `hello` on it counts as used, and the code as used up.
 * @throws HanareError as dialGateway and the gateway's door do; gatewayTimeout
 */
export async function confirmCertificate(
  credentials: Credentials,
  { version, platform, machine }: TunnelIdentity,
): Promise<void> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new HanareError('gatewayTimeout', { ...credentials.gateway })), confirmMs);
  try {
    const socket = await dialGateway(credentials, { signal: abort.signal });
    await new Promise<void>((resolve, reject) => {
      const control = openControl(socket, {
        open: () => control.send({ type: 'hello', version: wireVersion, client: { version, platform }, machine }),
        // Whatever it answers, it has read the hello; a refusal is said again, and shown, at the first sign-in.
        message: () => {
          control.close();
          resolve();
        },
        garbage: () => {
          control.close();
          reject(new HanareError('protocolMismatch'));
        },
        lost: reject,
      });
      abort.signal.addEventListener('abort', () => {
        control.close();
        reject(abort.signal.reason as HanareError);
      });
    });
  } finally {
    clearTimeout(timer);
  }
}
