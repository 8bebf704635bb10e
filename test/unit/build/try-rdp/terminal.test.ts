import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askHidden } from '#build/try-rdp/terminal.ts';

function terminal() {
  const keyboard = Object.assign(new PassThrough(), { raw: false, setRawMode: (_: boolean) => keyboard });
  keyboard.setRawMode = (on) => {
    keyboard.raw = on;
    return keyboard;
  };
  const shown: string[] = [];
  const write = (text: string) => {
    shown.push(`${text}${keyboard.raw ? '' : ' (echo)'}`);
    return true;
  };
  return { keyboard, shown, ask: () => askHidden('Password: ', keyboard as never, { write } as never) };
}

describe('a question for a password', () => {
  it.each([
    ['himitsu\r', 'himitsu'],
    ['himitsuu\u007f\n', 'himitsu'],
    ['ひみつ\r', 'ひみつ'],
    ['a\u001bb\r', 'ab'],
    ['himitsu\u0003', null],
    ['\u0004', null],
  ])('is answered by %j with %j, and nothing of it is shown', async (typed, answer) => {
    const { keyboard, shown, ask } = terminal();
    const asked = ask();
    keyboard.write(typed);
    expect(await asked).toBe(answer);
    expect(shown).toEqual(['Password: ', '\n (echo)']);
    expect(keyboard.raw).toBe(false);
    expect(keyboard.isPaused()).toBe(true);
  });

  it('has no answer when the terminal goes away', async () => {
    const { keyboard, ask } = terminal();
    const asked = ask();
    keyboard.end('half');
    expect(await asked).toBeNull();
  });
});
