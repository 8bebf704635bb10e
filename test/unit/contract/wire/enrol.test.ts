import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { makeCode, showCode } from '#contract/identity/code.ts';
import { enrolmentLine, enrolProof, enrolRequestSchema, parseEnrolment, siteFileSchema } from '#contract/wire/enrol.ts';

const code = makeCode(
  'enrolment',
  Uint8Array.from({ length: 15 }, (_, at) => at * 7),
);
const fingerprint = '0123456789abcdef'.repeat(4);
const office = { enrol: { host: 'enrol.mori.example', port: 8444 }, fingerprint };

describe('what a person gives at enrolment', () => {
  it('is a code alone', () => {
    expect(parseEnrolment(code)).toEqual({ code, office: null });
    expect(parseEnrolment(` ${showCode(code).toLowerCase()}\n`)).toEqual({ code, office: null });
  });

  it('is the line of the label, which leads to its office', () => {
    const line = enrolmentLine(office, showCode(code));
    expect(line).toBe(line.toUpperCase());
    expect(parseEnrolment(line)).toEqual({ code, office });
  });

  it('is read back from any line that was made', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('gw', '[2001:db8::1]', 'xn--wgv71a.example'));
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        const made = { enrol: { host: name.toLowerCase(), port }, fingerprint };
        expect(parseEnrolment(`${enrolmentLine(made, code)}\r\n`)).toEqual({ code, office: made });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a code with a wrong symbol', `${code[0] === '0' ? '1' : '0'}${code.slice(1)}`],
    ['a code of another kind', makeCode('emergency', new Uint8Array(11))],
    ['a line with a mistyped code', enrolmentLine(office, `${code.slice(0, -1)}${code.at(-1) === '0' ? '1' : '0'}`)],
    ['a line of another version', enrolmentLine(office, code).replace('HANARE1', 'HANARE2')],
    ['a line without its port', enrolmentLine(office, code).replace(':8444', '')],
    ['a line with port 0', enrolmentLine(office, code).replace(':8444', ':0')],
    ['a line with a port that is none', enrolmentLine(office, code).replace(':8444', ':65536')],
    ['a line with half a fingerprint', enrolmentLine(office, code).replace(fingerprint.toUpperCase(), 'ABCD')],
    ['a line with something after the code', `${enrolmentLine(office, code)} x`],
    ['two lines', `${enrolmentLine(office, code)}\n${enrolmentLine(office, code)}`],
    ['a web address', 'https://enrol.example/'],
  ])('is not understood when it is %s', (_, typed) => {
    expect(parseEnrolment(typed)).toBeUndefined();
  });

  it('never makes it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `HANARE1 ${text}`),
        ),
        (typed) => {
          parseEnrolment(typed);
        },
      ),
    );
  });
});

describe('a request to enrol', () => {
  const request = {
    code,
    client: { version: '0.1.0', platform: 'linux' },
    machine: { uuid: null, serial: null, macs: [] },
    key: { kind: 'csr', csr: '-----BEGIN CERTIFICATE REQUEST-----\n' },
  };
  const accepts = (change: object) => v.safeParse(enrolRequestSchema, { ...request, ...change }).success;

  it('has the laptop’s own key or a certificate with proof', () => {
    expect(accepts({})).toBe(true);
    const certificate = '-----BEGIN CERTIFICATE-----\n';
    expect(accepts({ key: { kind: 'certificate', certificate, proof: 'c2ln' } })).toBe(true);
    expect(accepts({ key: { kind: 'certificate', certificate } })).toBe(false);
  });

  it.each([
    ['holds a private key', { key: { ...request.key, privateKey: '-----BEGIN PRIVATE KEY-----' } }],
    ['holds a PIN', { pin: '274951' }],
    ['has a code with its hyphens', { code: showCode(code) }],
  ])('is refused when it %s', (_, change) => {
    expect(accepts(change)).toBe(false);
  });

  it('is proved for its own code only', () => {
    expect(enrolProof(code)).toBe(`hanare-enrol-1 ${code}`);
  });
});

describe('a site file', () => {
  const file = { version: 1, site: '見本市', ...office };
  it.each([
    ['as the installer writes it', {}, true],
    ['of a later version', { version: 2 }, false],
    ['with a fingerprint in capitals', { fingerprint: fingerprint.toUpperCase() }, false],
    ['with a code in it', { code }, false],
  ])('%s', (_, change, good) => {
    expect(v.safeParse(siteFileSchema, { ...file, ...change }).success).toBe(good);
  });
});
