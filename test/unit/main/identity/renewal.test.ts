import '#contract/pki/reflect.ts';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { certificateFacts, checkPair, newKey } from '#main/identity/keys.ts';
import { dayMs, enrolledLaptop, failureOf, failuresOf, goodPin } from '#test/fakes/laptop.ts';

describe('a new key', () => {
  it('comes with a request that it has signed itself, on P-256', async () => {
    const { privateKey, csr } = await newKey();
    const request = new x509.Pkcs10CertificateRequest(csr);
    expect(await request.verify()).toBe(true);
    expect(request.publicKey.algorithm).toMatchObject({ name: 'ECDSA', namedCurve: 'P-256' });
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(csr).not.toContain('PRIVATE');
  });

  it('is another each time', async () => {
    expect((await newKey()).privateKey).not.toBe((await newKey()).privateKey);
  });
});

describe('a certificate’s renewal', () => {
  async function due() {
    const world = await enrolledLaptop({ days: 30 });
    const { identity, registration } = world;
    const old = await identity.credentials();
    const certificate = await registration.certify(await identity.beginRenewal(), 60);
    return { ...world, old, certificate };
  }

  it('is due from two thirds of its life on', async () => {
    const { laptop, identity, registration } = await enrolledLaptop({ days: 30 });
    const { from, until, renewFrom } = certificateFacts(registration.answer.certificate);
    expect(renewFrom - from).toBe(Math.round(((until - from) * 2) / 3));
    expect(await identity.status()).toMatchObject({ certificate: { from, until, renewFrom } });
    laptop.pass(renewFrom - laptop.now() - 1);
    expect(identity.renewalDue()).toBe(false);
    laptop.pass(1);
    expect(identity.renewalDue()).toBe(true);
  });

  it('gives the new pair first and keeps the old one beside it, over a restart', async () => {
    const { laptop, identity, old, certificate } = await due();
    await identity.finishRenewal(certificate);
    for (const at of [identity, laptop.start()]) {
      await at.unlock(goodPin);
      const { certificate: newest, privateKey, older } = await at.credentials();
      expect(newest).toBe(certificate);
      expect(() => checkPair({ certificate: newest, privateKey })).not.toThrow();
      expect(older).toEqual({ certificate: old.certificate, privateKey: old.privateKey });
    }
  });

  it('shows the new certificate’s dates and is not due again while it waits', async () => {
    const { laptop, identity, certificate } = await due();
    await identity.finishRenewal(certificate);
    expect(await identity.status()).toMatchObject({
      certificate: { serial: new X509Certificate(certificate).serialNumber },
    });
    laptop.pass(25 * dayMs);
    expect(identity.renewalDue()).toBe(false);
  });

  it('drops the old pair once it is confirmed', async () => {
    const { laptop, identity, certificate } = await due();
    await identity.finishRenewal(certificate);
    await identity.confirmRenewal();
    await identity.confirmRenewal();
    const restarted = laptop.start();
    await restarted.unlock(goodPin);
    expect(await restarted.credentials()).toMatchObject({ certificate, older: null });
    laptop.pass(39 * dayMs);
    expect(restarted.renewalDue()).toBe(false);
    laptop.pass(2 * dayMs);
    expect(restarted.renewalDue()).toBe(true);
  });

  it('goes back to the old pair when the new one is refused, and is due again', async () => {
    const { laptop, identity, old, certificate } = await due();
    await identity.finishRenewal(certificate);
    await identity.dropRenewal();
    expect(await identity.credentials()).toEqual(old);
    laptop.pass(25 * dayMs);
    expect(identity.renewalDue()).toBe(true);
  });

  it('refuses a certificate for another key, and stores nothing', async () => {
    const { laptop, identity, registration, old } = await due();
    const before = await laptop.vault();
    const other = await registration.certify((await newKey()).csr);
    expect(await failureOf(identity.finishRenewal(other))).toMatchObject({ reason: 'deviceFileDamaged' });
    expect(await failureOf(identity.finishRenewal('-----BEGIN CERTIFICATE-----'))).toMatchObject({
      reason: 'deviceFileDamaged',
    });
    expect(await laptop.vault()).toEqual(before);
    expect(await identity.credentials()).toEqual(old);
  });

  it('refuses a certificate that nobody asked for', async () => {
    const { identity, registration } = await enrolledLaptop();
    const unasked = await registration.certify((await newKey()).csr);
    expect(await failureOf(identity.finishRenewal(unasked))).toMatchObject({ reason: 'deviceFileDamaged' });
  });

  it('needs an open vault', async () => {
    const { identity, certificate } = await due();
    await identity.lock();
    for (const failure of await failuresOf([
      identity.beginRenewal(),
      identity.finishRenewal(certificate),
      identity.confirmRenewal(),
      identity.dropRenewal(),
    ])) {
      expect(failure).toMatchObject({ reason: 'deviceLocked' });
    }
  });
});
