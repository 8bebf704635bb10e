import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientMessage } from '#contract/wire/messages.ts';
import { advance, type Stage } from '#gateway/server/control-protocol.ts';

const nonce = 'right';
const hello: ClientMessage = { type: 'hello', version: 1, client: { version: '1', platform: 'linux' } };
const messages: readonly ClientMessage[] = [
  hello,
  { type: 'auth', nonce },
  { type: 'auth', nonce: 'wrong' },
  { type: 'open', request: 1, desk: 'pc-1' },
  { type: 'close', sid: 's' },
  { type: 'ping', n: 1 },
  { type: 'pong', n: 1 },
];

function run(list: readonly ClientMessage[]): { stage: Stage; actions: string[] } {
  let stage: Stage = 'hello';
  const actions: string[] = [];
  for (const message of list) {
    const step = advance(stage, message, nonce);
    stage = step.stage;
    actions.push(step.action.do);
    if (step.action.do === 'violation') break;
  }
  return { stage, actions };
}

describe('advance', () => {
  it('goes hello, auth, open, close', () => {
    const { stage, actions } = run([hello, { type: 'auth', nonce }, messages[3]!, messages[4]!]);
    expect(stage).toBe('ready');
    expect(actions).toEqual(['challenge', 'signIn', 'open', 'close']);
  });

  it('answers heartbeats from hello on, and not before', () => {
    expect(run([messages[5]!]).actions).toEqual(['violation']);
    expect(run([messages[6]!]).actions).toEqual(['violation']);
    expect(run([hello, messages[5]!, messages[6]!]).actions).toEqual(['challenge', 'pong', 'nothing']);
  });

  it('refuses a wrong nonce, a second hello and a second auth', () => {
    expect(run([hello, messages[2]!]).actions).toEqual(['challenge', 'violation']);
    expect(run([hello, hello]).actions).toEqual(['challenge', 'violation']);
    const twice = run([hello, messages[1]!, messages[1]!]);
    expect(twice.actions).toEqual(['challenge', 'signIn', 'violation']);
  });

  it('never opens or closes anything when the right nonce did not come after a hello', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...messages), { maxLength: 12 }), (list) => {
        const { actions } = run(list);
        const first = actions.findIndex((action) => action === 'open' || action === 'close');
        if (first < 0) return;
        expect(actions.indexOf('challenge')).toBe(0);
        expect(actions.indexOf('signIn')).toBeGreaterThan(0);
        expect(actions.indexOf('signIn')).toBeLessThan(first);
        expect(list[actions.indexOf('signIn')]).toEqual({ type: 'auth', nonce });
      }),
    );
  });
});
