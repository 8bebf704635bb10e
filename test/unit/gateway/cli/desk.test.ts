import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as values from '#gateway/cli/values.ts';
import { testCli } from './run-cli.ts';

const mac = '00:1b:44:11:3a:b7';

describe('values of a desk', () => {
  it.each([
    [values.parseDeskClass, ['my-number', '1', 'a'.repeat(32)], ['', 'none', '-a', 'A', 'a_b', 'a'.repeat(33), 'a\n']],
    [
      values.parseMac,
      [mac, '00-1B-44-11-3A-B7', 'fe:ff:ff:ff:ff:ff'],
      [
        '',
        '001b44113ab7',
        '00:1b:44:11:3a',
        `${mac}:00`,
        '00:1b:44:11:3a:bg',
        'ff:ff:ff:ff:ff:ff',
        '00:00:00:00:00:00',
      ],
    ],
    [values.parseWakeTo, ['10.1.2.255:9', 'wake.test:7', '[2001:db8::1]:9'], ['10.1.2.255', ':9', 'a:0', '::1:9']],
    [values.parseSeconds, ['1', '3600'], ['0', '3601', '-1', '1.5', '']],
  ] as const)('%o', (parse, good, bad) => {
    for (const text of good) expect(() => parse(text), text).not.toThrow();
    for (const text of bad) expect(() => parse(text), text).toThrow();
  });

  it('"none" takes away what may be taken away', () => {
    const parse = values.orNone(values.parseMac);
    expect(values.noneAsNull(parse('none'))).toBeNull();
    expect(values.noneAsNull(parse('00-1B-44-11-3A-B7'))).toBe(mac);
    expect(() => parse('None')).toThrow();
  });
});

describe('desk', () => {
  const { run, ok, json, inside, close } = testCli();
  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test');
    await ok('user add yamada --name Yamada');
    await ok('desk add pc-1 --name Desk --protocol vnc --address 10.1.2.3:5900');
  });
  afterAll(close);
  const desk = async (id: string) => (await json('desk list')).desks.find((item: { id: string }) => item.id === id);
  const audit = async (action: string) =>
    (await json('audit list')).entries.filter((entry: { action: string }) => entry.action === action);

  it('add takes a class and how to wake it, in any common way to write a card’s address', async () => {
    const options = '--class my-number --mac 00-1B-44-11-3A-B7 --wake-to 10.1.2.255:9';
    await ok(`desk add pc-2 --name Two --protocol vnc --address 10.1.2.4:5900 ${options}`);
    const more = { class: 'my-number', mac, wakeTo: '10.1.2.255:9' };
    expect(await desk('pc-2')).toMatchObject(more);
    expect((await audit('desk.added')).at(-1)).toMatchObject({ desk: 'pc-2', details: more });
  });

  it('an RDP desk asks for NLA unless told otherwise, and its certificate may be known from the start', async () => {
    const pin = 'ab'.repeat(32);
    await ok('desk add pc-r --name R --protocol rdp --address 10.1.2.9:3389');
    expect(await desk('pc-r')).toMatchObject({ protocol: 'rdp', security: 'nla', certificate: null });
    await ok(`desk add pc-x --name X --protocol rdp --address 10.1.2.8:3389 --security tls --certificate ${pin}`);
    expect(await desk('pc-x')).toMatchObject({ security: 'tls', certificate: pin });
    await ok('desk set pc-x --certificate none --security nla');
    expect(await desk('pc-x')).toMatchObject({ security: 'nla', certificate: null });
    expect((await audit('desk.changed')).at(-1).details).toEqual({
      certificate: { from: pin, to: null },
      security: { from: 'tls', to: 'nla' },
    });
    expect(await ok('desk list')).toMatch(/pc-x\s+X\s+rdp nla, no pin yet/);
  });

  it('an RDP desk without NLA is added only with a word on its certificate', async () => {
    const add = 'desk add pc-t --name T --protocol rdp --address 10.1.2.9:3389 --security tls';
    const { code, err } = await run(add);
    expect(code).not.toBe(0);
    expect(err).toContain('--certificate');
    await ok(`${add} --certificate none`);
    expect(await desk('pc-t')).toMatchObject({ security: 'tls', certificate: null });
  });

  it.each([
    'desk add pc-v --name V --protocol vnc --address 10.1.2.7:5900 --security tls',
    `desk add pc-v --name V --protocol vnc --address 10.1.2.7:5900 --certificate ${'ab'.repeat(32)}`,
    'desk set pc-1 --security nla',
    'desk set pc-1 --certificate none',
  ])('what only RDP has is refused for another desk: %s', async (command) => {
    const { code, err } = await run(command);
    expect(code).not.toBe(0);
    expect(err).toContain('protocol rdp');
    expect(await desk('pc-v')).toBeUndefined();
  });

  it('list shows the class and whether each can be woken', async () => {
    expect((await ok('desk list')).split('\n')).toEqual([
      expect.stringMatching(/^ID +NAME +PROTOCOL +ADDRESS +CLASS +WAKE +USERS$/),
      expect.stringMatching(/^pc-1 .* - +no +-$/),
      expect.stringMatching(/^pc-2 .* my-number +00:1b:44:11:3a:b7 by 10\.1\.2\.255:9 +-$/),
      expect.stringMatching(/^pc-r .* rdp nla, no pin yet /),
      expect.stringMatching(/^pc-t /),
      expect.stringMatching(/^pc-x /),
    ]);
  });

  it('set changes what is given, takes away by "none", and writes down from what to what', async () => {
    expect(await ok('desk set pc-1 --class general --mac 00:1b:44:11:3a:b7')).toBe('Desk "pc-1": class, mac changed.');
    expect(await ok('desk list')).toMatch(/^pc-1 .* general +00:1b:44:11:3a:b7 +-$/m);
    const set = await json('desk set pc-1 --class none --mac none --wake-to none --name New');
    expect(set).toEqual({ desk: 'pc-1', changed: ['name', 'class', 'mac'], ended: 0 });
    expect(await desk('pc-1')).toMatchObject({ name: 'New', class: null, mac: null, host: '10.1.2.3' });
    expect((await audit('desk.changed')).at(-1)).toMatchObject({
      ...{ desk: 'pc-1', actor: { kind: 'admin', name: 'tanaka' } },
      details: {
        class: { from: 'general', to: null },
        mac: { from: mac, to: null },
        name: { from: 'Desk', to: 'New' },
      },
    });
  });

  it('set says when it was so already, and writes nothing down', async () => {
    const before = (await audit('desk.changed')).length;
    expect(await ok('desk set pc-1 --class none --address 10.1.2.3:5900')).toBe('Desk "pc-1" was so already.');
    expect(await audit('desk.changed')).toHaveLength(before);
  });

  it.each([
    ['desk set pc-1', 2, 'give at least one option'],
    ['desk set pc-1 --class My', 2, 'small letters'],
    ['desk set pc-1 --mac 01:1b:44:11:3a:b7', 2, 'network card'],
    ['desk set pc-1 --wake-to 10.1.2.255', 2, 'HOST:PORT'],
    ['desk add pc-3 --name x --protocol vnc --address a:1 --class none', 2, 'small letters'],
    ['desk wake pc-1 --wait 0', 2, '1 to 3600 seconds'],
    ['desk set ghost --name x', 1, 'There is no desk "ghost".'],
    ['desk wake ghost', 1, 'There is no desk "ghost".'],
  ])('refuses %s', async (line, code, message) => {
    expect(await run(line)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });

  it('set --address ends what still leads to the old PC; another class alone does not', async () => {
    await inside(({ store }) => {
      store.addDevice({ id: 'd1', user: 'yamada', label: 'L', created: 1, lease: null });
      store.assign('pc-1', 'yamada', 1);
      store.assign('pc-2', 'yamada', 1);
      for (const id of ['pc-1', 'pc-2']) {
        store.addSession({ sid: `s-${id}`, device: 'd1', user: 'yamada', desk: id, granted: 1, replica: 'main' });
      }
    });
    const asked = () => inside(({ store }) => ['s-pc-1', 's-pc-2'].map((sid) => store.session(sid)?.end_requested));
    await ok('desk set pc-1 --class general');
    expect(await asked()).toEqual([0, 0]);
    expect(await ok('desk set pc-1 --address 10.1.2.9:5900')).toBe(
      'Desk "pc-1": host changed. 1 live session is being ended.',
    );
    expect(await asked()).toEqual([1, 0]);
    expect((await audit('session.endAsked')).at(-1)).toMatchObject({
      ...{ device: 'd1', user: 'yamada', desk: 'pc-1', details: { sid: 's-pc-1' } },
    });
  });
});

