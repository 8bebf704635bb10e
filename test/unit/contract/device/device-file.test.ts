import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { deviceFileSchema } from '#contract/device/device-file.ts';
import { fakeDeviceFile } from '#test/fakes/device-file.ts';

const accepts = (value: unknown) => v.safeParse(deviceFileSchema, value).success;
const file = fakeDeviceFile();

describe('a device file', () => {
  it('is taken when it is whole', () => {
    expect(accepts(file)).toBe(true);
  });

  it('is taken when the user has no desk yet, or the laptop no certificate', () => {
    expect(accepts({ ...file, desk: null })).toBe(true);
    expect(accepts({ ...file, certificate: null, privateKey: null })).toBe(true);
  });

  it.each(Object.keys(file))('is refused when %s is missing', (key) => {
    const { [key as 'desk']: _, ...rest } = file;
    expect(accepts(rest)).toBe(false);
  });

  it.each([
    ['it is of a later version', { version: 2 }],
    ['it has a field too many', { extra: true }],
    ['the port is 0', { gateway: { host: 'gw', port: 0 } }],
    ['the port is past the last', { gateway: { host: 'gw', port: 65_536 } }],
    ['the port is a fraction', { gateway: { host: 'gw', port: 443.5 } }],
    ['the host is empty', { gateway: { host: '', port: 443 } }],
    ['the host is over-long', { gateway: { host: 'g'.repeat(254), port: 443 } }],
    ['the CA is no PEM', { site: { name: 'x', ca: 'MIIB' } }],
    ['the CA is over-long', { site: { name: 'x', ca: `-----BEGIN ${'x'.repeat(16_384)}` } }],
    ['the certificate is empty', { certificate: '' }],
    ['the desk has an address', { desk: { ...file.desk, host: '192.0.2.1' } }],
    ['the user’s id is none', { user: { id: '', name: 'x' } }],
  ])('is refused when %s', (_, change) => {
    expect(accepts({ ...file, ...change })).toBe(false);
  });
});
