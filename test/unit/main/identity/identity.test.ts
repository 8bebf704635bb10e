import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '#contract/policy/policy.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';
import { fingerprintOf } from '#main/identity/keys.ts';
import { createLaptop, enrolledLaptop, failureOf, failuresOf, goodPin, wrongPin } from '#test/fakes/laptop.ts';
import { createRegistration } from '#test/fakes/registration.ts';

const site = { version: 1, site: 'Mori', enrol: { host: 'gw.example', port: 8444 }, fingerprint: 'ab'.repeat(32) };

describe('a laptop that is not enrolled', () => {
  it('names the office of the site file', async () => {
    const laptop = await createLaptop();
    await writeFile(join(laptop.folder, 'site.json'), JSON.stringify(site));
    const { fingerprint, enrol } = site;
    expect(await laptop.start().status()).toEqual({
      state: 'notEnrolled',
      site: { name: 'Mori', enrol, fingerprint },
    });
  });

  it.each([
    ['there is no site file', null],
    ['the site file is no JSON', '{'],
    ['the site file is of another form', JSON.stringify({ ...site, fingerprint: 'short' })],
  ])('names no office when %s', async (_, text) => {
    const laptop = await createLaptop();
    if (text !== null) await writeFile(join(laptop.folder, 'site.json'), text);
    expect(await laptop.start().status()).toEqual({ state: 'notEnrolled', site: null });
  });

  it('has nothing to give', async () => {
    const identity = (await createLaptop()).start();
    for (const failure of await failuresOf([
      identity.unlock(goodPin),
      identity.checkPin(goodPin),
      identity.changePin(goodPin, '593027'),
      identity.credentials(),
    ])) {
      expect(failure).toMatchObject({ reason: 'notEnrolled' });
    }
    expect(() => identity.policy()).toThrow(expect.objectContaining({ reason: 'deviceLocked' }));
    expect(identity.renewalDue()).toBe(false);
  });
});

describe('the PIN that was given last', () => {
  it('counts for the time of the rules, from the right PIN on and not from a wrong one', async () => {
    const { laptop, identity } = await enrolledLaptop();
    const lastsMs = defaultPolicy.sessionSeconds * 1000;
    const given = laptop.now();
    expect(identity.pinUntil()).toBe(given + lastsMs);
    laptop.pass(60_000);
    await failureOf(identity.checkPin(wrongPin));
    expect(identity.pinUntil()).toBe(given + lastsMs);
    await identity.checkPin(goodPin);
    expect(identity.pinUntil()).toBe(laptop.now() + lastsMs);
    await identity.lock();
    expect(identity.pinUntil()).toBeNull();
    laptop.pass(60_000);
    await identity.unlock(goodPin);
    expect(identity.pinUntil()).toBe(laptop.now() + lastsMs);
  });
});

