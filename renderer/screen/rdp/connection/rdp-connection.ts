import { protocolProblem, ScreenEnd } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import type { CodecName } from './bitmap-codecs.ts';
import type { ActiveDesk, ConnectionEffects, ConnectionOptions } from './connection-api.ts';
import { endOfErrorInfo } from './error-info.ts';
import { FastPathUpdates, fastPathInput, ofSlowPointer, ofSlowUpdate } from './fast-path.ts';
import { Framing, framed } from './framing.ts';
import { conferenceCreateRequest, readConferenceCreateResponse } from './gcc.ts';
import { isLicensed, noLicense } from './licensing.ts';
import * as mcs from './mcs.ts';
import * as share from './share.ts';
import { chunksOf, StaticChannel } from './static-channels.ts';

export type { ActiveDesk, ConnectionEffects, ConnectionOptions } from './connection-api.ts';

/** Pointer updates (2.2.9.1.2.1). */
const isPointer = (code: number): boolean => code >= 5 && code <= 12;

/** Where the sequence of MS-RDPBCGR 1.3.1.1 is. `deactivated` is where Demand Active is waited for, at first and again. */
type Phase = 'new' | 'connecting' | 'attaching' | 'joining' | 'licensing' | 'deactivated' | 'finalizing' | 'active';

/**
 * The connection sequence of RDP from MCS Connect Initial on, and the framing of all that follows it: bytes in, effects
 * out, no I/O, no clock. TLS stands below, so there is no encryption here; no compression is offered.
 */
export class RdpConnection {
  readonly #options: ConnectionOptions;
  readonly #codecs: readonly CodecName[];
  readonly #effects: ConnectionEffects;
  readonly #framing: Framing;
  readonly #updates: FastPathUpdates;
  #phase: Phase = 'new';
  #end: ScreenEnd | undefined;
  /** What the desk has said that its leaving will mean. */
  #announced: ScreenEnd | undefined;
  #version = 0;
  #user = 0;
  #io = 0;
  #channels: readonly StaticChannel[] = [];
  /** Channels still to be joined, the next one first. */
  #toJoin: number[] = [];
  #shareId = 0;
  #desk: ActiveDesk | undefined;
  /** Something was drawn before it could be shown. */
  #missed = false;

