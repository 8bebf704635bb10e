import { describe, expect, it } from 'vitest';
import { StepFailure } from '#build/try-rdp/problem.ts';
import { createSteps, Skipped } from '#build/try-rdp/steps.ts';
import { createSay } from '#build/try-rdp/words.ts';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { protocolError, statusProblem } from '#main/desk/rdp/problems.ts';

const canary = 'KANARIA-PC.city.example 192.0.2.7 himitsu';

function start() {
  const lines: string[] = [];
  const stop = new AbortController();
  const steps = createSteps({
    say: createSay('en', (line) => lines.push(line)),
    stop: stop.signal,
    now: () => 0,
  });
  const fail = (error: unknown, expect?: string) =>
    steps.run('tls', { budgetMs: 1_000, ...(expect === undefined ? {} : { expect }) }, () => {
      throw error;
    });
  return { lines, stop, steps, fail };
}

describe('a step', () => {
  it('is said when it begins, with its time, and when it has ended', async () => {
    const { lines, steps } = start();
    await steps.run('tls', { budgetMs: 15_000 }, () => {});
    expect(lines).toEqual([
      'hanare: Look at encryption and certificate … (15 s at most)',
      'hanare:   Look at encryption and certificate: ok 0 s',
    ]);
  });

  it.each([
    ['a refused logon', statusProblem(0xc0000234), '4107', 'desk-account-locked: the logon was refused (c0000234)'],
    ['a protocol error of main', protocolError('no challenge'), '4113', 'desk-protocol-error: no challenge'],
    ['an error of the catalogue', new HanareError('deskDown', { address: canary }), '4101', 'deskDown'],
    [
      'a protocol error of the screen',
      new HanareError('screenProtocolError', { problem: 'graphics codec 7' }),
      '5101',
      'screenProtocolError: graphics codec 7',
    ],
    ['its own failure', new StepFailure('keysMissing'), 'keysMissing', null],
    ['an error of the system', Object.assign(new Error(canary), { code: 'ECONNREFUSED' }), 'ECONNREFUSED', null],
    ['an error with a code that is a sentence', Object.assign(new Error(canary), { code: canary }), 'unexpected', null],
    ['any other error', new Error(canary), 'unexpected', null],
    ['nothing', undefined, 'unexpected', null],
  ])('is written down as failed, without what the error says, when there was %s', async (_, error, code, detail) => {
    const { steps, fail, lines } = start();
    const record = await fail(error);
    expect(record).toMatchObject({ outcome: 'failed', code: expect.any(String), because: null });
    expect(record.code).toBe(code);
    expect(record.detail).toBe(detail);
    expect(JSON.stringify([steps.records(), lines])).not.toMatch(/KANARIA|192\.0|himitsu/);
  });

  it('fails when its time is up, and the next one is done', async () => {
    const { steps } = start();
    const record = await steps.run('tls', { budgetMs: 5 }, () => new Promise(() => {}));
    expect(record).toMatchObject({ outcome: 'failed', code: 'tooLong' });
    expect(await steps.run('credssp', { budgetMs: 1_000 }, () => {})).toMatchObject({ outcome: 'ok' });
  });

  it('is well when it failed as it was to, and only then', async () => {
    const { steps, fail } = start();
    expect(await fail(statusProblem(0xc000006d), '4103')).toMatchObject({ outcome: 'ok', code: '4103' });
    expect(await fail(protocolError('x'), '4103')).toMatchObject({ outcome: 'failed' });
    expect(await steps.run('wrongPassword', { budgetMs: 1_000, expect: '4103' }, () => {})).toMatchObject({
      outcome: 'failed',
      code: 'accepted',
    });
  });

  it('is not done when there is a reason, and says it', async () => {
    const { steps, lines } = start();
    let done = false;
    const work = () => {
      done = true;
    };
    expect(await steps.run('nla', { budgetMs: 1, skip: 'notOffered' }, work)).toMatchObject({ because: 'notOffered' });
    expect(done).toBe(false);
    expect(lines).toEqual(['hanare:   NLA with the right password (HYBRID): skipped (the PC does not offer it)']);
    expect(
      await steps.run('keys', { budgetMs: 1_000 }, () => {
        throw new Skipped('passedOver');
      }),
    ).toMatchObject({ outcome: 'skipped', because: 'passedOver' });
  });

  it('is left out, like all that follow, when the person stops', async () => {
    const { steps, stop } = start();
    const running = steps.run('tls', { budgetMs: 60_000 }, () => new Promise(() => {}));
    stop.abort();
    expect(await running).toMatchObject({ outcome: 'skipped', because: 'stopped' });
    expect(await steps.run('nla', { budgetMs: 1_000 }, () => {})).toMatchObject({ because: 'stopped' });
  });
});
