import { describe, expect, it } from 'vitest';
import { errorNames } from '#contract/errors/catalogue.ts';
import { choosePair } from '#main/tunnel/pairs.ts';

const newest = { gateway: { host: 'gw', port: 1 }, ca: 'ca', certificate: 'new', privateKey: 'new key' };
const older = { certificate: 'old', privateKey: 'old key' };
const refusal = { reason: 'deviceRevoked', details: {} } as const;

describe('the certificate that is shown', () => {
  it('is the newest', () => {
    expect(choosePair({ ...newest, older }).present()).toMatchObject(newest);
  });

  it('is the older one when the newest is refused, with all else the same', () => {
    const pairs = choosePair({ ...newest, older });
    expect(pairs.refused(refusal)).toBe(true);
    expect(pairs.present()).toMatchObject({ ...newest, ...older });
    expect(pairs.fellBack()).toBe(true);
  });

  it('is not changed a second time, and the first refusal counts when both were refused', () => {
    const pairs = choosePair({ ...newest, older });
    pairs.refused(refusal);
    const second = { reason: 'deviceCertificateExpired', details: {} } as const;
    expect(pairs.refused(second)).toBe(false);
    expect(pairs.verdict(second)).toBe(refusal);
    const other = { reason: 'gatewayTimeout', details: {} } as const;
    expect(pairs.verdict(other)).toBe(other);
  });

  it('stays the newest when there is no other', () => {
    const pairs = choosePair({ ...newest, older: null });
    expect(pairs.refused(refusal)).toBe(false);
    expect(pairs.fellBack()).toBe(false);
    expect(pairs.verdict(refusal)).toBe(refusal);
  });

  it('stays the newest when the refusal is about something else', () => {
    const tried = errorNames.filter((reason) => choosePair({ ...newest, older }).refused({ reason, details: {} }));
    expect(tried.sort()).toEqual([
      'deviceCertificateExpired',
      'deviceCertificateMissing',
      'deviceCertificateRefused',
      'deviceFileDamaged',
      'deviceRevoked',
    ]);
  });
});
