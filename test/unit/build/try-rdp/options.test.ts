import { describe, expect, it } from 'vitest';
import { UsageError } from '#build/demo/usage-error.ts';
import { readTryRdpOptions } from '#build/try-rdp/options.ts';

const address = 'rdp://hanako@desk:3390';

describe('the arguments of try-rdp', () => {
  it('have defaults', () => {
    expect(readTryRdpOptions([address], true)).toEqual({
      desk: { protocol: 'rdp', host: 'desk', port: 3390, user: 'hanako', security: 'nla' },
      language: 'ja',
      wrongPassword: false,
      probeOnly: false,
      headless: false,
      out: null,
    });
  });

  it('are read when all are given, in any order', () => {
    const args = ['--lang', 'en', '--probe', `${address}?security=tls`, '--wrong-password', '--headless', '--out', 'x'];
    expect(readTryRdpOptions(args, true)).toMatchObject({
      desk: { security: 'tls' },
      ...{ language: 'en', wrongPassword: true, probeOnly: true, headless: true, out: 'x' },
    });
  });

  it('mean a run without a window where there is no display', () => {
    expect(readTryRdpOptions([address], false)).toMatchObject({ headless: true });
  });

  it('may ask for help alone', () => {
    expect(readTryRdpOptions(['--help'], true)).toBe('help');
  });

  it.each([
    [[]],
    [[address, address]],
    [['vnc://desk']],
    [['desk']],
    [[address, '--lang', 'fr']],
    [[address, '--wrong']],
  ])('are refused when they are %j', (args) => {
    expect(() => readTryRdpOptions(args, true)).toThrow(UsageError);
  });

  it('are refused when a password is among them, which is not quoted back', () => {
    expect(() => readTryRdpOptions(['rdp://hanako:himitsu@desk'], true)).toThrow(
      /^(?!.*himitsu).*HANARE_DESK_PASSWORD/,
    );
  });
});