describe('adopting a registration', () => {
  it('opens the laptop and shows names and dates, no secrets', async () => {
    const { laptop, registration, identity } = await enrolledLaptop({ lease: 4_000_000_000_000 });
    const status = await identity.status();
    expect(status).toMatchObject({
      state: 'open',
      device: { id: 'lt-0417', label: 'LT-0417' },
      user: { id: 'sato', name: '佐藤 花子' },
      desk: { id: 'pc-101' },
      site: { name: 'Mori', gateway: { host: 'gw.example', port: 8443 } },
      method: 'embedded',
      pinMinimum: 6,
      lease: 4_000_000_000_000,
      lastContact: laptop.now(),
      hold: null,
    });
    expect(status).toMatchObject({ site: { fingerprint: fingerprintOf(registration.answer.site.ca) } });
    expect(laptop.changes.at(-1)).toEqual(status);
    expect(JSON.stringify(status)).not.toMatch(/PRIVATE KEY|BEGIN|GEZDGNBVGY3|eyJ/);
  });

  it('gives what a connection needs', async () => {
    const { registration, identity } = await enrolledLaptop();
    const { answer, privateKey } = registration;
    expect(await identity.credentials()).toEqual({
      gateway: answer.gateway,
      ca: answer.site.ca,
      certificate: answer.certificate,
      privateKey,
      older: null,
      device: answer.device,
      deskId: 'pc-101',
      desk: answer.desk,
      method: 'embedded',
    });
  });

  it('keeps it over a restart, closed', async () => {
    const { laptop, registration } = await enrolledLaptop();
    const identity = laptop.start();
    expect(await identity.status()).toEqual({
      state: 'locked',
      label: 'LT-0417',
      tries: { left: 10, waitUntil: null },
      pinMinimum: 6,
    });
    expect(await failureOf(identity.credentials())).toMatchObject({ reason: 'deviceLocked' });
    await identity.unlock(goodPin);
    expect((await identity.credentials()).privateKey).toBe(registration.privateKey);
  });

  it('leaves no secret readable in the folder, the log or what the window is told', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    await failureOf(identity.unlock(wrongPin));
    await identity.changePin(goodPin, '593027');
    const { answer, privateKey } = registration;
    const key = privateKey.split('\n')[1]!;
    const files = await Promise.all(
      (await readdir(laptop.folder)).map((name) => readFile(join(laptop.folder, name), 'latin1')),
    );
    const shown = [...files, ...laptop.lines, JSON.stringify(laptop.changes)].join('\n');
    for (const secret of [key, answer.otp!.secret, answer.unlockKey, goodPin, wrongPin, '593027']) {
      expect(shown).not.toContain(secret);
    }
    expect(laptop.keychain.writes.join('')).not.toMatch(new RegExp(`${goodPin}|${wrongPin}`));
  });

  it.each(['123456', '111111', '27495', '121212'])('refuses the PIN %s and stores nothing', async (pin) => {
    const laptop = await createLaptop();
    const { answer, privateKey } = await createRegistration();
    const failure = await failureOf(laptop.start().adopt(answer, privateKey, pin));
    expect(failure).toMatchObject({ reason: 'pinWeak', details: { problem: expect.any(String) } });
    expect(await readdir(laptop.folder)).toEqual([]);
    expect(laptop.keychain.text()).toBeNull();
  });

  it('asks for as long a PIN as the policy does', async () => {
    const laptop = await createLaptop();
    const { answer, privateKey, sign } = await createRegistration();
    const strict = { ...answer, policy: await sign({ pinMinimum: 8 }) };
    expect(await failureOf(laptop.start().adopt(strict, privateKey, goodPin))).toMatchObject({ reason: 'pinWeak' });
    expect(await laptop.start().adopt(strict, privateKey, '27495138')).toMatchObject({ state: 'open', pinMinimum: 8 });
    expect(await laptop.start().status()).toMatchObject({ state: 'locked', pinMinimum: 8 });
  });

  it('refuses a second registration, open or closed', async () => {
    const { laptop, identity } = await enrolledLaptop();
    const other = await createRegistration();
    const before = await laptop.vault();
    for (const at of [identity, laptop.start()]) {
      const failure = await failureOf(at.adopt(other.answer, other.privateKey, goodPin));
      expect(failure).toMatchObject({ reason: 'alreadyEnrolled' });
    }
    expect(await laptop.vault()).toEqual(before);
  });

  it('refuses what does not belong together', async () => {
    const laptop = await createLaptop();
    const identity = laptop.start();
    const { answer, privateKey, sign } = await createRegistration();
    const refusal = (change: object, key = privateKey) =>
      failureOf(identity.adopt({ ...answer, ...change }, key, goodPin));
    expect(await refusal({}, newPrivateKey())).toMatchObject({ reason: 'deviceFileDamaged' });
    expect(await refusal({}, '-----BEGIN NOTHING-----')).toMatchObject({ reason: 'deviceFileDamaged' });
    expect(await refusal({ policy: await sign({}, { device: 'lt-0001' }) })).toMatchObject({
      reason: 'policyRejected',
    });
    expect(await refusal({ policy: await sign({}, { key: newPrivateKey() }) })).toMatchObject({
      reason: 'policyRejected',
    });
    expect(laptop.keychain.text()).toBeNull();
    expect(await identity.status()).toMatchObject({ state: 'notEnrolled' });
  });

  it('stores nothing when the keychain is closed', async () => {
    const laptop = await createLaptop();
    const { answer, privateKey } = await createRegistration();
    laptop.keychain.fail('keychainLocked');
    const failure = await failureOf(laptop.start().adopt(answer, privateKey, goodPin));
    expect(failure).toMatchObject({ reason: 'keychainLocked' });
    expect(await readdir(laptop.folder)).toEqual([]);
  });
});