describe('desk wake', () => {
  const { run, ok, json, close } = testCli();
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).end('RFB 003.008\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    await ok('init --site Sakura --host gw.test');
    await ok(`desk add on --name On --protocol vnc --address 127.0.0.1:${port}`);
    // Nothing can be reached there, and the system says so at once.
    await ok('desk add off --name Off --protocol vnc --address 255.255.255.255:5900');
    await ok(
      `desk add lost --name Lost --protocol vnc --address 255.255.255.255:5900 --mac ${mac} --wake-to 127.0.0.1:9`,
    );
  });
  afterAll(() => {
    server.close();
    close();
  });

  it('says of a desk that is on that it is on', async () => {
    expect(await ok('desk wake on')).toBe('Desk "on" is on, and its remote access is ready.');
    expect(await json('desk wake on')).toEqual({ desk: 'on', ready: true, stages: [] });
  });

  it('says in plain words, with the helpdesk’s next step, why it cannot be', async () => {
    const { code, err } = await run('desk wake off');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^hanare-gateway: The office PC cannot be woken\. .*\(7703\)$/),
    ]);
    expect(err).toContain('desk set --mac');
  });

  it('prints each stage as it comes, then how long nothing answered', async () => {
    const { code, out, err } = await run('desk wake lost --wait 1');
    expect([code, out]).toEqual([1, 'The packet is sent. Waiting for an answer.']);
    expect(err).toContain('has not answered the wake-up call for 1 seconds');
    const machine = await run('--json desk wake lost --wait 1');
    expect(JSON.parse(machine.out)).toEqual({
      ...{ desk: 'lost', ready: false, stages: ['sent'] },
      failure: { reason: 'wakeNoAnswer', details: { seconds: 1 } },
    });
    expect(JSON.parse(machine.err).error).toMatchObject({ exitCode: 1 });
  });

  it('is written down', async () => {
    const { entries } = await json('audit list');
    expect(entries.at(-1)).toMatchObject({ action: 'desk.wakeAsked', desk: 'lost' });
  });
});
