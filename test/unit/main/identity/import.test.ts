import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFailure } from '#contract/errors/hanare-error.ts';
import { readPkcs12 } from '#main/identity/import.ts';

/* The files are made by openssl when the test runs, as a site's own CA would make them. */
describe('readPkcs12', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hanare-p12-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name));
  const newKey = (name: string, kind: string) => {
    const [algorithm, option] = kind.startsWith('rsa')
      ? ['RSA', `rsa_keygen_bits:${kind.slice(3)}`]
      : ['EC', `ec_paramgen_curve:${kind}`];
    openssl('genpkey', '-algorithm', algorithm!, '-pkeyopt', option!, '-out', `${name}.key`);
  };
  /** A certificate of the CA in `ca.crt` with the given extensions, for a new key. */
  const issue = (
    name: string,
    options: { kind?: string; extensions?: string; subject?: string; days?: string } = {},
  ) => {
    newKey(name, options.kind ?? 'P-256');
    openssl('req', '-new', '-key', `${name}.key`, '-subj', options.subject ?? `/CN=${name}`, '-out', `${name}.csr`);
    writeFileSync(
      join(folder, `${name}.ext`),
      options.extensions ?? 'basicConstraints=critical,CA:false\nextendedKeyUsage=clientAuth\n',
    );
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-extfile', `${name}.ext`, '-days', options.days ?? '30'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.crt`);
    return name;
  };
  const pack = (name: string, password: string, ...more: string[]) => {
    const given = more.includes('-nokeys') ? [] : ['-inkey', `${name}.key`];
    const out = `${name}.p12`;
    openssl('pkcs12', '-export', '-in', `${name}.crt`, ...given, '-passout', `pass:${password}`, ...more, '-out', out);
    return read(out);
  };
  const failure = (bytes: Uint8Array, password: string, now?: number) => {
    try {
      readPkcs12(bytes, password, now);
    } catch (error) {
      return toFailure(error);
    }
    throw new Error('it was read');
  };

  beforeAll(() => {
    newKey('ca', 'P-256');
    openssl('req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=Site CA', '-days', '60', '-out', 'ca.crt');
    issue('ec', { subject: '/C=JP/O=Sakura City/CN=laptop-7' });
    issue('rsa', { kind: 'rsa2048', subject: '/C=JP/O=Sakura City/CN=laptop-8' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each([
    ['ec', 'P-256', 'laptop-7'],
    ['rsa', 'RSA', 'laptop-8'],
  ] as const)('%s', (name, algorithm, subject) => {
    it.each([
      ['new encryption (PBES2)', []],
      ['old encryption (3DES and RC2)', ['-legacy']],
      ['AES-128 and SHA-512', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512']],
      ['the CA’s certificate beside its own', ['-certfile', 'ca.crt']],
      ['certificates that are not encrypted', ['-certpbe', 'NONE']],
    ])('with %s', (_, options) => {
      const result = readPkcs12(pack(name, 'open sesame', ...options), 'open sesame');
      const original = new X509Certificate(read(`${name}.crt`));
      expect(result).toMatchObject({ algorithm, subject, until: original.validToDate.getTime() });
      // Byte for byte what the CA has signed.
      expect(new X509Certificate(result.certificate).fingerprint256).toBe(original.fingerprint256);
      const data = Buffer.from('proof');
      const signature = sign('sha256', data, result.privateKey);
      expect(verify('sha256', data, original.publicKey, signature)).toBe(true);
    });

    it('with a password that is not ASCII, old encryption and new', () => {
      for (const options of [[], ['-legacy']]) {
        expect(readPkcs12(pack(name, '合言葉é🔑', ...options), '合言葉é🔑')).toMatchObject({ algorithm });
      }
    });

    it('with an empty password', () => {
      expect(readPkcs12(pack(name, ''), '')).toMatchObject({ algorithm });
    });

    it('tells a wrong password, and nothing of what is inside', () => {
      for (const options of [[], ['-legacy']]) {
        const bytes = pack(name, 'open sesame', ...options);
        for (const wrong of ['', 'Open sesame', 'open sesame ', '合言葉']) {
          expect(failure(bytes, wrong)).toEqual({ reason: 'certificatePasswordWrong', details: {} });
        }
      }
    });
  });

  it('calls a file that was cut anywhere damaged', () => {
    const bytes = pack('ec', 'x');
    for (let length = 0; length < bytes.length; length += 7) {
      expect(failure(bytes.subarray(0, length), 'x').reason, String(length)).toBe('certificateFileDamaged');
    }
  });

  it('calls what is no PKCS#12 file damaged', () => {
    const others = [
      Buffer.from('hello'),
      read('ec.crt'),
      read('ec.key'),
      Buffer.from('3000', 'hex'),
      Buffer.alloc(2_000_000),
    ];
    for (const bytes of [
      ...others,
      Buffer.from('308080'.repeat(3000), 'hex'),
      new X509Certificate(read('ec.crt')).raw,
    ]) {
      expect(failure(bytes, 'x').reason).toBe('certificateFileDamaged');
    }
  });

  it('throws only its own errors, whatever byte of the file is changed', () => {
    const bytes = pack('ec', 'x');
    const reasons = new Set<string>();
    for (let at = 0; at < bytes.length; at += 5) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0xff;
      try {
        readPkcs12(changed, 'x');
      } catch (error) {
        reasons.add(toFailure(error).reason);
      }
    }
    expect([...reasons].sort()).toEqual(['certificateFileDamaged', 'certificatePasswordWrong']);
  });

  it('does no more work than a real file asks for before it knows that the password is right', () => {
    const bytes = pack('ec', 'x', '-iter', '2048');
    // macData's iterations are the last integer of the file: 02 02 08 00.
    const tail = bytes.subarray(-4);
    expect(tail.toString('hex')).toBe('02020800');
    const greedy = Buffer.concat([bytes.subarray(0, -4), Buffer.from('02047fffffff', 'hex')]);
    // The two enclosing lengths grow by the two bytes more.
    greedy.writeUInt16BE(greedy.readUInt16BE(2) + 2, 2);
    const macData = greedy.lastIndexOf(Buffer.from('3031300d', 'hex')) - 2;
    greedy[macData + 1]! += 2;
    expect(failure(greedy, 'x')).toEqual({ reason: 'certificateFileDamaged', details: {} });
  });

  it('wants a MAC, without which nothing can be told from anything', () => {
    expect(failure(pack('ec', 'x', '-nomac'), 'x').reason).toBe('certificateFileDamaged');
  });

  it('says so when the file is protected in a way that came later (RFC 9579)', () => {
    const bytes = pack('ec', 'x', '-macalg', 'sha256');
    // Both identifiers have nine bytes: sha256 and PBMAC1.
    const at = bytes.lastIndexOf(Buffer.from('608648016503040201', 'hex'));
    bytes.set(Buffer.from('2a864886f70d01050e', 'hex'), at);
    expect(failure(bytes, 'x')).toMatchObject({ details: { problem: expect.stringContaining('not supported') } });
  });

  it.each([
    ['nothing but a CA', () => pack('ca', 'x', '-nokeys'), /no private key/],
    ['a CA with its key', () => pack('ca', 'x'), /of a CA/],
    ['a key of another kind', () => pack(issue('p384', { kind: 'P-384' }), 'x'), /neither RSA/],
    ['a short RSA key', () => pack(issue('short', { kind: 'rsa1024' }), 'x'), /neither RSA/],
    [
      'a certificate for servers',
      () => pack(issue('server', { extensions: 'extendedKeyUsage=serverAuth\n' }), 'x'),
      /client authentication/,
    ],
    [
      'a certificate that does not say what for',
      () => pack(issue('any', { extensions: 'basicConstraints=CA:false\n' }), 'x'),
      /client authentication/,
    ],
  ])('refuses %s as unsuitable, and says why', (_, make, problem) => {
    expect(failure(make(), 'x')).toEqual({
      reason: 'certificateUnsuitable',
      details: { problem: expect.stringMatching(problem) },
    });
  });

  it('refuses a certificate that has run out or has not begun', () => {
    const bytes = pack(issue('old', { days: '1' }), 'x');
    const { validFromDate, validToDate } = new X509Certificate(read('old.crt'));
    expect(failure(bytes, 'x', validToDate.getTime() + 1000).details.problem).toMatch(/expired/);
    expect(failure(bytes, 'x', validFromDate.getTime() - 1000).details.problem).toMatch(/not valid yet/);
    expect(readPkcs12(bytes, 'x', validToDate.getTime() - 1000).subject).toBe('old');
  });

  it('takes the certificate that belongs to the key, not the first', () => {
    issue('other');
    writeFileSync(join(folder, 'both.crt'), Buffer.concat([read('other.crt'), read('ec.crt')]));
    writeFileSync(join(folder, 'both.key'), read('ec.key'));
    const result = readPkcs12(pack('both', 'x'), 'x');
    expect(result.subject).toBe('laptop-7');
    const spki = (key: ReturnType<typeof createPublicKey>) =>
      createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex');
    expect(spki(createPublicKey(createPrivateKey(result.privateKey)))).toBe(
      spki(new X509Certificate(result.certificate).publicKey),
    );
  });
});
