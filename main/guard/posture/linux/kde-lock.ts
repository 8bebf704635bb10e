import type { System } from '../../system.ts';
import type { LockSettings } from './screen-lock.ts';

/* kscreenlockerrc, group [Daemon]: Autolock, Timeout (minutes), LockGrace (seconds). */

/** What KDE does where nothing is written. */
const usual = { Autolock: 'true', Timeout: '5', LockGrace: '5' } as const;
type Key = keyof typeof usual;
const keys = Object.keys(usual) as Key[];
type Value = Readonly<{ text: string; fixed: boolean }>;

/** The administrator's file counts where the person's says nothing, and against it where it is marked as fixed. */
export async function kdeLock(system: System, home: string): Promise<LockSettings | null> {
  const [above, own] = await Promise.all([
    system.read('/etc/xdg/kscreenlockerrc'),
    system.read(`${home}/.config/kscreenlockerrc`),
  ]);
  const [administrators, persons] = [parse(above ?? ''), parse(own ?? '')];
  const chosen = (key: Key): Value => {
    const first = administrators[key];
    return first?.fixed ? first : (persons[key] ?? first ?? { text: usual[key], fixed: false });
  };
  const [minutes, grace] = [Number(chosen('Timeout').text), Number(chosen('LockGrace').text)];
  if (!Number.isFinite(minutes) || !Number.isFinite(grace)) return null;
  return {
    on: chosen('Autolock').text.toLowerCase() === 'true',
    idleSeconds: minutes <= 0 ? 0 : minutes * 60 + Math.max(0, grace),
    fixed: administrators.Autolock?.fixed === true && administrators.Timeout?.fixed === true,
  };
}

/** KConfig's INI: `[$i]` after a group, a key, or alone at the top of the file makes it immutable. */
function parse(text: string): Partial<Record<Key, Value>> {
  const found: Partial<Record<Key, Value>> = {};
  let here = false;
  let wholeFile = false;
  let wholeGroup = false;
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('[')) {
      if (line === '[$i]' && !here) wholeFile = true;
      here = /^\[Daemon\](\[\$i\])?$/.test(line);
      wholeGroup = line.endsWith('[$i]');
      continue;
    }
    const match = here ? /^(\w+)(\[\$i\])?\s*=\s*(.*)$/.exec(line) : null;
    const key = keys.find((one) => one === match?.[1]);
    if (match && key) found[key] = { text: match[3] ?? '', fixed: wholeFile || wholeGroup || match[2] !== undefined };
  }
  return found;
}
