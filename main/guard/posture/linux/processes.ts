import type { System } from '../../system.ts';

/** @property ofSystem whether an account of the system runs it, not a person's */
type Process = Readonly<{ name: string; ofSystem: boolean }>;

/** @property whole whether processes of other accounts are seen too; a system may hide them (proc(5), hidepid) */
export type Processes = Readonly<{ whole: boolean; list: readonly Process[] }>;

/** Accounts below are the system's own, see login.defs(5), UID_MIN. */
const firstPerson = 1000;
const mostProcesses = 8_000;
const together = 64;

/** Names are those of the kernel: 15 characters at most. */
export async function readProcesses(system: System): Promise<Processes> {
  const ids = ((await system.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name)).slice(0, mostProcesses);
  const list: Process[] = [];
  for (let at = 0; at < ids.length; at += together) {
    const some = ids.slice(at, at + together);
    const texts = await Promise.all(some.map((id) => system.read(`/proc/${id}/status`)));
    list.push(...texts.flatMap((text) => (text === null ? [] : parseStatus(text))));
  }
  return { whole: (await system.read('/proc/1/status')) !== null, list };
}

function parseStatus(text: string): readonly Process[] {
  const name = /^Name:\t(.+)$/m.exec(text)?.[1];
  // Effective user, the second of four: anybody can call a process of theirs as they like.
  const user = /^Uid:\t\d+\t(\d+)\t/m.exec(text)?.[1];
  return name === undefined || user === undefined ? [] : [{ name, ofSystem: Number(user) < firstPerson }];
}
