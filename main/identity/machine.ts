import { execFile } from 'node:child_process';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from '#contract/wire/messages.ts';

/** Runs a program without a shell. @returns what it printed; rejects when it fails or takes too long. */
type Run = (file: string, args: readonly string[]) => Promise<string>;

const runTimeoutMs = 15_000;
const maxMacs = 16;
const maxFact = 100;
/** Ethernet and Wi-Fi (ARPHRD_ETHER, linux/if_arp.h). */
const ethernet = '1';
/** The driver has not changed the address (NET_ADDR_PERM, linux/netdevice.h). */
const permanent = '0';

/** What makers leave in the firmware when they fill in nothing. */
const placeholders = [
  /^(none|default string|not (specified|applicable|available)|n\/a|unknown|invalid|system serial number)$/i,
  /^to be filled by o\.?e\.?m\.?$/i,
  /^[^\p{L}\p{N}]*$/u,
  /^([0-]+|[f-]+)$/i,
  /^0?123456789(0|abcdef)?$/i,
  /^03000200-0400-0500-0006-000700080009$/,
];

/**
 * What tells this machine from others: SMBIOS product UUID and serial number, and the addresses of its built-in network
 * cards. What the system does not say, does not let this account read or has no sense is null or left out: never an error.
 * @param options.sysfs where Linux's sysfs is; @param options.run how a program is run (Windows).
 */
export async function readMachine(
  options: { platform?: NodeJS.Platform; sysfs?: string; run?: Run } = {},
): Promise<Machine> {
  const { platform = process.platform, sysfs = '/sys', run = runProgram } = options;
  if (platform === 'linux') return readLinux(sysfs);
  if (platform === 'win32') return readWindows(run);
  return { uuid: null, serial: null, macs: [] };
}

async function readLinux(sysfs: string): Promise<Machine> {
  const [uuid, serial, macs] = await Promise.all([
    // Where only root may read these two, they stay unknown.
    read(join(sysfs, 'class/dmi/id/product_uuid')),
    read(join(sysfs, 'class/dmi/id/product_serial')),
    linuxMacs(join(sysfs, 'class/net')),
  ]);
  return machineOf({ uuid, serial, macs });
}

async function linuxMacs(folder: string): Promise<(string | null)[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => linuxMac(join(folder, name))));
}

/** @returns null for what is no built-in card: bridges, tunnels, and adapters on USB, which go from laptop to laptop. */
async function linuxMac(card: string): Promise<string | null> {
  const device = await realpath(join(card, 'device')).catch(() => null);
  if (device === null || /\/usb\d/.test(device)) return null;
  if ((await read(join(card, 'type'))) !== ethernet) return null;
  // Wi-Fi may go by a made-up address; its radio keeps the real one.
  const radio = await read(join(card, 'phy80211/macaddress'));
  if (radio !== null) return radio;
  return (await read(join(card, 'addr_assign_type'))) === permanent ? read(join(card, 'address')) : null;
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return null;
  }
}

/**
 * LastConfig is the SMBIOS UUID of the hardware that Windows started on last, readable by everyone. PermanentAddress is
 * the card's own address even when Windows uses a random one.
 */
const windowsScript = `
$ErrorActionPreference = 'SilentlyContinue'
$uuid = (Get-ItemProperty 'HKLM:\\SYSTEM\\HardwareConfig').LastConfig
$serial = (Get-CimInstance Win32_BIOS).SerialNumber
$macs = @(Get-NetAdapter -Physical | Where-Object { $_.PnPDeviceID -notmatch '^(USB|BTH)' } | ForEach-Object { $_.PermanentAddress })
ConvertTo-Json -Compress @{ uuid = $uuid; serial = $serial; macs = $macs }
`;

async function readWindows(run: Run): Promise<Machine> {
  // By its full path: the search path may lead elsewhere.
  const powershell = `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
  const script = Buffer.from(windowsScript, 'utf16le').toString('base64');
  const said = await run(powershell, ['-NoProfile', '-NonInteractive', '-EncodedCommand', script])
    .then((text) => JSON.parse(text) as unknown)
    .catch(() => null);
  if (typeof said !== 'object' || said === null) return machineOf({ uuid: null, serial: null, macs: [] });
  const { uuid, serial, macs } = said as Record<string, unknown>;
  return machineOf({ uuid, serial, macs: Array.isArray(macs) ? macs : [] });
}

function machineOf(raw: { uuid: unknown; serial: unknown; macs: readonly unknown[] }): Machine {
  const macs = [...new Set(raw.macs.map(macOf).filter((mac) => mac !== null))].sort();
  const uuid = factOf(raw.uuid);
  return {
    uuid: uuid === null ? null : factOf(uuid.toLowerCase().replace(/[{}]/g, '')),
    serial: factOf(raw.serial),
    macs: macs.slice(0, maxMacs),
  };
}

function factOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/\p{Cc}/gu, ' ').trim();
  if (text === '' || text.length > maxFact) return null;
  return placeholders.some((pattern) => pattern.test(text)) ? null : text;
}

/** `00-1A-2B…`, `001A2B…` or `00:1a:2b…`; null for none, for all zeros or ones, and for group addresses. */
function macOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const digits = value.trim().toLowerCase().replace(/[:-]/g, '');
  if (!/^[0-9a-f]{12}$/.test(digits) || /^(0+|f+)$/.test(digits)) return null;
  if (Number.parseInt(digits.slice(0, 2), 16) & 1) return null;
  return digits.match(/../g)!.join(':');
}

async function runProgram(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, [...args], { timeout: runTimeoutMs, windowsHide: true });
  return stdout;
}
