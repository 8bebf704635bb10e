import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type GrantClaims, parseDeskAuthority } from '#contract/wire/grant.ts';
import { deskProtocols } from '#contract/wire/messages.ts';
import type { Grants } from '../grants/grants.ts';
import type { Identity } from '../identity/identity.ts';
import type { Policies } from '../policy/policies.ts';
import type { DeskRow } from '../store/directory.ts';
import type { Store } from '../store/store.ts';
import { refuse } from './answer.ts';
import type { Clock, Limits } from './limits.ts';
import { mayUse, type UseProblem } from './policy.ts';
import { type RelaySide, startRelay } from './relay.ts';
import { networkProblem } from './rules.ts';
import type { Sessions } from './sessions.ts';
import type { Admission } from './tls.ts';

export type ConnectDeps = Readonly<{
  store: Store;
  identity: Pick<Identity, 'door'>;
  policies: Pick<Policies, 'effective'>;
  sessions: Sessions;
  grants: Grants;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}>;

/** The answer to a CONNECT that succeeded (RFC 9110 §9.3.6): no content headers. */
const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** `CONNECT <deskId>.desk:<protocol>` with a grant: checks it, reaches the desk, relays until either side ends. */
export async function serveConnect(
  request: Pick<IncomingMessage, 'url' | 'headers'>,
  client: Duplex,
  head: Buffer,
  { caller, source }: Pick<Admission, 'caller' | 'source'>,
  deps: ConnectDeps,
): Promise<void> {
  const { limits, logger } = deps;
  // The relay listens too; before it exists, a failing socket must not be an uncaught event.
  client.on('error', () => client.destroy());
  const target = parseDeskAuthority(request.url ?? '');
  if (target === undefined || !(deskProtocols as readonly string[]).includes(target.protocol)) {
    return refuse(client, limits, 400, 'protocolMismatch');
  }
  const token = /^Bearer ([\w.-]{1,4096})$/.exec(request.headers.authorization ?? '')?.[1];
  const verified = token === undefined ? { problem: 'malformed' as const } : await deps.grants.verify(token);
  if ('problem' in verified) {
    logger.warn('grant refused', { device: caller.device, desk: target.desk, problem: verified.problem });
    return refuse(client, limits, 403, 'grantRefused');
  }
  const { claims } = verified;
  const decision = spendGrant(claims, target, { caller, source }, deps);
  if ('refusal' in decision) {
    const { refusal, problem } = decision;
    logger.warn('grant refused', { device: caller.device, desk: target.desk, sid: claims.sid, problem });
    return refuse(client, limits, 403, refusal);
  }

  try {
    await openRelay(claims.sid, source, decision.desk, client, head, deps);
  } catch (error) {
    // Its grant is spent: nobody can open it any more, and it would keep its desk.
    deps.sessions.end(claims.sid, 'internal', true);
    throw error;
  }
}

/** All checks that need the store or the connection, in one step of the event loop, the single use last. */
function spendGrant(
  claims: GrantClaims,
  target: { desk: string; protocol: string },
  { caller, source }: Pick<Admission, 'caller' | 'source'>,
  { store, identity, policies, sessions, clock }: ConnectDeps,
): { desk: DeskRow } | { refusal: ErrorName; problem: UseProblem } {
  const desk = store.desk(target.desk);
  const refused = mayUse({
    claims,
    fingerprint: caller.fingerprint,
    door: identity.door(caller.fingerprint),
    user: store.user(caller.user),
    target,
    desk,
    assigned: store.assigned(target.desk, caller.user),
    session: sessions.get(claims.sid),
  });
  if (refused !== undefined || desk === undefined)
    return refused ?? { refusal: 'grantRefused', problem: 'destination' };
  // The screen's connection need not come the way that the control connection came.
  const { networks } = policies.effective(caller.device, caller.user).policy;
  if (networkProblem(source, networks)) return { refusal: 'networkRefused', problem: 'network' };
  const first = store.spendGrant(claims.jti, clock.now(), claims.exp * 1000);
  return first ? { desk } : { refusal: 'grantRefused', problem: 'used' };
}

async function openRelay(
  sid: string,
  source: string,
  row: DeskRow,
  client: Duplex,
  head: Buffer,
  { sessions, limits, logger }: ConnectDeps,
): Promise<void> {
  const desk = connect({
    ...{ host: row.host, port: row.port, noDelay: true, allowHalfOpen: true },
    ...{ keepAlive: true, keepAliveInitialDelay: 15_000 },
  });
  const dropDesk = (): void => void desk.destroy();
  client.once('close', dropDesk);
  let answered = false;
  sessions.opened(sid, source, () => {
    desk.destroy();
    if (!answered) client.destroy();
  });
  const problem = await connected(desk, limits.deskConnectMs);
  client.off('close', dropDesk);
  if (problem !== undefined) {
    desk.destroy();
    logger.info('desk not reached', { sid, desk: row.id, problem });
    const lost = client.destroyed || sessions.get(sid) === undefined;
    answered = true;
    sessions.end(sid, lost ? 'connectionLost' : 'deskDown', false);
    return refuse(client, limits, 502, 'deskDown');
  }
  if (sessions.get(sid) === undefined || client.destroyed) {
    desk.destroy();
    client.destroy();
    return sessions.end(sid, 'connectionLost', false);
  }
  const reasonOf = (side: RelaySide): ErrorName => (side === 'desk' ? 'deskClosed' : 'connectionLost');
  const relay = startRelay({
    client,
    desk,
    halfOpenMs: limits.halfOpenMs,
    onEnding: (first) => sessions.announce(sid, reasonOf(first)),
    onOver: (first) => sessions.end(sid, reasonOf(first), true),
  });
  sessions.attach(sid, relay);
  client.write(established);
  if (head.length > 0) desk.write(head);
}

/** @returns why the desk cannot be reached, or undefined once it is. */
function connected(desk: Socket, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish('timeout'), timeoutMs);
    const onError = (error: NodeJS.ErrnoException): void => finish(error.code ?? error.message);
    const onClose = (): void => finish('closed');
    const onConnect = (): void => finish(undefined);
    function finish(problem: string | undefined): void {
      clearTimeout(timer);
      desk.off('connect', onConnect).off('close', onClose);
      // A late error of a desk that was given up must not be an uncaught event.
      if (problem === undefined) desk.off('error', onError);
      resolve(problem);
    }
    desk.once('connect', onConnect).once('close', onClose).on('error', onError);
  });
}
