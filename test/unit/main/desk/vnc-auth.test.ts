import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vncAuthResponse } from '#main/desk/vnc-auth.ts';

/** The same by another implementation: single DES is triple DES with one key thrice. */
function byOpenssl(challenge: Uint8Array, password: string): Buffer {
  const bytes = Buffer.alloc(8);
  Buffer.from(password, 'utf8').copy(bytes);
  const mirrored = bytes.map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
  );
  const cipher = createCipheriv('des-ede3', Buffer.concat([mirrored, mirrored, mirrored]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const challenge = Uint8Array.from({ length: 16 }, (_, index) => index);

describe('the VncAuth response', () => {
  it.each([
    // Worked out once with openssl enc -des-ecb under the mirrored key.
    ['', '491e890de9ace932838a49792f2213f3'],
    ['secret', 'ee22539f33a5983ec12f9c2edbc995dd'],
    ['password', 'b866924125c8eebb9debc1db61c538e2'],
  ])('is the known one when the password is %j', (password, response) => {
    expect(hex(vncAuthResponse(challenge, password))).toBe(response);
  });

  it.each(['', 'a', '1234567', '12345678', '123456789', 'パスワード', '\u0000', 'ÿ'])(
    'agrees with another implementation when the password is %j',
    (password) => {
      const asked = randomBytes(16);
      expect(hex(vncAuthResponse(asked, password))).toBe(hex(byOpenssl(asked, password)));
    },
  );

  it('agrees with another implementation whatever challenge and password are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.string({ unit: 'grapheme' }),
        (asked, password) => {
          expect(hex(vncAuthResponse(asked, password))).toBe(hex(byOpenssl(asked, password)));
        },
      ),
    );
  });

  it('looks at no more than eight bytes when the password is longer', () => {
    expect(vncAuthResponse(challenge, 'password')).toEqual(vncAuthResponse(challenge, 'password123'));
    expect(vncAuthResponse(challenge, 'passwor')).not.toEqual(vncAuthResponse(challenge, 'password'));
  });

  it('has sixteen bytes and leaves the challenge as it was', () => {
    const asked = Uint8Array.from(challenge);
    expect(vncAuthResponse(asked, 'x')).toHaveLength(16);
    expect(asked).toEqual(challenge);
  });
});
