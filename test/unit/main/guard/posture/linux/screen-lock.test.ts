import { describe, expect, it } from 'vitest';
import { readProcesses } from '#main/guard/posture/linux/processes.ts';
import { screenLock } from '#main/guard/posture/linux/screen-lock.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';
import { home, now, ownFolder, processes } from '#test/fixtures/system/linux.ts';

const gsettings =
  ({ on = 'true', idle = 'uint32 600', delay = 'uint32 0' }) =>
  (args: readonly string[]) => {
    const answer = { 'lock-enabled': on, 'idle-delay': idle, 'lock-delay': delay }[args[2] ?? ''] ?? '';
    return answer === '' ? { code: 1, stderr: 'No such schema' } : `${answer}\n`;
  };

async function look(settings: Parameters<typeof gsettings>[0] | null, files: Record<string, string>) {
  const programs = settings ? { '/usr/bin/gsettings': gsettings(settings) } : {};
  const system = await createFakeSystem({ files, programs });
  return screenLock({ system, home, ownFolder, now }, await readProcesses(system));
}
const gnome = processes('gnome-shell:1000');
const kde = processes('kwin_wayland:1000');

describe('screen lock of GNOME', () => {
  it('is good when it locks in time', async () => {
    const found = await look({}, gnome);
    expect(found).toEqual({ state: 'good', set: 'yes', effective: 'yes', detail: 'GNOME: locks after 10 min' });
  });

  it('says whether an administrator has fixed it', async () => {
    const locks = '/org/gnome/desktop/screensaver/lock-enabled\n';
    const path = '/etc/dconf/db/local.d/locks/screen';
    expect((await look({}, { ...gnome, [path]: locks })).detail).toBe('GNOME: locks after 10 min');
    const both = `${locks} /org/gnome/desktop/session/idle-delay\n`;
    expect((await look({}, { ...gnome, [path]: both })).detail).toBe('GNOME: locks after 10 min, fixed');
  });

  it.each([
    ['it is off', { on: 'false' }],
    ['it never idles', { idle: 'uint32 0', delay: 'uint32 60' }],
    ['it locks after more than half an hour', { idle: 'uint32 1801' }],
    ['its delay makes it later than half an hour', { idle: 'uint32 1800', delay: 'uint32 1' }],
  ])('is bad when %s', async (_, settings) => {
    expect(await look(settings, gnome)).toMatchObject({ state: 'bad', set: 'no', effective: 'no' });
  });

  it('is good at half an hour, and in seconds', async () => {
    expect(await look({ idle: 'uint32 1800' }, gnome)).toMatchObject({ state: 'good' });
    expect((await look({ idle: 'uint32 30', delay: '' }, gnome)).detail).toBe('GNOME: locks after 1 min');
  });

  it('is unknown when it is set but nothing runs that would lock', async () => {
    expect(await look({}, processes('sway:1000'))).toMatchObject({
      state: 'unknown',
      set: 'yes',
      effective: 'unknown',
    });
  });

  it.each([{ on: '' }, { idle: '' }, { idle: 'soon' }, { on: 'perhaps' }])(
    'is unknown when the settings say %j',
    async (settings) => expect(await look(settings, gnome)).toMatchObject({ state: 'unknown', set: 'unknown' }),
  );

  it('is unknown without gsettings', async () => {
    expect(await look(null, gnome)).toMatchObject({ state: 'unknown' });
  });
});

describe('screen lock of KDE', () => {
  const own = `${home}/.config/kscreenlockerrc`;
  const above = '/etc/xdg/kscreenlockerrc';
  const with_ = (files: Record<string, string>) => look({ on: 'false' }, { ...kde, ...files });

  it('is what KDE does by itself where nothing is written', async () => {
    expect(await with_({})).toMatchObject({ state: 'good', detail: 'KDE: locks after 6 min' });
  });

  it.each([
    ['[Daemon]\nTimeout=15\nLockGrace=0\n', 'good', 'KDE: locks after 15 min'],
    ['[Daemon]\nAutolock=false\n', 'bad', 'KDE: does not lock by itself'],
    ['[Daemon]\nTimeout=0\n', 'bad', 'KDE: does not lock by itself'],
    ['[Daemon]\nTimeout=45\n', 'bad', 'KDE: locks after 46 min'],
    ['[Greeter]\nAutolock=false\n', 'good', 'KDE: locks after 6 min'],
    ['[Daemon]\nAutolock = FALSE\n', 'bad', 'KDE: does not lock by itself'],
  ])('of %j is %s', async (text, state, detail) => {
    expect(await with_({ [own]: text })).toMatchObject({ state, detail });
  });

  it('is unknown when the number is none', async () => {
    expect(await with_({ [own]: '[Daemon]\nTimeout=soon\n' })).toMatchObject({ state: 'unknown' });
  });

  it("lets the person's file win over the administrator's, unless that is fixed", async () => {
    const off = { [own]: '[Daemon]\nAutolock=false\nTimeout=0\n' };
    expect(await with_({ ...off, [above]: '[Daemon]\nAutolock=true\nTimeout=10\n' })).toMatchObject({ state: 'bad' });
    for (const fixed of [
      '[Daemon]\nAutolock[$i]=true\nTimeout[$i]=10\n',
      '[Daemon][$i]\nAutolock=true\nTimeout=10\n',
      '[$i]\n[Daemon]\nAutolock=true\nTimeout=10\n',
    ]) {
      const found = await with_({ ...off, [above]: fixed });
      expect(found).toMatchObject({ state: 'good', detail: 'KDE: locks after 11 min, fixed' });
    }
  });
});
