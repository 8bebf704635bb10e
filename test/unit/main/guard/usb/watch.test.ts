import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { UsbStorage } from '#main/guard/usb/usb.ts';
import { watchUsb } from '#main/guard/usb/watch.ts';
import type { UsbTiming } from '#main/guard/usb/watcher.ts';
import { createFakeSystem, type FakeSystem } from '#test/fakes/fake-system.ts';
import { createFakeProcesses, createKeptLog } from './fake-process.ts';
import { cardTree, stick, usbTree } from './sysfs.ts';

const heading = 'monitor will print the received events for:\n\n';
const event = 'UDEV x\nACTION=add\nSUBSYSTEM=usb\n\n';
/** So long that no test meets it. */
const never = 3_600_000;
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

async function watch(options: { system?: FakeSystem; timing?: Partial<UsbTiming>; real?: boolean } = {}) {
  const system = options.system ?? (await createFakeSystem(usbTree()));
  const processes = createFakeProcesses();
  const kept = createKeptLog();
  const changes: (readonly UsbStorage[])[] = [];
  const usb = watchUsb({
    system,
    onChange: (devices) => changes.push(devices),
    log: kept.log,
    ...(options.real ? {} : { start: processes.start }),
    timing: { rescanMs: never, gapMs: 5, restartMs: never, mostRestartMs: never, silenceMs: never, ...options.timing },
  });
  onTestFinished(() => usb.stop());
  return { ...processes, ...kept, usb, system, changes };
}
const unplug = (system: FakeSystem, port = '1-1') =>
  Promise.all(
    [`bus/usb/devices/${port}`, `bus/usb/devices/${port}:1.0`, 'block/sdb'].map((path) =>
      rm(join(system.root, 'sys', path), { recursive: true }),
    ),
  );

