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
import { trialRules } from '#contract/policy/policy.ts';
import { writeAtomically } from '#gateway/site/files.ts';
import {
  completeSite,
  initSite,
  loadConfig,
  loadSite,
  openSiteStore,
  SiteError,
  sitePaths,
} from '#gateway/site/site.ts';

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
      'policy.key',
      'server.crt',
      'server.key',
      'store.key',
      'store.sqlite',
    ]);
    for (const file of files) expect(statSync(join(data, file)).mode & 0o777, file).toBe(0o600);
    const site = loadSite(data);
    expect(site.config).toMatchObject({ site: { name: '桜市' }, hosts: options.hosts, listen: options.listen });
    const [ca, server] = [new X509Certificate(site.ca.certificate), new X509Certificate(site.server.certificate)];
    expect(server.checkIssued(ca) && server.verify(ca.publicKey)).toBe(true);
    expect(server.subjectAltName).toBe('DNS:gw.test, IP Address:192.0.2.1');
    expect(ca.checkPrivateKey(createPrivateKey(site.ca.privateKey))).toBe(true);
    for (const key of [site.grantKey, site.policyKey]) {
      expect(createPrivateKey(key).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    }
    expect(site.storeKey).toHaveLength(32);
    expect(site.clientCas).toEqual([]);
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

  it('writes only those rules that are given', async () => {
    await initSite(data, { ...options, policy: trialRules });
    expect(JSON.parse(readFileSync(sitePaths(data).config, 'utf8')).policy).toEqual(trialRules);
    await initSite(join(folder, 'second'), options);
    expect(loadConfig(join(folder, 'second')).policy).toEqual({});
  });

  it('gives every site its own keys and issuer', async () => {
    await initSite(data, options);
    await initSite(join(folder, 'second'), options);
    const [a, b] = [loadSite(data), loadSite(join(folder, 'second'))];
    expect(a.config.issuer).not.toBe(b.config.issuer);
    expect(a.grantKey).not.toBe(b.grantKey);
    expect(a.policyKey).not.toBe(b.policyKey);
    expect(a.grantKey).not.toBe(a.policyKey);
    expect(a.storeKey.equals(b.storeKey)).toBe(false);
    expect(a.ca.certificate).not.toBe(b.ca.certificate);
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

describe('a folder of the first version', () => {
  let folder: string;
  let data: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hanare-site-'));
    data = join(folder, 'data');
    await initSite(data, { ...options, enrol: { host: '127.0.0.1', port: 8444 } });
    const { enrol, policy, certificateDays, ...first } = JSON.parse(readFileSync(sitePaths(data).config, 'utf8'));
    writeFileSync(sitePaths(data).config, JSON.stringify(first));
    rmSync(sitePaths(data).policyKey);
    rmSync(sitePaths(data).storeKey);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('opens with the defaults, without an enrolment port', () => {
    expect(loadConfig(data)).toMatchObject({ enrol: null, certificateDays: 365 });
    expect(loadConfig(data).policy).toEqual({});
  });

  it('gets the keys that it lacks once, for its owner alone', () => {
    for (const open of [() => loadSite(data), () => openSiteStore(data).close(), () => completeSite(data)]) open();
    const { policyKey, storeKey } = loadSite(data);
    expect(createPrivateKey(policyKey).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(storeKey).toHaveLength(32);
    for (const path of [sitePaths(data).policyKey, sitePaths(data).storeKey]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    completeSite(data);
    expect(loadSite(data).policyKey).toBe(policyKey);
    expect(loadSite(data).storeKey.equals(storeKey)).toBe(true);
  });

  it('gets the other key when it was cut off between the two', () => {
    completeSite(data);
    const before = readFileSync(sitePaths(data).policyKey, 'utf8');
    rmSync(sitePaths(data).storeKey);
    completeSite(data);
    expect(readFileSync(sitePaths(data).policyKey, 'utf8')).toBe(before);
    expect(loadSite(data).storeKey).toHaveLength(32);
  });

  it('never gets a new key where one was in use and is gone', () => {
    completeSite(data);
    writeFileSync(sitePaths(data).audit, '');
    for (const path of [sitePaths(data).policyKey, sitePaths(data).storeKey]) {
      const kept = readFileSync(path);
      rmSync(path);
      for (const open of [() => loadSite(data), () => openSiteStore(data)]) {
        expect(open).toThrow(expect.objectContaining({ problem: 'damaged', message: expect.stringContaining(path) }));
      }
      expect(existsSync(path)).toBe(false);
      writeFileSync(path, kept);
    }
    loadSite(data);
  });

  it('is damaged when its store key is cut', () => {
    completeSite(data);
    writeFileSync(sitePaths(data).storeKey, Buffer.alloc(31));
    expect(() => loadSite(data)).toThrow(expect.objectContaining({ problem: 'damaged' }));
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
