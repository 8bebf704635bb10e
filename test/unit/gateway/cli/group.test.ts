import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCli } from './run-cli.ts';

describe('groups', () => {
  const { ok, json, run, close } = testCli();
  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test');
    for (const user of ['sato', 'yamada']) await ok(`user add ${user} --name ${user}`);
    await ok('device enrol --user sato --label A --id l-1');
  });
  afterAll(close);

  it('are none at first', async () => {
    expect(await ok('group list')).toBe('There are no groups yet.');
    expect(await json('group list')).toEqual({ groups: [] });
  });

  it('begin with rules or with people, whichever comes first', async () => {
    await ok('policy set --group night --rule usb=end --rule pinMinimum=8');
    await ok('group add tax yamada');
    expect(await json('group list')).toEqual({
      groups: [
        { name: 'night', users: [], rules: ['usb', 'pinMinimum'] },
        { name: 'tax', users: ['yamada'], rules: [] },
      ],
    });
    const lines = (await ok('group list')).split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines).toEqual(['GROUP | PEOPLE | RULES', 'night | - | usb, pinMinimum', 'tax | yamada | -']);
  });

  it('say what joining and leaving changes, once', async () => {
    const joined = await ok('group add night sato');
    expect(joined).toMatch(/^"sato" is in group "night" now\. It changes the rules of 1 laptop:\nRULE/);
    expect(joined).toMatch(/\nusb +hides the picture until it is out +ends the session +- +l-1$/m);
    expect(await ok('group add night sato')).toBe('It was so already.');
    expect(await json('group remove night sato')).toMatchObject({
      ...{ group: 'night', user: 'sato', member: false, changed: true },
      laptops: [
        {
          device: 'l-1',
          changes: [
            { rule: 'pinMinimum', looser: true },
            { rule: 'usb', looser: true },
          ],
        },
      ],
    });
    expect(await json('group remove night sato')).toMatchObject({ changed: false, laptops: [] });
    expect(await ok('group add tax sato')).toBe('"sato" is in group "tax" now. No laptop’s rules change by it.');
    const { entries } = await json('audit list --last 3 --user sato');
    expect(entries.map(({ action, details }: { action: string; details: object }) => [action, details])).toEqual([
      ['group.joined', { group: 'night' }],
      ['group.left', { group: 'night' }],
      ['group.joined', { group: 'tax' }],
    ]);
  });

  it.each([
    ['group add night ghost', 1, 'There is no user "ghost".'],
    ['group remove night ghost', 1, 'There is no user "ghost".'],
    ['group add -- -night sato', 2, 'Use 1 to 64 letters'],
    ['group add night', 2, 'missing required argument'],
  ])('refuse %s', async (line, code, message) => {
    expect(await run(line)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });
});
