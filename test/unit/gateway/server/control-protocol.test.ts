import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientMessage, wireVersion } from '#contract/wire/messages.ts';
import { advance, type Stage } from '#gateway/server/control-protocol.ts';

const nonce = 'right';
const otp = { kind: 'totp', code: '123456' } as const;
const machine = { uuid: null, serial: null, macs: [] };
const hello: ClientMessage = {
  ...{ type: 'hello', version: wireVersion, client: { version: '1.0.0', platform: 'linux' }, machine },
};
const auth: ClientMessage = { type: 'auth', nonce, otp };
const wrongNonce: ClientMessage = { type: 'auth', nonce: 'wrong', otp };
const ping: ClientMessage = { type: 'ping', n: 1 };
const pong: ClientMessage = { type: 'pong', n: 1 };
const erased: ClientMessage = { type: 'erased' };
const evidence: ClientMessage = { type: 'evidence', id: 3, jws: 'a.b.c' };
/** What only a signed-in laptop may say. */
const work: readonly ClientMessage[] = [
  { type: 'open', request: 1, desk: 'pc-1' },
  { type: 'close', sid: 's' },
  { type: 'extend', otp },
  { type: 'renew', request: 2, csr: '-----BEGIN CERTIFICATE REQUEST-----' },
  { type: 'event', event: 'usbInserted', details: {} },
  { type: 'deskCertificate', sid: 's', sha256: 'ab'.repeat(32) },
];
const messages = [hello, auth, wrongNonce, ping, pong, erased, evidence, ...work];

/** As the gateway would: a sign-in is accepted when `accept` says so, by its turn. */
function run(list: readonly ClientMessage[], from: Stage = 'hello', accept: (turn: number) => boolean = () => true) {
  let stage = from;
  let turn = 0;
  const actions: string[] = [];
  for (const message of list) {
    const step = advance(stage, message, nonce);
    stage = step.stage;
    actions.push(step.action.do);
    if (step.action.do === 'signIn' && accept(turn++)) stage = 'ready';
    if (step.action.do === 'violation') break;
  }
  return { stage, actions };
}

describe('advance', () => {
  it('goes hello, auth, then whatever a signed-in laptop may say', () => {
    const { stage, actions } = run([hello, auth, ...work]);
    expect(stage).toBe('ready');
    expect(actions).toEqual(['greet', 'signIn', 'open', 'close', 'extend', 'renew', 'tell', 'pin']);
  });

  it('takes one auth after another until one is accepted, and none after that', () => {
    const { actions } = run([hello, auth, auth, auth, auth], 'hello', (turn) => turn === 2);
    expect(actions).toEqual(['greet', 'signIn', 'signIn', 'signIn', 'violation']);
  });

  it('answers heartbeats from hello on, and not before', () => {
    expect(run([ping]).actions).toEqual(['violation']);
    expect(run([pong]).actions).toEqual(['violation']);
    expect(run([hello, ping, pong]).actions).toEqual(['greet', 'pong', 'nothing']);
  });

  it('takes testimony from hello on, before the sign-in only as early, and not before hello', () => {
    expect(run([evidence]).actions).toEqual(['violation']);
    const early = (stage: Stage) => advance(stage, evidence, nonce).action;
    expect(early('auth')).toEqual({ do: 'testify', id: 3, jws: 'a.b.c', early: true });
    expect(early('ready')).toEqual({ do: 'testify', id: 3, jws: 'a.b.c', early: false });
  });

  it('refuses a wrong nonce, a second hello and an erasing that nobody asked for', () => {
    expect(run([hello, wrongNonce]).actions).toEqual(['greet', 'violation']);
    expect(run([hello, hello]).actions).toEqual(['greet', 'violation']);
    for (const before of [[], [hello], [hello, auth]]) {
      expect(run([...before, erased]).actions.at(-1)).toBe('violation');
    }
  });

  it('hears nothing but heartbeats and the confirmation of a laptop that is to erase itself', () => {
    for (const message of messages) {
      const expected = message === erased ? 'erased' : message === ping ? 'pong' : 'nothing';
      expect(run([message], 'erasing'), message.type).toEqual({ stage: 'erasing', actions: [expected] });
    }
  });

  it('never does anything for a laptop whose sign-in was not accepted', () => {
    const names = ['open', 'close', 'extend', 'renew', 'tell', 'erased'];
    const lists = fc.array(fc.constantFrom(...messages), { maxLength: 12 });
    fc.assert(
      fc.property(lists, fc.nat(3), (list, accepted) => {
        const { actions } = run(list, 'hello', (turn) => turn === accepted);
        const first = actions.findIndex((action) => names.includes(action));
        if (first < 0) return;
        expect(actions.indexOf('greet')).toBe(0);
        const before = actions.slice(0, first).filter((action) => action === 'signIn');
        expect(before).toHaveLength(accepted + 1);
      }),
    );
  });
});
