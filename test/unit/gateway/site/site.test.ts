import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '#gateway/site/files.ts';
import { initSite, loadConfig, loadSite, openSiteStore, SiteError, sitePaths } from '#gateway/site/site.ts';

const options = {
  site: '桜市',
  hosts: ['gw.test', '192.0.2.1'],
  listen: { host: '127.0.0.1', port: 8443 },
  now: Date.now(),
};

describe('initSite', () => {
  let folder: string;
  let data: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hanare-site-'));
    data = join(folder, 'data');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes everything, for its owner alone, and nothing beside it', async () => {
    await initSite(data, options);
    expect(readdirSync(folder)).toEqual(['data']);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const files = readdirSync(data);
    expect(files.sort()).toEqual([
      'ca.crt',
      'ca.key',
      'config.json',
      'grant.key',
      'server.crt',
      'server.key',
      'store.sqlite',
    ]);
    for (const file of files) expect(statSync(join(data, file)).mode & 0o777, file).toBe(0o600);
    const site = loadSite(data);
    expect(site.config).toMatchObject({ site: { name: '桜市' }, hosts: options.hosts, listen: options.listen });
    const [ca, server] = [new X509Certificate(site.ca), new X509Certificate(site.server.certificate)];
    expect(server.checkIssued(ca) && server.verify(ca.publicKey)).toBe(true);
    expect(server.subjectAltName).toBe('DNS:gw.test, IP Address:192.0.2.1');
    expect(createPrivateKey(site.grantKey).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    openSiteStore(data).close();
  });

  it('takes an empty folder, and refuses any other without touching it', async () => {
    mkdirSync(data);
    await initSite(data, options);
    const before = readFileSync(sitePaths(data).caKey);
    await expect(initSite(data, options)).rejects.toMatchObject({ problem: 'alreadyInitialised' });
    expect(readFileSync(sitePaths(data).caKey).equals(before)).toBe(true);
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'letter.txt'), 'dear');
    await expect(initSite(other, options)).rejects.toBeInstanceOf(SiteError);
    expect(readdirSync(other)).toEqual(['letter.txt']);
  });

  it('leaves nothing behind when it fails', async () => {
    await expect(initSite(data, { ...options, hosts: [] })).rejects.toThrow();
    expect(existsSync(data)).toBe(false);
    const racing = initSite(data, options);
    mkdirSync(data);
    writeFileSync(join(data, 'letter.txt'), 'dear');
    await expect(racing).rejects.toMatchObject({ problem: 'alreadyInitialised' });
    expect(readdirSync(data)).toEqual(['letter.txt']);
    expect(readdirSync(folder)).toEqual(['data']);
  });

  it('gives every site its own keys and issuer', async () => {
    await initSite(data, options);
    await initSite(join(folder, 'second'), options);
    const [a, b] = [loadSite(data), loadSite(join(folder, 'second'))];
    expect(a.config.issuer).not.toBe(b.config.issuer);
    expect(a.grantKey).not.toBe(b.grantKey);
    expect(a.ca).not.toBe(b.ca);
  });

  it('says which kind of wrong a data folder is', async () => {
    const problemOf = () => {
      try {
        loadConfig(data);
      } catch (error) {
        return (error as SiteError).problem;
      }
      return undefined;
    };
    expect(problemOf()).toBe('notInitialised');
    await initSite(data, options);
    for (const text of [
      '{',
      '[]',
      '{"version":2}',
      readFileSync(sitePaths(data).config, 'utf8').replace('8443', '99999'),
    ]) {
      writeFileSync(sitePaths(data).config, text);
      expect(problemOf(), text).toBe('damaged');
    }
  });
});

describe('writeAtomically', () => {
  it('never replaces unless told to, and leaves no temporary file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hanare-files-'));
    const path = join(folder, 'a');
    writeAtomically(path, 'one', { replace: false });
    expect(() => writeAtomically(path, 'two', { replace: false })).toThrow(/EEXIST/);
    expect(readFileSync(path, 'utf8')).toBe('one');
    writeAtomically(path, 'three', { replace: true });
    expect(readFileSync(path, 'utf8')).toBe('three');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => writeAtomically(join(folder, 'no', 'where'), 'x', { replace: true })).toThrow(/ENOENT/);
    expect(readdirSync(folder)).toEqual(['a']);
    rmSync(folder, { recursive: true });
  });
});
