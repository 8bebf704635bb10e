import type { Duplex } from 'node:stream';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Events } from '#contract/ipc/table.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type Attempt, movedBytes } from './attempt.ts';
import { type ByteChannelEvents, createByteChannel, type Port } from './byte-channel.ts';
import { createRdpDesk } from './rdp-desk.ts';

/**
 * A desk that sends no first picture within this time, and asks for no password, is taken to be down. An RDP desk has it
 * twice: to let the person in, and for the picture. While a person is asked there is no limit but those of the rules.
 */
export const pictureDeadlineMs = 20_000;
/** A screen that wants its desk anew more often than this is broken or hostile. */
const reopenEveryMs = 1_000;
const mostReopenings = 200;

export type OpeningParts = Readonly<{
  isCurrent(attempt: Attempt): boolean;
  /** Whether a rule hides the picture may have to do with what has just been opened. */
  bear(attempt: Attempt): void;
  refresh(attempt: Attempt): void;
  /** Makes the screen's port: one end stays here, the other goes to the window. */
  handOverPort(to: Events['screen.port']): Port;
  now: () => number;
  wallNow: () => number;
  log: Logger;
}>;

/** From the tunnel's open channel to the screen's port, the first time and when the desk is opened anew. */
export function createOpening(parts: OpeningParts) {
  const { now, wallNow, log } = parts;

  function attach(attempt: Attempt, stream: Duplex): void {
    const { tunnel } = attempt;
    const { desk, user, rdp } = tunnel?.state() ?? {};
    if (!parts.isCurrent(attempt) || !tunnel || !desk || !user) {
      stream.destroy();
      return;
    }
    if (desk.protocol !== 'rdp') {
      show(attempt, stream, { desk, user, rdp: null });
      return;
    }
    if (!rdp) throw new HanareError('protocolMismatch');
    attempt.audio = attempt.policy?.audio === true;
    attempt.rdp = createRdpDesk(stream, {
      desk: desk.id,
      audio: attempt.audio,
      access: rdp,
      kept: attempt.rdp?.kept() ?? null,
      keyTransport: attempt.keyTransport,
      signal: attempt.left.signal,
      now,
      wallNow,
      log: log.with('rdp'),
      on: {
        certificate: tunnel.deskCertificate,
        opened: ({ stream: secured, selectedProtocol, clientInfo }) =>
          show(attempt, secured, { desk, user, rdp: { selectedProtocol, audio: attempt.audio } }, clientInfo),
        failed: tunnel.end,
        wantsKeyTransport: () => {
          attempt.keyTransport = true;
          tunnel.reopen();
        },
      },
    });
    if (attempt.reopening) attempt.pictureDeadline = now() + pictureDeadlineMs;
    parts.bear(attempt);
  }

  /** The desk's picture can have another size only if it is connected to anew. The person is not asked again. */
  function reopen(attempt: Attempt): void {
    const { tunnel, channel, rdp, reopenedAt } = attempt;
    if (!tunnel || !channel) return;
    const tooSoon = reopenedAt !== null && now() - reopenedAt < reopenEveryMs;
    // The screen has left its desk already: there is nothing to go back to.
    if (!rdp?.kept() || attempt.connectedAt === null || tooSoon || attempt.reopenings >= mostReopenings) {
      tunnel.end({ reason: 'screenProtocolError', details: {} });
      return;
    }
    attempt.reopenedAt = now();
    attempt.reopenings += 1;
    attempt.reopening = true;
    attempt.moved = movedBytes(attempt);
    attempt.channel = undefined;
    channel.replace();
    log.info('desk opened anew');
    tunnel.reopen();
    parts.refresh(attempt);
  }

  function show(
    attempt: Attempt,
    stream: Duplex,
    to: Events['screen.port'],
    clientInfo?: ByteChannelEvents['clientInfo'],
  ): void {
    if (!parts.isCurrent(attempt)) {
      stream.destroy();
      return;
    }
    attempt.pictureDeadline = now() + pictureDeadlineMs;
    attempt.channel = createByteChannel(stream, parts.handOverPort(to), {
      heard: () => attempt.tunnel?.heard(),
      ended: (reason) => attempt.tunnel?.end(reason ? { reason, details: {} } : null),
      ...(clientInfo && { clientInfo }),
    });
    attempt.guard?.opened(attempt.tunnel?.state().sid ?? '');
    parts.bear(attempt);
  }

  return { attach, reopen };
}
