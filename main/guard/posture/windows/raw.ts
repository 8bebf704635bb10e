import * as v from 'valibot';
import { listOf as anyListOf } from '../../powershell-list.ts';
import type { WindowsPart } from './script.ts';

/* What the script prints, taken apart without trust: a part that is not as expected is null, and so unknown. */

const listOf = <T extends v.GenericSchema>(item: T) => anyListOf(item, 40);

const number = v.nullable(v.number());
/** Some registry values are numbers written as text. */
const numeral = v.nullable(
  v.union([
    v.number(),
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/),
      v.transform((text) => Number(text)),
    ),
  ]),
);
const text = v.nullable(v.pipe(v.string(), v.maxLength(4_000)));
const letter = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z]$/),
  v.transform((one) => one.toUpperCase()),
);
const product = v.object({ name: v.pipe(v.string(), v.maxLength(400)), state: v.number() });
const saver = v.object({ active: numeral, secure: numeral, after: numeral });

export const rawParts = {
  disk: v.object({
    drives: listOf(v.object({ letter, protection: number })),
    system: letter,
    pageFiles: listOf(letter),
  }),
  antivirus: v.object({
    products: v.nullable(listOf(product)),
    defender: v.nullable(v.object({ on: v.boolean(), ageDays: v.number() })),
  }),
  updates: v.object({ searched: text, enabled: v.boolean(), never: number, restart: v.boolean() }),
  firewall: v.object({
    service: text,
    profiles: listOf(v.object({ name: v.string(), policy: number, local: number, active: text })),
    others: v.nullable(listOf(product)),
  }),
  screenLock: v.object({ inactivity: number, policy: saver, own: saver }),
  time: v.object({ status: text, code: number, type: text, start: number }),
  usb: v.object({ denyAll: number, usbstor: number, uaspstor: number, drivers: number, disks: number }),
  storage: v.object({
    noDrives: number,
    noViewOnDrive: number,
    noRecentDocs: number,
    cleanup: number,
    profile: number,
    writable: v.nullable(listOf(letter)),
  }),
} as const satisfies Record<WindowsPart, v.GenericSchema>;

export type Raw = Readonly<{ [P in WindowsPart]: Readonly<v.InferOutput<(typeof rawParts)[P]>> | null }>;

/** @param output what the script printed; a line of something else before it does no harm */
export function parseRaw(output: string): Raw {
  const all = parseObject(output.slice(Math.max(0, output.indexOf('{'))));
  const of = <P extends WindowsPart>(part: P): Raw[P] => {
    const result = v.safeParse(rawParts[part], all[part]);
    return result.success ? (result.output as Raw[P]) : null;
  };
  return {
    disk: of('disk'),
    antivirus: of('antivirus'),
    updates: of('updates'),
    firewall: of('firewall'),
    screenLock: of('screenLock'),
    time: of('time'),
    usb: of('usb'),
    storage: of('storage'),
  };
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
