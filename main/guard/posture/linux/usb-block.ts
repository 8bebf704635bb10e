import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { allOf, type Finding, type Look, stateOf, told, withDetail } from '../finding.ts';

const udevFile = '/etc/udev/rules.d/90-hanare-usb-storage.rules';
const modprobeFile = '/etc/modprobe.d/hanare-usb-storage.conf';
/** As the kernel names them in /proc/modules, as modprobe.d may, and as the USB bus does. */
const drivers = [
  { module: 'usb_storage', bus: 'usb-storage' },
  { module: 'uas', bus: 'uas' },
] as const;

/** Whether kitting has told the system to refuse USB storage, and whether no driver for it is at work. */
export async function usbBlock({ system }: Look): Promise<Finding> {
  const [set, effective] = await Promise.all([isSet(system), isEffective(system)]);
  const detail = set === 'no' ? 'block not set' : effective === 'no' ? 'a storage driver is in use' : undefined;
  return withDetail({ state: stateOf(allOf([set, effective])), set, effective }, detail);
}

async function isSet(system: System): Promise<Tri> {
  const [rules, modprobe] = await Promise.all([system.read(udevFile), system.read(modprobeFile)]);
  if (rules === null && (await system.list('/etc')) === null) return 'unknown';
  const ruled = lines(rules).some((line) => /bInterfaceClass\}=="08".*ATTR\{authorized\}="0"/.test(line));
  const refused = drivers.every(({ bus }) => {
    const command = new RegExp(`^install\\s+${bus.replace('-', '[-_]')}\\s+(/usr)?/bin/(false|true)$`);
    return lines(modprobe).some((line) => command.test(line));
  });
  return told(ruled && refused);
}

/** Without comments: a rule that was commented out is none. */
const lines = (text: string | null): readonly string[] =>
  (text ?? '').split('\n').flatMap((line) => (/^\s*(#|$)/.test(line) ? [] : [line.trim()]));

async function isEffective(system: System): Promise<Tri> {
  const modules = await system.read('/proc/modules');
  const buses = await system.list('/sys/bus');
  const loaded = drivers.some(({ module }) => new RegExp(`^${module} `, 'm').test(modules ?? ''));
  const bound = await Promise.all(
    drivers.map(async ({ bus }) => {
      const names = (await system.list(`/sys/bus/usb/drivers/${bus}`)) ?? [];
      // Interfaces are named as 1-4.2:1.0; beside them are the driver's own files.
      return names.some((name) => /^\d+-[\d.]+:\d+\.\d+$/.test(name));
    }),
  );
  if (loaded || bound.includes(true)) return 'no';
  return modules === null || buses === null ? 'unknown' : 'yes';
}
