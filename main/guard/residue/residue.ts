import { join, relative, sep } from 'node:path';
import type { ResiduePlace, ResidueReport } from '#contract/evidence/residue.ts';
import type { Logger } from '#contract/log/logger.ts';
import { isChromiums, isKept } from './known-files.ts';
import { createMarkers, type Markers } from './markers.ts';
import { type Budget, type Found, readFor, removeBelow, startOf, walk } from './walk.ts';

export type ResidueOptions = Readonly<{
  sid: string;
  /** When the desk was opened, ms since 1970. */
  since: number;
  /** The app's data folder; everything in it is the app's. */
  userData: string;
  /** The system's temporary folders: of their entries those that Chromium and Electron make for this account. */
  temp: readonly string[];
  /** Where dumps of this app's processes would lie. */
  crash: readonly string[];
  clipboard: Readonly<{
    /** A mark of what was on it when the session began; null when that could not be told. */
    before: string | null;
    now(): Promise<string | null>;
    clear(): Promise<void>;
  }>;
  /** What is secret in a session and must be in no file. */
  markers: readonly string[];
  log: Logger;
  limits?: Partial<ResidueLimits>;
}>;

/** The most that one scan reads, and the time it takes. What is left then counts as not looked at. */
type ResidueLimits = Readonly<{ bytes: number; ms: number }>;
const usualLimits: ResidueLimits = { bytes: 512 * 1024 * 1024, ms: 20_000 };

/** File systems give times of two seconds' grain at worst (FAT). */
const grainMs = 2_000;
/** In the report; more are removed too. */
const mostFound = 50;
const mostName = 80;
/** What Chromium and Electron call their entries in a temporary folder, and what an Electron app's own would be called. */
const temporaryNames = /^(\.?(org\.chromium|com\.github\.Electron)\.|scoped_dir|Hanare\b)/;
const dumpNames = /^(core(\.\d+)?|.+\.dmp)$/;

/**
 * Looks for what a session has left on this laptop, and removes what is the app's own. Below the data folder a file is a
 * remain when it is new and none that the app keeps, or when it holds a marker; elsewhere when it holds a marker or is a
 * new dump.
 */
export async function scanResidue(options: ResidueOptions): Promise<ResidueReport> {
  const { sid, log } = options;
  const limits = { ...usualLimits, ...options.limits };
  const scan: Scan = {
    markers: createMarkers(options.markers),
    budget: { bytes: limits.bytes, until: performance.now() + limits.ms },
    isNew: ({ changed }) => changed >= options.since - grainMs,
    files: 0,
    found: [],
    unread: new Set(),
  };
  await scanCrash(scan, options);
  await scanProfile(scan, options);
  await scanTemporary(scan, options);
  await scanClipboard(scan, options);
  const { files, found, unread } = scan;
  if (found.length > 0 || unread.size > 0) {
    log.warn('remains of a session', { found: found.length, kept: count(found), unread: [...unread] });
  }
  return { sid, files, bytes: limits.bytes - scan.budget.bytes, found: found.slice(0, mostFound), unread: [...unread] };
}

type Remain = ResidueReport['found'][number];
type Scan = {
  readonly markers: Markers;
  readonly budget: Budget;
  isNew(file: Found): boolean;
  files: number;
  readonly found: Remain[];
  readonly unread: Set<ResiduePlace>;
};

const count = (found: readonly Remain[]): number => found.filter(({ removed }) => !removed).length;

async function scanProfile(scan: Scan, { userData, crash }: ResidueOptions): Promise<void> {
  const elsewhere = new Set(crash.map((folder) => relative(userData, folder).split(sep).join('/')));
  const { found, complete } = await walk(userData, (name) => !elsewhere.has(name));
  if (!complete) scan.unread.add('profile');
  for (const file of found) {
    const strange = scan.isNew(file) && !isKept(file.name);
    await judge(scan, 'profile', userData, file, strange, isChromiums(file.name));
  }
}

async function scanTemporary(scan: Scan, { temp, userData }: ResidueOptions): Promise<void> {
  for (const folder of temp) {
    // The data folder may lie below a temporary one; it was looked at already.
    const isOurs = (name: string) =>
      temporaryNames.test(name) && !join(folder, name).startsWith(userData) && !userData.startsWith(join(folder, name));
    const { found, complete } = await walk(folder, (name) => name.includes('/') || isOurs(name));
    const ours = found.filter(({ name, mine }) => mine && isOurs(name.split('/')[0]!));
    if (!complete && ours.length > 0) scan.unread.add('temp');
    for (const file of ours) await judge(scan, 'temp', folder, file, false, true);
  }
}

async function scanCrash(scan: Scan, { crash }: ResidueOptions): Promise<void> {
  for (const folder of crash) {
    // Crashpad sorts its dumps into folders one level down.
    const { found } = await walk(
      folder,
      (name) => !name.includes('/') && /^(pending|completed|new|reports|attachments)$/.test(name),
    );
    for (const file of found.filter(({ name, mine }) => mine && dumpNames.test(name.split('/').at(-1)!))) {
      if (scan.isNew(file) && (await isDump(file))) await judge(scan, 'crash', folder, file, true, false);
    }
  }
}

/** By its first bytes: a memory image of ELF (e_type ET_CORE, little endian), or a minidump. */
async function isDump(file: Found): Promise<boolean> {
  const start = await startOf(file, 18);
  const isElf = start.subarray(0, 4).toString('latin1') === '\x7fELF';
  return (isElf && start.length === 18 && start.readUInt16LE(16) === 4) || start.subarray(0, 4).toString() === 'MDMP';
}

/** @param strange it should not be there at all. @param mayBeLocked its owner may keep it for itself. */
async function judge(
  scan: Scan,
  place: ResiduePlace,
  folder: string,
  file: Found,
  strange: boolean,
  mayBeLocked: boolean,
): Promise<void> {
  const named = scan.markers.isInText(file.name);
  const reading = strange || named || !file.isFile ? 'clean' : await readFor(file, scan.markers, scan.budget);
  if (reading === 'gone') return;
  scan.files += 1;
  if (reading === 'overBudget' || reading === 'unreadable' || (reading === 'locked' && !mayBeLocked)) {
    scan.unread.add(place);
  }
  if (strange || named || reading === 'marked') {
    const removed = await removeBelow(folder, file);
    scan.found.push({ place, what: shortName(file, named), removed });
  }
}

/** A name for the helpdesk: no folder, no control characters, and nothing of the session. */
function shortName(file: Found, named: boolean): string {
  if (named) return 'file named after the session';
  const name = file.name.split('/').at(-1)!.replace(/\p{C}/gu, '?');
  return name.length > mostName ? `${name.slice(0, mostName - 1)}…` : name;
}

async function scanClipboard(scan: Scan, { clipboard, log }: ResidueOptions): Promise<void> {
  const now = await clipboard.now().catch(() => null);
  if (clipboard.before === null || now === null) {
    scan.unread.add('clipboard');
    return;
  }
  if (now === clipboard.before) return;
  const removed = await clipboard.clear().then(
    () => true,
    (error: unknown) => {
      log.warn('the clipboard could not be emptied', { error });
      return false;
    },
  );
  scan.found.push({ place: 'clipboard', what: 'clipboard', removed });
}
