import forge from 'node-forge';
import { describe, expect, it } from 'vitest';
import { vncAuthMatches, vncAuthResponse } from '#build/demo/desk/rfb/vnc-auth.ts';

/** The same by another library's single DES. */
function expected(password: string, challenge: Buffer): string {
  const key = Buffer.alloc(8);
  Buffer.from(password).copy(key, 0, 0, 8);
  const mirrored = [...key].map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
  );
  const cipher = forge.cipher.createCipher(
    'DES-ECB',
    forge.util.createBuffer(Buffer.from(mirrored).toString('binary')),
  );
  cipher.start();
  cipher.update(forge.util.createBuffer(challenge.toString('binary')));
  return Buffer.from(cipher.output.getBytes(), 'binary').subarray(0, 16).toString('hex');
}

describe('VNC Authentication', () => {
  const challenge = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

  it.each(['shukubo8', 'a', '', 'longer than eight'])('answers as DES does with %j', (password) => {
    expect(vncAuthResponse(password, challenge).toString('hex')).toBe(expected(password, challenge));
  });

  it('takes the right answer only', () => {
    const right = vncAuthResponse('shukubo8', challenge);
    expect(vncAuthMatches('shukubo8', challenge, right)).toBe(true);
    expect(vncAuthMatches('shukubo9', challenge, right)).toBe(false);
    expect(vncAuthMatches('shukubo8', challenge, right.subarray(0, 15))).toBe(false);
  });
});
