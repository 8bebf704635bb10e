import { plainText, protocolProblem, ScreenEnd } from '../core/screen-end.ts';
import type { Inbox } from './inbox.ts';
import { limits } from './limits.ts';
import { security, securityNames } from './numbers.ts';

export type ServerInit = Readonly<{ width: number; height: number; name: string }>;
export type HandshakeEffects = Readonly<{
  send(bytes: Uint8Array<ArrayBuffer>): void;
  challenge(bytes: Uint8Array<ArrayBuffer>): void;
}>;

type State = 'version' | 'security' | 'reason' | 'challenge' | 'answer' | 'result' | 'init' | 'done';

/** RFC 6143 §7.1 to §7.3: versions 3.3, 3.7 and 3.8, security None and VncAuth. */
export class Handshake {
  readonly #inbox: Inbox;
  readonly #effects: HandshakeEffects;
  #state: State = 'version';
  #minor = 8;
  #chosen = 0;
  #onReason: (text: string) => ScreenEnd = refusedWith;
  #init: ServerInit | undefined;

  constructor(inbox: Inbox, effects: HandshakeEffects) {
    this.#inbox = inbox;
    this.#effects = effects;
  }

  /** Set once the desk has said what it is. */
  get init(): ServerInit | undefined {
    return this.#init;
  }

  /** Whether the desk has been answered a challenge or is not waiting for one. */
  answer(response: Uint8Array): void {
    if (this.#state !== 'answer' || response.length !== 16) return;
    this.#effects.send(response.slice());
    this.#state = 'result';
  }

  /** @returns whether something was read. @throws ScreenEnd */
  step(): boolean {
    switch (this.#state) {
      case 'version':
        return this.#readVersion();
      case 'security':
        return this.#minor === 3 ? this.#readSecurity33() : this.#readSecurity();
      case 'reason':
        return this.#readReason();
      case 'challenge':
        return this.#readChallenge();
      case 'result':
        return this.#readResult();
      case 'init':
        return this.#readInit();
      case 'answer':
      case 'done':
        return false;
    }
  }

  #readVersion(): boolean {
    const inbox = this.#inbox;
    const length = Math.min(12, inbox.length);
    const text = String.fromCharCode(...inbox.peek(0, length));
    // Anything else on this port (HTTP, SSH, silence with garbage) is told apart at its first wrong byte.
    if (!'RFB '.startsWith(text.slice(0, 4))) throw protocolProblem('not an RFB server');
    if (length < 12) return false;
    const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(text);
    if (match === null) throw protocolProblem('RFB version');
    const [major, minor] = [Number(match[1]), Number(match[2])];
    if (major < 3 || (major === 3 && minor < 3)) throw protocolProblem('RFB version');
    this.#minor = major > 3 || minor >= 8 ? 8 : minor === 7 ? 7 : 3;
    inbox.skip(12);
    this.#effects.send(new TextEncoder().encode(`RFB 003.00${this.#minor}\n`));
    this.#state = 'security';
    return true;
  }

  #readSecurity33(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(4)) return false;
    const type = inbox.u32(0);
    inbox.skip(4);
    if (type === 0) this.#state = 'reason';
    else this.#choose(type, [type]);
    return true;
  }

  #readSecurity(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(1) || !inbox.has(1 + inbox.u8(0))) return false;
    const offered = [...inbox.peek(1, inbox.u8(0))];
    inbox.skip(1 + offered.length);
    if (offered.length === 0) this.#state = 'reason';
    else this.#choose(offered.find((type) => type === security.none || type === security.vncAuth) ?? 0, offered);
    return true;
  }

  #choose(type: number, offered: readonly number[]): void {
    if (type !== security.none && type !== security.vncAuth) {
      const names = offered.slice(0, 8).map((number) => securityNames[number] ?? String(number));
      throw new ScreenEnd('deskSecurityUnsupported', { offered: names.join(', ') });
    }
    this.#chosen = type;
    if (this.#minor !== 3) this.#effects.send(Uint8Array.of(type));
    if (type === security.vncAuth) this.#state = 'challenge';
    else if (this.#minor === 8) this.#state = 'result';
    else this.#sayShared();
  }

  #readChallenge(): boolean {
    if (!this.#inbox.has(16)) return false;
    const challenge = this.#inbox.copy(0, 16);
    this.#inbox.skip(16);
    this.#state = 'answer';
    this.#effects.challenge(challenge);
    return true;
  }

  #readResult(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(4)) return false;
    const result = inbox.u32(0);
    inbox.skip(4);
    if (result === 0) {
      this.#sayShared();
      return true;
    }
    const wrong = this.#chosen === security.vncAuth ? passwordRefusedWith : refusedWith;
    // 2: "too many tries", of the Tight extension; old servers send it with no reason.
    if (result === 2) throw new ScreenEnd('deskTooManyTries');
    if (result !== 1) throw protocolProblem('security result');
    if (this.#minor < 8) throw wrong('');
    this.#onReason = wrong;
    this.#state = 'reason';
    return true;
  }

  #readReason(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(4)) return false;
    const length = inbox.u32(0);
    if (length > limits.reasonBytes) throw protocolProblem('length of a refusal');
    if (!inbox.has(4 + length)) return false;
    throw this.#onReason(plainText(new TextDecoder().decode(inbox.peek(4, length)), 120));
  }

  /** Shared: a colleague's or an earlier session that still hangs is not thrown out. */
  #sayShared(): void {
    this.#effects.send(Uint8Array.of(1));
    this.#state = 'init';
  }

  #readInit(): boolean {
    const inbox = this.#inbox;
    if (!inbox.has(24)) return false;
    const length = inbox.u32(20);
    if (length > limits.nameBytes) throw protocolProblem('length of the desktop name');
    if (!inbox.has(24 + length)) return false;
    const name = plainText(new TextDecoder().decode(inbox.peek(24, length)), 120);
    this.#init = { width: inbox.u16(0), height: inbox.u16(2), name };
    inbox.skip(24 + length);
    this.#state = 'done';
    return true;
  }
}

const tooMany = /too many|too often|blacklist|denied for/i;

function passwordRefusedWith(text: string): ScreenEnd {
  return new ScreenEnd(tooMany.test(text) ? 'deskTooManyTries' : 'deskPasswordWrong');
}

function refusedWith(text: string): ScreenEnd {
  return tooMany.test(text) ? new ScreenEnd('deskTooManyTries') : new ScreenEnd('deskClosed', { said: text });
}