describe('watching USB on Linux', () => {
  it('is ready when it has looked once, and tells what was there', async () => {
    const { usb, changes } = await watch({ system: await createFakeSystem(usbTree(stick)) });
    expect(usb.devices()).toEqual([]);
    await usb.ready;
    expect(usb.devices()).toMatchObject([{ name: 'SanDisk Cruzer Blade' }]);
    expect(changes).toEqual([usb.devices()]);
  });

  it('tells of no change when there is none', async () => {
    const { usb, changes, started, say, system } = await watch();
    await usb.ready;
    await until(() => expect(started).toHaveLength(1));
    await system.add(usbTree({ port: '1-3', interfaces: [{ is: '03 01 01' }] }));
    say(event);
    await system.add(usbTree(stick));
    say(event);
    await until(() => expect(changes).toHaveLength(1));
  });

  it('looks when udev says something, and tells what has come and gone', async () => {
    const { usb, changes, started, say, system } = await watch();
    await until(() => expect(started).toHaveLength(1));
    await usb.ready;
    await system.add(usbTree(stick));
    say(event);
    await until(() => expect(usb.devices()).toHaveLength(1));
    await system.add(cardTree('SD'));
    say(event);
    await until(() => expect(usb.devices().map(({ kind }) => kind)).toEqual(['card', 'usb']));
    await unplug(system);
    say(event);
    await until(() => expect(changes.at(-1)).toMatchObject([{ kind: 'card' }]));
    expect(changes.map((devices) => devices.length)).toEqual([1, 2, 1]);
  });

  it('tells when a driver takes what was blocked', async () => {
    const blocked = { ...stick, interfaces: [{ is: '08 06 50' }], disks: {} };
    const { usb, changes, started, say, system } = await watch({ system: await createFakeSystem(usbTree(blocked)) });
    await usb.ready;
    await until(() => expect(started).toHaveLength(1));
    await system.add(usbTree(stick));
    say(event);
    await until(() => expect(changes.flat().map(({ bound }) => bound)).toEqual([false, true]));
    expect(new Set(changes.flat().map(({ id }) => id)).size).toBe(1);
  });

  it('finds it without udev too, a little later', async () => {
    const { usb, system } = await watch({ timing: { rescanMs: 20 } });
    await usb.ready;
    await system.add(usbTree(stick));
    await until(() => expect(usb.devices()).toHaveLength(1));
    await unplug(system);
    await until(() => expect(usb.devices()).toEqual([]));
  });

  it('looks anew when udevadm had to be started again: it has missed something', async () => {
    const { usb, system, started, say, end } = await watch({ timing: { restartMs: 20 } });
    await usb.ready;
    await until(() => expect(started).toHaveLength(1));
    await system.add(usbTree(stick));
    end();
    await until(() => expect(started).toHaveLength(2));
    expect(usb.devices()).toEqual([]);
    say(heading);
    await until(() => expect(usb.devices()).toHaveLength(1));
  });

  it('does not go on with half a block of a monitor that has ended', async () => {
    const { usb, system, started, say, end, changes } = await watch({ timing: { restartMs: 1, mostRestartMs: 1 } });
    await usb.ready;
    await until(() => expect(started).toHaveLength(1));
    say('ACTION=add\nSUBSYS');
    end();
    await until(() => expect(started).toHaveLength(2));
    await system.add(usbTree(stick));
    say(heading);
    await until(() => expect(changes).toHaveLength(1));
    await unplug(system);
    say('TEM=usb\n\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(changes).toHaveLength(1);
  });

  it('looks a few times, not a thousand, at a storm of events', async () => {
    const looks = { begun: 0, now: 0, most: 0 };
    const base = await createFakeSystem(usbTree());
    const list = async (path: string) => {
      if (path !== '/sys/bus/usb/devices') return base.list(path);
      looks.begun += 1;
      looks.now += 1;
      looks.most = Math.max(looks.most, looks.now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      looks.now -= 1;
      return base.list(path);
    };
    const { usb, started, say, changes } = await watch({ system: { ...base, list } });
    await usb.ready;
    await until(() => expect(started).toHaveLength(1));
    for (let round = 0; round < 20; round += 1) {
      for (let count = 0; count < 50; count += 1) say(event);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await base.add(usbTree(stick));
    say(event);
    await until(() => expect(changes).toHaveLength(1));
    expect(looks.begun).toBeLessThan(200);
    expect(looks.most).toBe(1);
  });

  it('goes on when whoever listens fails', async () => {
    const { usb, system, messages, started, say } = await watch();
    await usb.ready;
    await until(() => expect(started).toHaveLength(1));
    const bad = createKeptLog();
    const second = createFakeProcesses();
    const failing = watchUsb({
      ...{ system, log: bad.log, start: second.start, timing: { rescanMs: 20, gapMs: 5 } },
      onChange: () => {
        throw new Error('no');
      },
    });
    onTestFinished(() => failing.stop());
    await system.add(usbTree(stick));
    await until(() => expect(failing.devices()).toHaveLength(1));
    await unplug(system);
    await until(() => expect(failing.devices()).toEqual([]));
    expect(bad.messages('error')).toContain('a change of what is plugged in could not be handled');
    say(event);
    expect(messages('error')).toEqual([]);
  });

  it('is ready, and says so once, where there is no USB', async () => {
    const { usb, messages } = await watch({ system: await createFakeSystem(), timing: { rescanMs: 5 } });
    await usb.ready;
    expect(usb.devices()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(messages('warn')).toEqual(['no USB can be seen on this system']);
  });

  it('ends all when it is stopped, also right after its start', async () => {
    const { usb, system, changes, started } = await watch({ timing: { rescanMs: 5 } });
    await until(() => expect(started).toHaveLength(1));
    usb.stop();
    expect(started[0]?.stops).toBe(1);
    await system.add(usbTree(stick));
    const early = await watch({ system });
    early.usb.stop();
    await early.usb.ready;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([changes, early.changes]).toEqual([[], []]);
    expect(early.started).toEqual([]);
  });
});

describe('udevadm', () => {
  const udevadm = '/usr/bin/udevadm';

  it('is started below the root, by its full path and with nothing of a device in the command', async () => {
    const { started, system } = await watch({ system: await createFakeSystem(usbTree(stick)) });
    await until(() => expect(started).toHaveLength(1));
    expect(started[0]?.command.program).toBe(join(system.root, udevadm));
    expect(started[0]?.command.args.slice(0, 3)).toEqual(['monitor', '--udev', '--property']);
  });

  it('is found where older systems have it', async () => {
    const { started, system } = await watch({ system: await createFakeSystem({ files: { '/sbin/udevadm': '' } }) });
    await until(() => expect(started).toHaveLength(1));
    expect(started[0]?.command.program).toBe(join(system.root, '/sbin/udevadm'));
  });

  it('ends with this process where that can be asked for', async () => {
    const { started, system } = await watch({ system: await createFakeSystem({ files: { '/usr/bin/setpriv': '' } }) });
    await until(() => expect(started).toHaveLength(1));
    const { program, args } = started[0]!.command;
    expect(program).toBe(join(system.root, '/usr/bin/setpriv'));
    expect(args.slice(0, 4)).toEqual(['--pdeathsig', 'KILL', join(system.root, udevadm), 'monitor']);
  });

  it('is a real process: heard, started again when it dies, and gone after a stop', async () => {
    const system = await createFakeSystem(usbTree());
    await system.add({ files: { [udevadm]: '' } });
    const program = join(system.root, udevadm);
    const notes = join(system.root, 'pids');
    // Says one event and dies, the first time; then it stays.
    const script = `#!/bin/sh\necho $$ >>'${notes}'\nprintf '${event.replaceAll('\n', '\\n')}'\n[ $(wc -l <'${notes}') -gt 1 ] || exit 1\nexec sleep 1000\n`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    const { usb, messages } = await watch({ system, real: true, timing: { restartMs: 20 } });
    await usb.ready;
    const pids = async () => ((await system.read('/pids')) ?? '').trim().split('\n').map(Number);
    await vi.waitFor(async () => expect(await pids()).toHaveLength(2), { timeout: 10_000, interval: 20 });
    expect(messages('warn')).toEqual(['what listens for USB has ended']);
    const [, last] = await pids();
    usb.stop();
    await until(() => expect(() => process.kill(last!, 0)).toThrow());
  });
});

it('sees nothing on systems of which nothing is known', async () => {
  const { usb, started } = await watch({ system: await createFakeSystem({ ...usbTree(stick), platform: 'darwin' }) });
  await usb.ready;
  expect(usb.devices()).toEqual([]);
  expect(started).toEqual([]);
});
