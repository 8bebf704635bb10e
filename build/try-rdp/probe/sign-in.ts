import { randomBytes } from 'node:crypto';
import { protocol } from '#main/desk/rdp/negotiate.ts';
import type { Credentials } from '#main/desk/rdp/ntlm.ts';
import { openRdp } from '#main/desk/rdp/open-rdp.ts';
import { type Asked, dialAsking, type Target } from './target.ts';

export type SignIn = Readonly<{ protocol: 'TLS' | 'HYBRID' | 'HYBRID_EX' }>;

/**
 * Signs in with the app's own code as far as network level authentication goes, and hangs up before a desktop is opened:
 * nobody who sits at the host is disturbed. Without NLA nobody is signed in: that is for the desktop to ask.
 * @throws RdpProblem
 */
export async function signIn(
  target: Target,
  { what, credentials, signal }: { what: Asked; credentials: Credentials; signal: AbortSignal },
): Promise<SignIn> {
  const socket = await dialAsking(target, what, signal);
  const connection = await openRdp(socket, {
    ...{ host: target.host, credentials, signal, pin: null },
    security: what === 'tls' ? 'tls' : 'nla',
    now: () => Date.now(),
    random: (bytes) => randomBytes(bytes),
  });
  connection.stream.destroy();
  const { hybrid, hybridEx } = protocol;
  const chosen = connection.protocol;
  return { protocol: chosen === hybridEx ? 'HYBRID_EX' : chosen === hybrid ? 'HYBRID' : 'TLS' };
}

/** A password that nobody has: one failed logon on the host. */
export const wrongPassword = (): string => `wrong-${randomBytes(9).toString('base64url')}`;
