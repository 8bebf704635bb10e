import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoRules, type Office, startOffice } from '#build/demo/office.ts';
import type { Rules } from '#contract/policy/policy.ts';
import { type Language, type Laptop, prepareLaptop } from './laptop.ts';
import { startXDesk, type XDesk } from './x-desk.ts';

/** An office with one user and one real desk, and one laptop. */
export type World = Readonly<{
  office: Office;
  desk: XDesk;
  laptop: Laptop;
  folder: string;
  /** Another laptop in the same room. */
  addLaptop(name: string): Promise<Laptop>;
  /** Registers a laptop of the user's at the gateway. @param more of the command line */
  newDevice(...more: string[]): Promise<{ id: string; code: string }>;
  /** As the laptop's own. */
  start: Laptop['start'];
  open: Laptop['open'];
  stop(): Promise<void>;
}>;

export type WorldOptions = Readonly<{
  /** VncAuth password of the desk. */
  password?: string;
  language?: Language;
  /** Values of contract/policy that differ from the default. */
  policy?: Rules;
  otp?: 'embedded' | 'prompted';
  /** Whether the installer has left site.json on the laptop; true unless told otherwise. */
  siteFile?: boolean;
  /** An RDP desk instead, at this port of loopback. */
  rdp?: Readonly<{ port: number; security: 'nla' | 'tls' }>;
  /** The office's address on its laptops; loopback unless told otherwise. */
  host?: string;
}>;

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { password, policy = {}, language = 'ja', siteFile = true } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hanare-e2e-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const desk = await startXDesk(password === undefined ? {} : { password });
    stops.push(desk.stop);
    const office = await startOffice({
      folder,
      site: 'E2E',
      ...(options.host && { host: options.host }),
      configure: (config) => ({ ...config, policy: { ...demoRules, ...policy } }),
    });
    stops.push(office.stop);
    await office.command('user', 'add', 'hanako', '--name', 'Hanako', '--otp', options.otp ?? 'embedded');
    const { rdp } = options;
    const way =
      rdp === undefined
        ? ['--protocol', 'vnc']
        : ['--protocol', 'rdp', '--security', rdp.security, '--certificate', 'none'];
    const address = `127.0.0.1:${rdp?.port ?? desk.port}`;
    await office.command('desk', 'add', 'pc-1', '--name', 'PC 1', ...way, '--address', address);
    await office.command('desk', 'assign', 'pc-1', 'hanako');
    const newDevice: World['newDevice'] = (...more) =>
      office.enrolDevice({ user: 'hanako', label: 'E2E laptop', more });
    const addLaptop: World['addLaptop'] = async (name) => {
      const code = async () => (await newDevice()).code;
      const laptop = await prepareLaptop({ folder: join(folder, name), office, language, siteFile, code });
      stops.push(laptop.stop);
      return laptop;
    };
    const laptop = await addLaptop('laptop');
    const { start, open } = laptop;
    return { office, desk, laptop, folder, addLaptop, newDevice, start, open, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
