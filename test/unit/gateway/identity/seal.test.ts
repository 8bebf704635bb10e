import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeal } from '#gateway/identity/seal.ts';

describe('a sealed secret', () => {
  const key = randomBytes(32);
  const { seal, open } = createSeal(key);
  const secrets = fc.uint8Array({ maxLength: 100 });

  it('opens under its own name and is another box each time', () => {
    fc.assert(
      fc.property(secrets, fc.string(), (secret, name) => {
        const box = seal(name, secret);
        expect(open(name, box).equals(secret)).toBe(true);
        expect(seal(name, secret).equals(box)).toBe(false);
      }),
    );
  });

  it('does not open under another name or key, nor when a bit of it was changed or it was cut', () => {
    fc.assert(
      fc.property(secrets, fc.nat(), (secret, at) => {
        const box = seal('otp-device:a', secret);
        expect(() => open('otp-device:b', box)).toThrow();
        expect(() => createSeal(randomBytes(32)).open('otp-device:a', box)).toThrow();
        expect(() => open('otp-device:a', box.subarray(0, at % box.length))).toThrow();
        const changed = Buffer.from(box);
        changed[at % box.length]! ^= 1 << (at % 8);
        expect(() => open('otp-device:a', changed)).toThrow();
      }),
    );
  });

  it('needs a key of 32 bytes', () => {
    expect(() => createSeal(randomBytes(16))).toThrow(RangeError);
  });
});