describe('changing the PIN', () => {
  it('makes the new one open and the old one wrong, while it is open and after a restart', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    await identity.changePin(goodPin, '593027');
    expect((await identity.credentials()).privateKey).toBe(registration.privateKey);
    const { sign, answer } = registration;
    await identity.signedIn({ policy: await sign(), lease: null, user: answer.user, desks: [] });
    const restarted = laptop.start();
    expect(await failureOf(restarted.unlock(goodPin))).toMatchObject({ reason: 'pinWrong' });
    expect(await restarted.unlock('593027')).toMatchObject({ state: 'open', desk: null });
  });

  it('counts a wrong old PIN and changes nothing', async () => {
    const { laptop, identity } = await enrolledLaptop();
    const before = await laptop.vault();
    expect(await failureOf(identity.changePin(wrongPin, '593027'))).toEqual({
      reason: 'pinWrong',
      details: { left: 9 },
    });
    expect(await laptop.vault()).toEqual(before);
    await identity.lock();
    expect(await identity.status()).toMatchObject({ tries: { left: 9 } });
  });

  it.each([
    ['111111', 'repeat'],
    ['123456', 'sequence'],
    ['2749', 'tooShort'],
    [goodPin, 'same'],
  ])('refuses %s as %s and costs no try', async (next, problem) => {
    const { laptop, identity } = await enrolledLaptop();
    expect(await failureOf(identity.changePin(goodPin, next))).toEqual({ reason: 'pinWeak', details: { problem } });
    expect(laptop.entry()).toMatchObject({ failures: 0 });
  });

  it('leaves a closed laptop closed', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    await identity.changePin(goodPin, '593027');
    expect(await identity.status()).toMatchObject({ state: 'locked' });
    expect(await identity.unlock('593027')).toMatchObject({ state: 'open' });
  });
});

describe('erasing', () => {
  it('takes keychain entry, vault, temporary file and logs, and nothing else', async () => {
    const { laptop, identity } = await enrolledLaptop();
    await mkdir(join(laptop.folder, 'logs'));
    for (const name of ['logs/hanare.log', 'logs/hanare.log.1', 'vault.json.new', 'preferences.json']) {
      await writeFile(join(laptop.folder, name), '佐藤');
    }
    await identity.erase();
    expect((await readdir(laptop.folder, { recursive: true })).sort()).toEqual(['logs', 'preferences.json']);
    expect(laptop.keychain.text()).toBeNull();
    expect(laptop.changes.at(-1)).toEqual({ state: 'notEnrolled', site: null });
    expect(await failureOf(identity.otp())).toMatchObject({ reason: 'deviceLocked' });
    await identity.erase();
  });

  it('erases what it can and says so when the keychain is away, and the rest later', async () => {
    const { laptop, identity } = await enrolledLaptop();
    laptop.keychain.fail('keychainMissing');
    expect(await failureOf(identity.erase())).toMatchObject({ reason: 'keychainMissing' });
    expect(await readdir(laptop.folder)).toEqual([]);
    laptop.keychain.fail(null);
    await identity.erase();
    expect(laptop.keychain.text()).toBeNull();
  });

  it('erases a damaged vault too, after which the laptop can be enrolled anew', async () => {
    const { laptop } = await enrolledLaptop();
    await laptop.overwrite('damaged');
    const identity = laptop.start();
    await identity.erase();
    const { answer, privateKey } = await createRegistration();
    expect(await identity.adopt(answer, privateKey, goodPin)).toMatchObject({ state: 'open' });
  });
});

describe('the one-time password', () => {
  /* RFC 6238, appendix B: the last six of its eight digits. */
  const base32 = {
    sha1: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    sha256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  };
  it.each([
    ['sha1', 59, '287082'],
    ['sha1', 1111111109, '081804'],
    ['sha1', 20000000000, '353130'],
    ['sha256', 59, '119246'],
    ['sha256', 1111111109, '084774'],
    ['sha256', 20000000000, '737706'],
  ] as const)('is that of RFC 6238 for %s at %d s', async (algorithm, seconds, code) => {
    const { laptop, identity } = await enrolledLaptop({ otp: { secret: base32[algorithm], algorithm } });
    laptop.pass(seconds * 1000 - laptop.now());
    expect(await identity.otp()).toBe(code);
  });

  it('is not made here when the person’s phone makes it', async () => {
    const { identity } = await enrolledLaptop({ otp: null });
    expect(await identity.status()).toMatchObject({ state: 'open', method: 'prompted' });
    expect(await failureOf(identity.otp())).toMatchObject({ reason: 'deviceFileDamaged' });
  });

  it('is not made while the laptop is locked', async () => {
    const { identity } = await enrolledLaptop();
    await identity.lock();
    expect(await failureOf(identity.otp())).toMatchObject({ reason: 'deviceLocked' });
    expect(identity.renewalDue()).toBe(false);
  });
});
