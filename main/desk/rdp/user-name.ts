import { HanareError } from '#contract/errors/hanare-error.ts';
import type { DeskLogin } from '#contract/ipc/state.ts';
import type { Credentials } from './ntlm.ts';

/** On Japanese keyboards the backslash is a yen sign, and some of them type one. */
const separator = /[\\¥￥＼]/;
/** 512 bytes with the terminating zero (MS-RDPBCGR 2.2.1.11.1.1). */
const mostLetters = 255;

/**
 * Reads an account as a person types it: `user`, `DOMAIN\user`, `user@domain`. The last one stays whole, for desks look up
 * such a name themselves: what stands behind its @ need not be the name of a domain. `.\user` is an account of the desk.
 * @throws HanareError badRequest
 */
export function readLogin(login: DeskLogin): Credentials {
  const typed = login.user.trim();
  const at = typed.search(separator);
  const domain = typed.slice(0, Math.max(at, 0)).trim();
  const user = typed.slice(at + 1).trim();
  const { password } = login;
  // A zero would end the text where the desk reads it, and hide what comes behind it.
  const broken = /\p{Cc}/u.test(typed) || password.includes('\0') || separator.test(user);
  if (user === '' || broken || [user, domain, password].some(({ length }) => length > mostLetters)) {
    throw new HanareError('badRequest');
  }
  return { user, domain: domain === '.' ? '' : domain, password };
}
