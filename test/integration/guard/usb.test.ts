import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { ensureDebian, MissingSoftware } from '#build/setup/debian.ts';
import type { UsbStorage } from '#main/guard/usb/usb.ts';
import { type Child, startChild } from '../../fakes/children.ts';
import { type PlugKind, startUmockdevBed, type UmockdevBed, umockdevPackages } from '../../fakes/umockdev.ts';
import { findLeaks, runMark } from '../../leaks.ts';

const reason = missing();
if (reason) console.warn(`\n!!! SKIPPED: USB is NOT tested here: ${reason}\n`);

function missing(): string | null {
  if (process.platform !== 'linux') return 'umockdev needs Linux';
  try {
    ensureDebian(umockdevPackages, 'plug in pretended USB devices');
    return null;
  } catch (error) {
    if (error instanceof MissingSoftware) return error.message;
    throw error;
  }
}

const watcher = fileURLToPath(new URL('../../fakes/umockdev-watch.ts', import.meta.url));

/** The watcher, in a process of its own that sees the pretended bus. Its rescans are off but where they are asked for. */
function startWatcher(bed: UmockdevBed, mode: 'events' | 'rescan' = 'events', env: Record<string, string> = {}) {
  const child = startChild(process.execPath, [watcher, mode], { env: { ...bed.env, ...env } });
  const told: (readonly UsbStorage[])[] = [];
  /** Waits until it tells a set of which the names are these. */
  const tells = async (...names: readonly string[]) => {
    const wanted = [...names].sort();
    const isIt = (set?: readonly UsbStorage[]) =>
      JSON.stringify(set?.map(({ name }) => name).sort()) === JSON.stringify(wanted);
    const deadline = Date.now() + 15_000;
    while (!isIt(told.at(-1))) {
      if (Date.now() > deadline) throw new Error(`not told ${wanted.join()}:\n${child.output()}`);
      read(child, told);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return told.at(-1)!;
  };
  return { child, tells, told: () => read(child, told) };
}

function read(child: Child, told: (readonly UsbStorage[])[]) {
  const lines = child
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{"devices"'));
  for (const line of lines.slice(told.length)) told.push(JSON.parse(line).devices);
  return told;
}

const names = {
  stick: 'SanDisk Cruzer Blade',
  uas: 'Samsung PSSD T7',
  mtp: 'Google Pixel 8',
  card: 'SD SU08G',
  reader: 'Generic USB2.0 Card Reader',
  blocked: 'Kingston DataTraveler',
} as const;

describe.skipIf(reason !== null)('USB, as udev and sysfs show it', () => {
  let bed: UmockdevBed;
  const children: Child[] = [];
  const watch = (mode?: 'events' | 'rescan', env?: Record<string, string>) => {
    const started = startWatcher(bed, mode, env);
    children.push(started.child);
    return started;
  };

  afterEach(async () => {
    for (const child of children.splice(0)) await child.stop();
    await bed?.stop();
  });

  async function begin(...plugged: readonly PlugKind[]) {
    bed = await startUmockdevBed();
    for (const kind of plugged) await bed.plug(kind);
    return watch();
  }

  test.each([
    ['stick', 'usb', true],
    ['uas', 'uas', true],
    ['mtp', 'mtp', true],
    ['card', 'card', true],
    ['blocked', 'usb', false],
  ] as const)('%s is told when it is plugged in and when it is out again', async (plug, kind, bound) => {
    const { tells } = await begin();
    await tells();
    await bed.plug(plug);
    expect(await tells(names[plug])).toMatchObject([{ kind, bound }]);
    await bed.unplug(plug);
    await tells();
  });

  test('what was plugged in before the start is told first, and its removal then', async () => {
    const { tells, told } = await begin('stick', 'keyboard');
    await tells(names.stick);
    expect(told()).toHaveLength(1);
    await bed.unplug('stick');
    await tells();
  });

  test('keyboards, hubs and webcams are nothing, and neither is the disk inside', async () => {
    const { tells, told } = await begin();
    await tells();
    for (const kind of ['keyboard', 'hub', 'webcam'] as const) await bed.plug(kind);
    for (const kind of ['keyboard', 'hub', 'webcam'] as const) await bed.unplug(kind);
    // What comes after them shows that they were looked at.
    await bed.plug('stick');
    await tells(names.stick);
    expect(
      told()
        .flat()
        .map(({ name }) => name),
    ).toEqual([names.stick]);
  });

  test('several are told together, and each goes alone', async () => {
    const { tells } = await begin();
    await tells();
    for (const kind of ['stick', 'mtp', 'card'] as const) await bed.plug(kind);
    await tells(names.stick, names.mtp, names.card);
    await bed.unplug('mtp');
    await tells(names.stick, names.card);
  });

  test('the same stick plugged in again is another one', async () => {
    const { tells } = await begin('stick');
    const [first] = await tells(names.stick);
    await bed.unplug('stick');
    await tells();
    await bed.plug('stick');
    const [second] = await tells(names.stick);
    expect(second?.id).not.toBe(first?.id);
  });

  test('a reader is told while a card is in it', async () => {
    const { tells } = await begin('reader');
    await tells();
    await bed.fill('reader');
    expect(await tells(names.reader)).toMatchObject([{ kind: 'card', bound: true }]);
    await bed.empty('reader');
    await tells();
  });

  test('a device that calls itself a command, with line breaks and half a page of letters, is told as one short line', async () => {
    const { tells } = await begin();
    await tells();
    await bed.plug('hostile');
    const [found] = await tells(`Evil [2J $(reboot)'"; <script> ACTION=add ${'A'.repeat(18)}`);
    expect(found?.name.length).toBeLessThanOrEqual(60);
  });

  test('it is found without udevadm too', async () => {
    bed = await startUmockdevBed();
    const { tells } = watch('rescan');
    await tells();
    await bed.plug('stick');
    await tells(names.stick);
    await bed.unplug('stick');
    await tells();
  });

  test('one bus serves several processes at once, and a later one', async () => {
    bed = await startUmockdevBed();
    const [one, other] = [watch(), watch('rescan')];
    await Promise.all([one.tells(), other.tells()]);
    await bed.plug('stick');
    await Promise.all([one.tells(names.stick), other.tells(names.stick)]);
    await one.child.stop('SIGKILL');
    const later = watch();
    await later.tells(names.stick);
    await bed.plug('uas');
    await Promise.all([later.tells(names.stick, names.uas), other.tells(names.stick, names.uas)]);
  });

  test('a watcher that is killed leaves no udevadm behind', async () => {
    const mark = `usb-${process.pid}`;
    bed = await startUmockdevBed();
    const { child, tells } = watch('events', runMark(mark));
    await tells();
    // The second one can only have been heard of from udevadm: it runs.
    await bed.plug('stick');
    await tells(names.stick);
    await bed.plug('uas');
    await tells(names.stick, names.uas);
    await child.stop('SIGKILL');
    expect(await findLeaks(mark)).toEqual([]);
  });
});
