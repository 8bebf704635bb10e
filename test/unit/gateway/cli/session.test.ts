import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCli } from './run-cli.ts';

describe('session', () => {
  const { run, ok, json, inside, close } = testCli();
  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test');
    for (const user of ['yamada', 'suzuki']) await ok(`user add ${user} --name ${user}`);
    for (const id of ['pc-1', 'pc-2']) await ok(`desk add ${id} --name D --protocol vnc --address 10.1.2.3:5900`);
    await inside(({ store }) => {
      for (const [device, user] of [
        ['d1', 'yamada'],
        ['d2', 'suzuki'],
      ] as const) {
        store.addDevice({ id: device, user, label: 'L', created: 1, lease: null });
        store.setDeviceStatus(device, 'active');
        for (const desk of ['pc-1', 'pc-2']) store.assign(desk, user, 1);
      }
      const add = (sid: string, device: string, user: string, desk: string) =>
        store.addSession({ ...{ sid, device, user, desk, granted: 5, replica: 'main' }, ...{ source: '203.0.113.7' } });
      add('a', 'd1', 'yamada', 'pc-1');
      add('b', 'd1', 'yamada', 'pc-2');
      add('c', 'd2', 'suzuki', 'pc-1');
      add('over', 'd2', 'suzuki', 'pc-2');
      store.endSession('over', 9, 'userEnded');
    });
  });
  afterAll(close);
  const asked = () =>
    inside(({ store }) => ['a', 'b', 'c', 'over'].filter((sid) => store.session(sid)?.end_requested === 1));
  const endings = async () =>
    (await json('audit list')).entries.filter((entry: { action: string }) => entry.action === 'session.endAsked');

  it('list shows where each came from', async () => {
    expect((await ok('session list')).split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^SESSION +USER +DEVICE +DESK +STATE +SOURCE +SINCE/),
      expect.stringMatching(/^a +yamada +d1 +pc-1 +granted +203\.0\.113\.7 /),
    ]);
    expect((await json('session list --all')).sessions).toMatchObject([
      ...[{ source: '203.0.113.7' }, { source: '203.0.113.7' }, { source: '203.0.113.7' }],
      { sid: 'over', source: '203.0.113.7', state: 'ended' },
    ]);
  });

  it.each([
    ['session end', 'give the id of one session, or --all'],
    ['session end a --all', 'give the id of one session, or --all'],
    ['session end a --desk pc-1', 'go with --all'],
  ])('refuses %s as wrong usage', async (line, message) => {
    expect(await run(line)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  it('end --all without --yes only says how many would end', async () => {
    const would = {
      code: 1,
      out: '',
      err: 'hanare-gateway: 3 sessions would end. Nothing was changed; add --yes to do it.',
    };
    expect(await run('session end --all')).toEqual(would);
    expect((await run('session end --all --desk pc-1 --user yamada')).err).toContain(' 1 session would end.');
    const machine = await run('--json session end --all --device d1');
    expect(JSON.parse(machine.out)).toEqual({ sessions: ['a', 'b'], requested: false });
    expect(machine.code).toBe(1);
    expect(await asked()).toEqual([]);
    expect(await endings()).toEqual([]);
  });

  it.each(['desk', 'user', 'device'])('end --all takes no %s that does not exist for nobody', async (kind) => {
    expect(await run(`session end --all --${kind} ghost --yes`)).toMatchObject({
      ...{ code: 1, err: `hanare-gateway: There is no ${kind} "ghost".` },
    });
  });

  it('end --all ends what fits every option, with a line of the log each', async () => {
    expect(await json('session end --all --desk pc-1 --user suzuki --yes')).toEqual({
      sessions: ['c'],
      requested: true,
    });
    expect(await asked()).toEqual(['c']);
    expect(await ok('session end --all --device d1 --yes')).toBe('2 sessions being ended.');
    expect(await asked()).toEqual(['a', 'b', 'c']);
    expect((await endings()).map(({ details }: { details: { sid: string } }) => details.sid)).toEqual(['c', 'a', 'b']);
    expect(await endings()).toMatchObject([{ user: 'suzuki', desk: 'pc-1' }, { device: 'd1' }, { device: 'd1' }]);
  });

  it('end --all without any left says that nobody is connected', async () => {
    await inside(({ store }) => {
      for (const sid of ['a', 'b', 'c']) store.endSession(sid, 9, 'sessionEndedByOffice');
    });
    expect(await ok('session end --all --yes')).toBe('Nobody is connected.');
    expect((await run('session end a')).err).toContain('has ended already');
  });
});
