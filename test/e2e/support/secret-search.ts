import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fromBase32 } from './phone.ts';

export type Needle = Readonly<{ name: string; bytes: Buffer }>;
/** A place to look into, and what it held at some moment. */
export type Haystack = Readonly<{ name: string; bytes: Buffer }>;

/** A secret in every form in which it might lie about. @param secret its raw bytes */
function formsOf(name: string, secret: Buffer): Needle[] {
  const [hex, base64] = [secret.toString('hex'), secret.toString('base64').replace(/=+$/, '')];
  const texts = { hex, HEX: hex.toUpperCase(), base64, base64url: secret.toString('base64url') };
  return [
    { name: `${name} raw`, bytes: secret },
    ...Object.entries(texts).flatMap(([form, text]) => textForms(`${name} ${form}`, text)),
  ];
}

/** Text as it is in files and messages, and as Chromium keeps it in memory and in some of its files. */
export function textForms(name: string, text: string): Needle[] {
  return [
    { name, bytes: Buffer.from(text) },
    { name: `${name}, UTF-16`, bytes: Buffer.from(text, 'utf16le') },
  ];
}

/** @param pem a P-256 private key: its scalar, its PKCS#8 and every line of its PEM. */
export function keyForms(pem: string): Needle[] {
  const key = createPrivateKey(pem);
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
  const lines = pem.split('\n').filter((line) => line.length >= 40 && !line.startsWith('-----'));
  return [
    ...formsOf('private key (scalar)', scalar),
    ...formsOf('private key (PKCS#8)', key.export({ format: 'der', type: 'pkcs8' })),
    ...lines.flatMap((line, index) => textForms(`private key (PEM line ${index + 1})`, line)),
  ];
}

export function otpForms(base32: string): Needle[] {
  return [...textForms('OTP secret base32', base32), ...formsOf('OTP secret', fromBase32(base32))];
}

/** @returns `where: what` for each needle that is in a haystack. */
export function search(haystacks: readonly Haystack[], needles: readonly Needle[]): string[] {
  return haystacks.flatMap((hay) =>
    needles.filter(({ bytes }) => hay.bytes.includes(bytes)).map((needle) => `${hay.name}: ${needle.name}`),
  );
}

/** Every file below a folder as it is now. @param moment goes before the names */
export async function filesUnder(folder: string, moment: string): Promise<Haystack[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (path) => {
      // A file that went away meanwhile has nothing to hide.
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      return { name: `${moment}, ${relative(folder, path)}`, bytes };
    }),
  );
  return found;
}

/** Environment and command line of a process and of all it has started. Linux. */
export async function processesUnder(pid: number, moment: string): Promise<Haystack[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<string, string>();
  for (const each of all) {
    const status = await readFile(`/proc/${each}/status`, 'utf8').catch(() => '');
    parents.set(each, /^PPid:\t(\d+)$/m.exec(status)?.[1] ?? '0');
  }
  const isOurs = (each: string): boolean => each === String(pid) || (each !== '0' && isOurs(parents.get(each) ?? '0'));
  const found = all.filter(isOurs).flatMap((each) =>
    ['environ', 'cmdline'].map(async (file) => ({
      name: `${moment}, process ${each} ${file}`,
      bytes: await readFile(`/proc/${each}/${file}`).catch(() => Buffer.alloc(0)),
    })),
  );
  return await Promise.all(found);
}
