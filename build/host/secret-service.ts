import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The little of the Secret Service (freedesktop.org's Secret Service API, draft 0.2) that scripts need beside the app:
 * whether one can be used, and whether an entry of Hanare's is in it. Secrets themselves never come through here.
 */
const run = promisify(execFile);
const service = '/org/freedesktop/secrets';
export const loginCollection = `${service}/collection/login`;

type Environment = Readonly<Record<string, string | undefined>>;

/** @param env names the bus. @returns what gdbus printed. @throws Error when nobody answers there */
export async function callSecretService(env: Environment, path: string, method: string, ...args: string[]) {
  const words = ['call', '--session', '--timeout', '5', '--dest', 'org.freedesktop.secrets', '--object-path', path];
  const { stdout } = await run('gdbus', [...words, '--method', method, ...args], { env: env as NodeJS.ProcessEnv });
  return stdout.trim();
}

/** @returns whether the bus has a default keyring that opens without a question. */
export async function canStoreSecrets(env: Environment): Promise<boolean> {
  try {
    const alias = await callSecretService(env, service, 'org.freedesktop.Secret.Service.ReadAlias', 'default');
    const [path] = pathsIn(alias);
    return path !== undefined && !(await isLocked(env, path));
  } catch {
    return false;
  }
}

async function isLocked(env: Environment, collection: string): Promise<boolean> {
  const get = 'org.freedesktop.DBus.Properties.Get';
  const answer = await callSecretService(env, collection, get, 'org.freedesktop.Secret.Collection', 'Locked');
  return answer !== '(<false>,)';
}

/** @returns the object paths of all entries that Hanare has made, in open and locked keyrings. */
export async function hanareEntries(env: Environment): Promise<string[]> {
  const search = 'org.freedesktop.Secret.Service.SearchItems';
  return pathsIn(await callSecretService(env, service, search, "{'service': 'Hanare'}"));
}

export async function removeHanareEntries(env: Environment): Promise<void> {
  for (const path of await hanareEntries(env)) {
    await callSecretService(env, path, 'org.freedesktop.Secret.Item.Delete');
  }
}

/** Object paths inside gdbus's text form of an answer. */
function pathsIn(answer: string): string[] {
  return answer.match(/\/org\/freedesktop\/secrets\/[\w/]+/g) ?? [];
}
