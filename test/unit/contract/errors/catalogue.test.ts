import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue, errorNames, fillText, isErrorName } from '#contract/errors/catalogue.ts';
import type { CatalogueEntry, Language } from '#contract/errors/entry.ts';

const entries = Object.entries(catalogue) as [string, CatalogueEntry][];
const parts = ['title', 'cause', 'user', 'helpdesk'] as const;
const languages: readonly Language[] = ['ja', 'en'];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
/** The first digit of a code: network, gateway, sign-in and grants, desk, screen, laptop, the office's rules, internal. */
const stages = new Set(['1', '2', '3', '4', '5', '6', '7', '9']);

describe('the catalogue', () => {
  it('gives every failure a code of its own', () => {
    const codes = entries.map(([, { code }]) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('lists its names in the order of their codes', () => {
    const codes = entries.map(([, { code }]) => Number(code));
    expect(codes).toEqual([...codes].sort((a, b) => a - b));
    expect(errorNames).toEqual(entries.map(([name]) => name));
  });

  it('keeps the code of every name that has been given out', () => {
    // A code is never reused for another meaning: a line here may be added, never changed or taken away.
    expect(Object.fromEntries(entries.map(([name, { code }]) => [name, code]))).toMatchObject({
      gatewayNotFound: '1101',
      gatewayRefused: '1102',
      gatewayTimeout: '1103',
      networkDown: '1104',
      connectionLost: '1105',
      tlsFailed: '2101',
      gatewayNotOurs: '2102',
      deviceCertificateMissing: '2103',
      deviceCertificateRefused: '2104',
      deviceCertificateExpired: '2105',
      deviceRevoked: '2106',
      clockWrong: '2107',
      protocolMismatch: '2108',
      gatewayBusy: '2109',
      deviceSuspended: '2110',
      deviceCloned: '2111',
      policyRejected: '2112',
      signInRefused: '3101',
      otpWrong: '3102',
      otpUsed: '3103',
      otpClock: '3104',
      otpDelayed: '3105',
      userLocked: '3106',
      emergencyCodeWrong: '3107',
      otpMalformed: '3108',
      signInTimeout: '3109',
      clientTooOld: '3110',
      grantRefused: '3201',
      deskNotAssigned: '3202',
      noDeskAssigned: '3203',
      sessionEndedByOffice: '3301',
      signInExpired: '3302',
      idleTooLong: '3303',
      deskDown: '4101',
      deskClosed: '4102',
      deskPasswordWrong: '4103',
      deskTooManyTries: '4104',
      deskSecurityUnsupported: '4105',
      deskPasswordExpired: '4106',
      deskAccountLocked: '4107',
      deskAccountDisabled: '4108',
      deskLogonHours: '4109',
      deskLogonNotAllowed: '4110',
      deskCertificateChanged: '4111',
      deskRefused: '4112',
      deskProtocolError: '4113',
      deskLicence: '4114',
      deskTakenOver: '4115',
      deskTimeLimit: '4116',
      deskRedirects: '4117',
      screenProtocolError: '5101',
      screenCrashed: '5102',
      notEnrolled: '6101',
      deviceFileDamaged: '6102',
      sessionAlreadyOpen: '6103',
      alreadyEnrolled: '6104',
      enrolCodeMistyped: '6201',
      enrolCodeWrong: '6202',
      enrolCodeExpired: '6203',
      enrolCodeUsed: '6204',
      enrolTooManyTries: '6205',
      enrolOfficeUnknown: '6206',
      enrolOfficeDiffers: '6207',
      certificatePasswordWrong: '6211',
      certificateFileDamaged: '6212',
      certificateUnsuitable: '6213',
      keychainMissing: '6301',
      keychainLocked: '6302',
      vaultDamaged: '6303',
      vaultNewer: '6304',
      vaultOtherDevice: '6305',
      vaultKeyMissing: '6306',
      diskFull: '6307',
      diskReadOnly: '6308',
      storageFailed: '6309',
      pinWrong: '6401',
      pinDelayed: '6402',
      pinLocked: '6403',
      pinWeak: '6404',
      deviceLocked: '6405',
      unlockCodeWrong: '6406',
      leaseOver: '6501',
      offlineTooLong: '6502',
      deviceErased: '6503',
      usbStorageFound: '7101',
      usbBlockMissing: '7102',
      captureUnprotected: '7201',
      pathUnchecked: '7301',
      leakDns: '7311',
      leakIpv4: '7312',
      leakIpv6: '7313',
      leakProxy: '7314',
      leakLan: '7315',
      diskNotEncrypted: '7401',
      antivirusOff: '7402',
      updatesOverdue: '7403',
      firewallOff: '7404',
      screenLockOff: '7405',
      timeNotSynced: '7406',
      postureMissing: '7409',
      storageOpen: '7501',
      evidenceRefused: '7502',
      baselineRejected: '7503',
      outsideHours: '7601',
      hoursOver: '7602',
      deskClassRefused: '7603',
      networkRefused: '7604',
      deskInUse: '7605',
      wakeNoAnswer: '7701',
      wakeNotReady: '7702',
      wakeImpossible: '7703',
      badRequest: '9101',
      internal: '9102',
    });
  });

  it.each(entries)('can be read out over the telephone when the failure is %s', (_, { code }) => {
    expect(code).toMatch(/^\d{4}$/);
    expect(stages).toContain(code[0]);
  });

  it.each(entries)('speaks both languages when the failure is %s', (_, entry) => {
    for (const part of parts) {
      expect(Object.keys(entry[part]).sort(), part).toEqual(['en', 'ja']);
      expect(entry[part].ja, part).toMatch(/[ぁ-んァ-ヶ一-龠]/);
      expect(entry[part].en, part).not.toMatch(/[぀-ヿ一-龠]/);
      expect(entry[part].en, part).toMatch(/^[“A-Z][^\n]*[.)]$/);
      for (const language of languages) expect(entry[part][language], part).toBe(entry[part][language].trim());
    }
  });

  it.each(entries)('fills the same places in both languages when the failure is %s', (_, entry) => {
    for (const part of parts) {
      const [ja, en] = [placeholders(entry[part].ja), placeholders(entry[part].en)];
      expect(ja, part).toEqual(en);
      expect(new Set(ja).size, part).toBe(ja.length);
      for (const language of languages) expect(entry[part][language].replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
    }
  });

  it.each(entries)('says what happened and what to do without blanks to fill when the failure is %s', (name, entry) => {
    // A wait is the message itself; whoever raises these always gives the seconds.
    const waits = ['otpClock', 'otpDelayed', 'pinDelayed'].includes(name);
    for (const language of languages) {
      expect(placeholders(entry.title[language])).toEqual(waits ? ['seconds'] : []);
      expect(placeholders(entry.user[language])).toEqual([]);
    }
  });

  it.each(entries)('speaks in short sentences when the failure is %s', (_, entry) => {
    for (const part of parts) {
      expect(entry[part].ja, part).toMatch(/[。)]$/);
      for (const sentence of entry[part].ja.split('。')) expect(sentence.length, sentence).toBeLessThanOrEqual(50);
    }
    expect(entry.title.ja.split('。').filter(Boolean)).toHaveLength(1);
    expect(entry.title.en.length).toBeLessThanOrEqual(80);
  });

  it.each(entries)('shows no internals to the staff member when the failure is %s', (name, entry) => {
    for (const language of languages) {
      for (const part of ['title', 'user'] as const) {
        expect(entry[part][language]).not.toContain(name);
        expect(entry[part][language]).not.toMatch(/TLS|TCP|HTTP|JSON|null|undefined|error|エラー/i);
      }
    }
  });
});

describe('a name', () => {
  it('is one of the catalogue when the catalogue has it', () => {
    for (const name of errorNames) expect(isErrorName(name)).toBe(true);
  });

  it.each([
    '',
    'toString',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'InternaL',
    ' internal',
    0,
    null,
    undefined,
    ['internal'],
    {},
  ])('is none when it is %j', (name) => {
    expect(isErrorName(name)).toBe(false);
  });
});

describe('a text', () => {
  it('shows the details when they are given', () => {
    expect(fillText('{host}:{port} {up}', { host: 'gw', port: 443, up: false })).toBe('gw:443 false');
  });

  it('shows a dash when a detail is missing', () => {
    expect(fillText('ずれ: {seconds}秒。', {})).toBe('ずれ: –秒。');
  });

  it('shows a dash when the name of a place is one that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(fillText(`{${name}}`, {})).toBe('–');
  });

  it('is not read as a pattern when a detail holds one', () => {
    expect(fillText('{a}', { a: '$& $1 {a}' })).toBe('$& $1 {a}');
  });

  it('keeps no place unfilled when it is any text of the catalogue with any details', () => {
    const details = fc.dictionary(
      fc.constantFrom('host', 'port', 'seconds', 'offered', 'problem'),
      fc.oneof(fc.string({ unit: fc.constantFrom('a', 'あ', '$', '&', ' ') }), fc.integer(), fc.boolean()),
    );
    fc.assert(
      fc.property(fc.constantFrom(...entries), fc.constantFrom(...parts), details, ([, entry], part, given) => {
        for (const language of languages) expect(fillText(entry[part][language], given)).not.toMatch(/[{}]/);
      }),
    );
  });
});