  constructor(options: ConnectionOptions, effects: ConnectionEffects) {
    this.#options = options;
    this.#codecs = options.codecs ?? ['remotefx'];
    this.#effects = effects;
    this.#updates = new FastPathUpdates((code, bytes) => this.#update(code, bytes));
    this.#framing = new Framing({
      slowPath: (bytes) => this.#slowPath(bytes),
      fastPath: (bytes) => this.#fastPath(bytes),
      disconnected: () => this.#left(),
    });
  }

  get active(): boolean {
    return this.#phase === 'active' && this.#end === undefined;
  }

  /** What the desk says of its RDP (2.2.1.4.2); 0 before it has. */
  get version(): number {
    return this.#version;
  }

  start(): void {
    if (this.#phase !== 'new') throw new Error('started twice');
    this.#phase = 'connecting';
    this.#send(mcs.connectInitial(conferenceCreateRequest(this.#options)));
  }

  /** @param chunk in whatever pieces. @throws ScreenEnd, and the same one from then on */
  push(chunk: Uint8Array): void {
    if (this.#end !== undefined) throw this.#end;
    if (this.#phase === 'new') throw new Error('not started');
    try {
      this.#framing.push(chunk);
    } catch (error) {
      if (error instanceof ScreenEnd) this.#end = error;
      throw error;
    }
  }

  /** The stream has ended. @returns why, as far as the desk has said so */
  closed(): ScreenEnd {
    this.#end ??= this.#announced ?? new ScreenEnd('deskClosed');
    return this.#end;
  }

  /** @param events so many fast-path input events (2.2.8.1.2.2), 255 at most */
  input(events: Uint8Array, count: number): void {
    if (!this.active || count === 0) return;
    this.#effects.send(fastPathInput(events, count));
  }

  sendChannel(name: string, message: Uint8Array): void {
    const channel = this.#channels.find((candidate) => candidate.name === name);
    if (channel === undefined || this.#end !== undefined) return;
    for (const chunk of chunksOf(message)) this.#send(mcs.sendData(this.#user, channel.id, chunk));
  }

  acknowledgeFrame(frame: number): void {
    if (this.#desk?.frameAcknowledge === true) this.#share((from) => share.frameAcknowledge(from, frame));
  }

  /** While nobody sees the picture the desk need not send it. */
  suppressOutput(suppress: boolean): void {
    const desk = this.#desk;
    if (desk?.suppressOutput === true) this.#share((from) => share.suppressOutput(from, desk, suppress));
  }

  /** Asks for the whole picture. */
  refresh(): void {
    const desk = this.#desk;
    if (desk?.refreshRect === true) this.#share((from) => share.refreshRect(from, desk));
  }

  /** Asks the desk to end the session; it hangs up, or says that a user is signed in, and then we do (1.3.1.4.1). */
  shutdown(): void {
    if (this.#end !== undefined || this.#phase === 'new' || this.#phase === 'connecting') return;
    if (this.active) this.#share(share.shutdownRequest);
    else this.#send(mcs.disconnectUltimatum());
  }

  #send(pdu: Uint8Array): void {
    this.#effects.send(framed(pdu));
  }

  #sendShared(pdu: Uint8Array): void {
    this.#send(mcs.sendData(this.#user, this.#io, pdu));
  }

  #share(pdu: (from: share.Sender) => Uint8Array): void {
    if (this.active) this.#sendShared(pdu({ user: this.#user, shareId: this.#shareId }));
  }

  #left(): never {
    throw this.closed();
  }

  #slowPath(bytes: Uint8Array): void {
    if (this.#phase === 'connecting') {
      this.#connected(mcs.readConnectResponse(bytes));
      return;
    }
    const pdu = mcs.readDomainPdu(bytes);
    switch (pdu.kind) {
      case 'attached':
        this.#expect('attaching');
        this.#user = pdu.user;
        this.#toJoin = [pdu.user, this.#io, ...this.#channels.map(({ id }) => id)];
        this.#phase = 'joining';
        this.#join();
        return;
      case 'joined':
        this.#expect('joining');
        if (pdu.user !== this.#user || pdu.channel !== this.#toJoin.shift()) throw protocolProblem('channel joined');
        this.#join();
        return;
      case 'data':
        this.#data(pdu.channel, pdu.bytes);
        return;
      case 'disconnected':
        this.#left();
    }
  }

  #expect(phase: Phase): void {
    if (this.#phase !== phase) throw protocolProblem('PDU out of order');
  }

  /** Basic settings are exchanged (1.3.1.1): now the channels. */
  #connected(gcc: Uint8Array): void {
    const names = this.#options.channels;
    const { version, io, channels } = readConferenceCreateResponse(gcc, names.length);
    this.#version = version;
    this.#io = io;
    this.#channels = names.map((name, i) => new StaticChannel(name, channels[i]!));
    this.#phase = 'attaching';
    this.#send(mcs.erectDomain());
    this.#send(mcs.attachUser());
  }

  /** One after the other, as 3.2.5.3.8 has it. */
  #join(): void {
    const [next] = this.#toJoin;
    if (next !== undefined) {
      this.#send(mcs.joinChannel(this.#user, next));
      return;
    }
    this.#phase = 'licensing';
    this.#effects.clientInfo(this.#user, this.#io);
  }

  #data(id: number, bytes: Uint8Array): void {
    if (this.#phase === 'attaching' || this.#phase === 'joining') throw protocolProblem('PDU out of order');
    if (id === this.#io) {
      if (this.#phase !== 'licensing' || share.looksShared(bytes)) this.#shared(bytes);
      else this.#licensing(bytes);
      return;
    }
    const channel = this.#channels.find((candidate) => candidate.id === id);
    if (channel === undefined) throw protocolProblem('unknown channel');
    const message = channel.push(bytes);
    if (message !== undefined) this.#effects.channel(channel.name, message);
  }

  #licensing(bytes: Uint8Array): void {
    if (isLicensed(bytes)) {
      this.#announced = undefined;
      this.#phase = 'deactivated';
      return;
    }
    // Asked again, or left after the answer, the desk wants one.
    if (this.#announced !== undefined) throw this.#announced;
    this.#announced = new ScreenEnd('deskLicence');
    this.#sendShared(noLicense());
  }

  #shared(bytes: Uint8Array): void {
    for (const { type, source, body } of share.sharePdus(bytes)) {
      switch (type) {
        case share.shareType.demandActive:
          this.#expect('deactivated');
          this.#activate(source, body);
          break;
        case share.shareType.deactivateAll:
          this.#deactivate();
          break;
        case share.shareType.data:
          this.#sharedData(share.readData(body));
          break;
        case share.shareType.redirection:
          throw new ScreenEnd('deskRedirects');
        default:
          throw protocolProblem(`share control type ${type}`);
      }
    }
  }

  /** Our half of capabilities and finalization goes out at once: nothing of it waits for an answer (1.3.1.1). */
  #activate(server: number, body: Reader): void {
    const demand = share.readDemandActive(body, this.#codecs);
    this.#shareId = demand.shareId;
    this.#desk = demand.desk;
    this.#phase = 'finalizing';
    const from = { user: this.#user, shareId: demand.shareId };
    this.#sendShared(share.confirmActive(this.#user, demand, this.#codecs));
    this.#sendShared(share.synchronize(from, server));
    this.#sendShared(share.controlPdu(from, 'cooperate'));
    this.#sendShared(share.controlPdu(from, 'request'));
    this.#sendShared(share.fontList(from));
  }

  /** 1.3.1.3. A desk may also stop a share that it has only begun. */
  #deactivate(): void {
    const was = this.#phase;
    this.#phase = 'deactivated';
    this.#updates.reset();
    if (was === 'active') this.#effects.deactivated();
  }

  #sharedData({ type, body }: share.SharedData): void {
    const { dataType } = share;
    if (type === dataType.setErrorInfo) {
      this.#announced = endOfErrorInfo(new Reader(body).u32());
      return;
    }
    if (this.#phase !== 'finalizing' && this.#phase !== 'active') return;
    if (type === dataType.fontMap) this.#finalized();
    else if (type === dataType.update) this.#update(...ofSlowUpdate(body));
    else if (type === dataType.pointer) this.#update(...ofSlowPointer(body));
    else if (type === dataType.keyboardIndicators) this.#effects.locks(share.readIndicators(body));
    else if (type === dataType.shutdownDenied) this.#send(mcs.disconnectUltimatum());
    // Of the rest (control, session info, sounds, monitor layout, reconnection) nothing hangs on what it says.
  }

  /** 2.2.1.22, which ends the sequence. */
  #finalized(): void {
    if (this.#phase === 'active' || this.#desk === undefined) return;
    this.#phase = 'active';
    this.#effects.activated(this.#desk);
    if (this.#missed) this.refresh();
    this.#missed = false;
  }

  #fastPath(bytes: Uint8Array): void {
    if (this.#phase === 'finalizing' || this.#phase === 'active') this.#updates.push(bytes);
    // A desk may have had one on its way when it deactivated; before the first activation there can be none.
    else if (this.#phase !== 'deactivated' || this.#desk === undefined) throw protocolProblem('update too early');
  }

  #update(code: number, bytes: Uint8Array): void {
    // Pointers are told once, also while the share is still being agreed on, and kept.
    if (this.#phase === 'active' || isPointer(code)) this.#effects.update(code, bytes);
    else this.#missed = true;
  }
}
