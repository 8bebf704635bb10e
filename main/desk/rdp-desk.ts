import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type Failure, HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import type { DeskLogin } from '#contract/ipc/state.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { RdpAccess } from '#contract/wire/messages.ts';
import { encodeClientInfo, type McsChannels, ownClientInfo } from './rdp/client-info.ts';
import { protocol } from './rdp/negotiate.ts';
import type { Credentials } from './rdp/ntlm.ts';
import { openRdp } from './rdp/open-rdp.ts';
import { RdpProblem } from './rdp/problems.ts';
import { rdpFailure } from './rdp/reasons.ts';
import { ownTimeZone } from './rdp/time-zone.ts';
import { readLogin } from './rdp/user-name.ts';

export type RdpDeskOptions = Readonly<{
  /** The desk's id: the laptop is told no other name of its host. */
  desk: string;
  access: RdpAccess;
  /** Whether its sound may be heard. */
  audio: boolean;
  /** Of the connection before, in the same session: nobody is asked then. */
  kept: Kept | null;
  /** As in RdpOptions. */
  keyTransport: boolean;
  /** Aborted at the session's end. */
  signal: AbortSignal;
  now: () => number;
  wallNow: () => number;
  log: Logger;
  on: Readonly<{
    /** The certificate that the desk has shown, known or not. */
    certificate(sha256: string): void;
    opened(desk: RdpOpened): void;
    failed(failure: Failure): void;
    /** The desk is to be opened anew, with key transport. */
    wantsKeyTransport(): void;
  }>;
}>;

type RdpOpened = Readonly<{
  /** What follows MCS Connect Initial goes through here, in the clear. */
  stream: Duplex;
  selectedProtocol: number;
  clientInfo(channels: McsChannels): Buffer | null;
}>;

/** A person, and the desk that has let them in: nobody else is to be shown their password later in the session. */
type Kept = Readonly<{ credentials: Credentials; certificate: string | null; security: RdpAccess['security'] }>;

export type RdpDesk = Readonly<{
  /** For the window: null when nobody is asked for any more. */
  login(): { busy: boolean } | null;
  /** @throws HanareError badRequest when it is not asked for, or cannot be anybody's account */
  signIn(login: DeskLogin): void;
  /** While it is held the desk is not signed in to; see ByteChannel. */
  hold(on: boolean): void;
  /** There is a picture: no Client Info PDU is to be had any more. */
  shown(): void;
  /** What the desk has let in, for the next connection of the same session; null before that, and once forgotten. */
  kept(): Kept | null;
  forget(): void;
}>;

/**
 * An RDP desk from the open channel to the screen's first byte: waits for a person to say who signs in, and signs in. The
 * stream is not touched before that, neither read nor listened to: what has been read by 'readable' does not serve TLS. That
 * a desk hangs up meanwhile, the gateway tells.
 * INVARIANT: the password is in this closure only, until `forget`: the session's end. A desk that takes another size only
 * when it is connected to anew needs it again, and asking the person each time would not be that.
 */
export function createRdpDesk(stream: Duplex, options: RdpDeskOptions): RdpDesk {
  const { desk, access, audio, kept, keyTransport, signal, now, wallNow, log, on } = options;
  let phase: 'asks' | 'opens' | 'again' | 'open' = kept ? 'opens' : 'asks';
  let credentials = kept?.credentials ?? null;
  let certificate = kept?.certificate ?? null;
  let security = kept?.security ?? access.security;
  let informed = false;
  let held = false;
  let begun = false;

  const forget = () => {
    credentials = null;
  };

  async function open(given: Credentials): Promise<void> {
    const since = now();
    try {
      const opened = await openRdp(stream, {
        host: desk,
        credentials: given,
        security,
        keyTransport,
        pin: access.certificate ?? certificate,
        signal,
        now: wallNow,
        random: randomBytes,
        onCertificate: on.certificate,
      });
      phase = 'open';
      certificate = opened.certificate.sha256;
      if (opened.protocol !== protocol.ssl) security = 'nla';
      log.info('desk opened', {
        protocol: nameOf(opened.protocol),
        pinned: opened.pinned,
        ms: Math.round(now() - since),
      });
      on.opened({
        stream: opened.stream,
        selectedProtocol: opened.protocol,
        clientInfo: (channels) => clientInfo(channels, opened.protocol),
      });
    } catch (error) {
      if (!signal.aborted && error instanceof RdpProblem && error.reason === 'desk-key-signs-not') {
        log.info('desk wants key transport');
        phase = 'again';
        on.wantsKeyTransport();
        return;
      }
      forget();
      if (signal.aborted) return;
      // Of an unexpected error only its kind: its text may quote what it failed on.
      const problem = error instanceof RdpProblem ? error.message : error instanceof Error ? error.name : typeof error;
      log.warn('desk not opened', { problem, ms: Math.round(now() - since) });
      on.failed(error instanceof RdpProblem ? rdpFailure(error) : toFailure(error));
    }
  }

  function clientInfo(channels: McsChannels, selectedProtocol: number): Buffer | null {
    const given = informed ? null : credentials;
    informed = true;
    return given && encodeClientInfo(channels, ownClientInfo(selectedProtocol, given, ownTimeZone(wallNow()), audio));
  }

  function go(): void {
    if (held || begun || !credentials) return;
    begun = true;
    void open(credentials);
  }

  return {
    login: () => (phase === 'open' ? null : { busy: phase !== 'asks' }),
    signIn(login) {
      if (phase !== 'asks') throw new HanareError('badRequest');
      credentials = readLogin(login);
      phase = 'opens';
      go();
    },
    hold(next) {
      held = next;
      go();
    },
    shown() {
      informed = true;
    },
    kept: () =>
      credentials && (phase === 'open' || phase === 'again') ? { credentials, certificate, security } : null,
    forget,
  };
}

const nameOf = (selected: number) =>
  selected === protocol.ssl ? 'tls' : selected === protocol.hybrid ? 'nla' : 'nla with early result';
