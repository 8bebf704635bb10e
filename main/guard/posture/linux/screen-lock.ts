import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { type Finding, type Look, longestIdleSeconds, stateOf, told, unseen, withDetail } from '../finding.ts';
import { kdeLock } from './kde-lock.ts';
import type { Processes } from './processes.ts';

/** What locks the screen by GNOME's settings, and what by KDE's; names of processes, 15 characters at most. */
const gnomeLockers = ['gnome-shell', 'gnome-screensav', 'budgie-screensa'] as const;
const kdeLockers = ['kwin_wayland', 'kwin_x11', 'ksmserver', 'plasmashell'] as const;

export async function screenLock({ system, home }: Look, processes: Processes): Promise<Finding> {
  const running = (names: readonly string[]) => processes.list.some((one) => names.includes(one.name));
  const gnome = running(gnomeLockers);
  if (running(kdeLockers) && !gnome) return inWords('KDE', await kdeLock(system, home), 'yes');
  return inWords('GNOME', await gnomeLock(system), gnome ? 'yes' : 'unknown');
}

export type LockSettings = Readonly<{
  on: boolean;
  /** From the last key or movement to the lock, seconds. */
  idleSeconds: number;
  /** Whether only an administrator can change it. */
  fixed: boolean;
}>;

/** @param locker whether something runs that locks by these settings */
function inWords(desktop: string, settings: LockSettings | null, locker: Tri): Finding {
  if (settings === null) return unseen();
  const { on, idleSeconds, fixed } = settings;
  const set = told(on && idleSeconds > 0 && idleSeconds <= longestIdleSeconds);
  const effective = set === 'yes' ? locker : set;
  const minutes = Math.ceil(idleSeconds / 60);
  const after = on && idleSeconds > 0 ? `locks after ${minutes} min` : 'does not lock by itself';
  return withDetail({ state: stateOf(effective), set, effective }, `${desktop}: ${after}${fixed ? ', fixed' : ''}`);
}

async function gnomeLock(system: System): Promise<LockSettings | null> {
  const get = async (schema: string, key: string) => {
    const { code, stdout } = await system.run('/usr/bin/gsettings', ['get', schema, key], 4_000);
    return code === 0 ? stdout.trim() : null;
  };
  const [on, idle, delay, fixed] = await Promise.all([
    get('org.gnome.desktop.screensaver', 'lock-enabled'),
    get('org.gnome.desktop.session', 'idle-delay'),
    get('org.gnome.desktop.screensaver', 'lock-delay'),
    isFixed(system),
  ]);
  const [idleSeconds, delaySeconds] = [seconds(idle), seconds(delay)];
  if ((on !== 'true' && on !== 'false') || idleSeconds === null) return null;
  // 0 is never, whatever the delay after it.
  return { on: on === 'true', idleSeconds: idleSeconds === 0 ? 0 : idleSeconds + (delaySeconds ?? 0), fixed };
}

/** As GVariant writes a number: `uint32 300`. */
function seconds(text: string | null): number | null {
  const digits = /^(?:uint32 )?(\d{1,10})$/.exec(text ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

const fixedKeys = ['/org/gnome/desktop/screensaver/lock-enabled', '/org/gnome/desktop/session/idle-delay'] as const;

/** Keys that an administrator has locked: in files of `/etc/dconf/db/<name>.d/locks`, one a line (dconf(7)). */
async function isFixed(system: System): Promise<boolean> {
  const databases = ((await system.list('/etc/dconf/db')) ?? []).filter((name) => name.endsWith('.d'));
  const texts = await Promise.all(
    databases.map(async (name) => {
      const folder = `/etc/dconf/db/${name}/locks`;
      return Promise.all(((await system.list(folder)) ?? []).map((file) => system.read(`${folder}/${file}`)));
    }),
  );
  const lines = new Set(texts.flat().flatMap((text) => (text ?? '').split('\n').map((line) => line.trim())));
  return fixedKeys.every((key) => lines.has(key));
}
