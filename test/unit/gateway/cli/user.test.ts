import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCode } from '#contract/identity/code.ts';
import { qrMatrix } from './qr-matrix.ts';
import { testCli } from './run-cli.ts';

describe('user', () => {
  const { run, ok, json, inside, cwd, close } = testCli();
  beforeAll(async () => {
    await ok('init --site Sakura --host gw.test');
    await ok('user add yamada --name Yamada');
    await ok('user add suzuki --name Suzuki --otp prompted');
  });
  afterAll(close);

  it('add chooses who makes the one-time passwords, and otp changes it', async () => {
    const methods = async () => (await json('user list')).users.map((user: { method: string }) => user.method);
    expect(await methods()).toEqual(['prompted', 'embedded']);
    expect(await ok('user otp suzuki embedded')).toBe(
      'The laptops of "suzuki" make the one-time passwords now (embedded).',
    );
    expect(await methods()).toEqual(['embedded', 'embedded']);
    expect(await json('user otp suzuki prompted')).toEqual({ user: 'suzuki', method: 'prompted', changed: true });
    expect(await ok('user otp suzuki prompted')).toContain('so already');
  });

  it('list shows who is locked, and unlock lifts it once', async () => {
    const until = new Date(2099, 0, 2, 3, 4, 5).getTime();
    await inside(({ store }) => store.setGuard('yamada', { failures: 10, notBefore: 0, lockedUntil: until }));
    expect(await ok('user list')).toContain('until 2099-01-02 03:04:05');
    expect((await json('user list')).users[1]).toMatchObject({ id: 'yamada', locked: true });
    // A lock that is over is none.
    expect((await json('user list', { now: () => until + 1 })).users[1].locked).toBe(false);
    expect(await ok('user unlock yamada')).toContain('may try again');
    expect((await json('user list')).users[1].locked).toBe(false);
    expect(await ok('user unlock yamada')).toContain('was not locked');
  });

  it('otp-reset shows a new secret once, as text and as a QR code that says the same', async () => {
    const first = await json('user otp-reset suzuki');
    expect(new URL(first.uri).searchParams.get('secret')).toBe(first.secret);
    const text = await ok('user otp-reset suzuki --svg phone.svg');
    const shown = /Secret +((?:[A-Z2-7]{1,4}[ \n]+)+)/.exec(text)![1]!.replace(/\s/g, '');
    expect(shown).toMatch(/^[A-Z2-7]{16,}$/);
    expect(shown).not.toBe(first.secret);
    // The code on the terminal is that of the same address with the new secret in it.
    const uri = first.uri.replace(first.secret, shown);
    expect(qrMatrix(text)).toEqual(qrMatrix.of(uri));
    const svg = readFileSync(join(cwd, 'phone.svg'), 'utf8');
    expect(svg).toMatch(/^<svg /);
    expect(svg).not.toContain(shown);
    expect(statSync(join(cwd, 'phone.svg')).mode & 0o777).toBe(0o600);
  });

  it('otp-reset changes nothing when the file exists or the laptop makes the passwords', async () => {
    const before = await inside(({ store }) => Buffer.from(store.otpSecret({ kind: 'user', id: 'suzuki' })!.secret));
    const refused = await run('user otp-reset suzuki --svg phone.svg');
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('exists already; nothing was changed'),
    });
    const after = await inside(({ store }) => Buffer.from(store.otpSecret({ kind: 'user', id: 'suzuki' })!.secret));
    expect(after.equals(before)).toBe(true);
    expect((await run('user otp-reset yamada --svg none.svg')).code).toBe(1);
    expect(() => statSync(join(cwd, 'none.svg'))).toThrow();
  });

  it('emergency-codes prints ten codes to tick off, and says that older lists are void', async () => {
    const text = await ok('user emergency-codes yamada');
    const codes = [...text.matchAll(/\[ \] +\d+ +(\S+)$/gm)].map((match) => parseCode('emergency', match[1]!));
    expect(new Set(codes).size).toBe(10);
    expect(codes).not.toContain(undefined);
    expect(text).toContain('Every older list is void');
    // The laptop makes this person's one-time passwords and asks for nothing.
    expect(text).toContain('No laptop asks for them until "user otp yamada prompted".');
    expect(await ok('user emergency-codes suzuki')).not.toContain('No laptop asks');
    const again = await json('user emergency-codes yamada');
    expect(again.codes).toHaveLength(10);
    expect(again.codes.some((code: string) => codes.includes(code))).toBe(false);
    expect(await inside(({ store }) => store.emergencyCodes('yamada').length)).toBe(10);
  });
});
