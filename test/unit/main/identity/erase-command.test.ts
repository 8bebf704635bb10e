import { describe, expect, it } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { eraseCommand } from '#main/identity/erase-command.ts';

describe('--erase', () => {
  /** Runs it with a person who presses the button `press`; tells how it went. */
  const run = async (args: string[], parts: { press?: number; fails?: unknown; language?: 'ja' | 'en' } = {}) => {
    const seen = { asked: [] as { message: string; defaultId: number; cancelId: number }[], erased: 0, out: '' };
    const code = await eraseCommand({
      argv: ['/opt/hanare/hanare', ...args],
      dialog: {
        showMessageBox: async (options) => {
          seen.asked.push(options);
          if (parts.press === undefined) throw new Error('no display');
          return { response: parts.press };
        },
      },
      erase: async () => {
        if (parts.fails !== undefined) throw parts.fails;
        seen.erased += 1;
      },
      out: (line) => (seen.out += line),
      language: parts.language ?? 'en',
    });
    return { code, ...seen };
  };

  it('does nothing when it was not asked for', async () => {
    for (const args of [[], ['--yes'], ['--erased'], ['erase'], ['--no-sandbox']]) {
      expect(await run(args), args.join()).toEqual({ code: null, asked: [], erased: 0, out: '' });
    }
  });

  it('asks first, with the safe button as the default, and erases when told so', async () => {
    const result = await run(['--erase'], { press: 1 });
    expect(result).toMatchObject({ code: 0, erased: 1, out: 'The registration of this laptop has been erased.' });
    expect(result.asked).toMatchObject([{ defaultId: 0, cancelId: 0 }]);
  });

  it('erases nothing when the person declines or closes the box', async () => {
    expect(await run(['--erase'], { press: 0 })).toMatchObject({ code: 1, erased: 0, out: 'Nothing was erased.' });
  });

  it('does not ask with --yes', async () => {
    expect(await run(['--erase', '--yes'])).toMatchObject({ code: 0, erased: 1, asked: [] });
  });

  it('erases nothing when it cannot ask', async () => {
    expect(await run(['--erase'])).toMatchObject({ code: 1, erased: 0 });
  });

  it('says why it failed, in words of the catalogue and nothing else', async () => {
    const fails = new HanareError('keychainLocked', {}, { cause: new Error('detail') });
    const result = await run(['--yes', '--erase'], { fails, language: 'ja' });
    expect(result).toMatchObject({ code: 1, out: expect.stringMatching(/消しきれません.*鍵入れ.*\(6302\)$/) });
    const unexpected = await run(['--erase', '--yes'], { fails: new Error('the secret path') });
    expect(unexpected.code).toBe(1);
    expect(unexpected.out).not.toContain('the secret path');
  });
});
