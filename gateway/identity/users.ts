import { generateURI } from 'otplib';
import { DirectoryError } from '../store/directory.ts';
import { newEmergencyCodes } from './codes.ts';
import { type Context, needUser, otpAlgorithms, sealNames } from './context.ts';
import type { Identity } from './identity.ts';
import { newOtpSecret, noGuard, showOtpSecret } from './otp.ts';

/** What the office does for a person's sign-in. */
export function createUserOffice(
  context: Context,
): Pick<Identity, 'setMethod' | 'unlockUser' | 'resetOtp' | 'emergencyCodes'> {
  const { store, audit, seal, site } = context;
  return {
    setMethod: (id, method, actor) =>
      store.transaction(() => {
        const user = needUser(store, id);
        if (user.method === method) return;
        store.setMethod(id, method);
        audit.append({ actor, action: 'user.method', user: id, details: { before: user.method, after: method } });
      }),
    unlockUser: (id, actor) =>
      store.transaction(() => {
        const { failures, lockedUntil } = needUser(store, id);
        if (failures === 0 && lockedUntil === null) return false;
        store.setGuard(id, noGuard);
        audit.append({ actor, action: 'user.unlocked', user: id, details: { failures } });
        return true;
      }),
    resetOtp: (id, actor) =>
      store.transaction(() => {
        if (needUser(store, id).method !== 'prompted') {
          const why = `The laptops of "${id}" make the one-time passwords; there is nothing to set up on a phone.`;
          throw new DirectoryError('refused', why);
        }
        const algorithm = otpAlgorithms.prompted;
        const bytes = newOtpSecret(algorithm);
        const owner = { kind: 'user', id } as const;
        store.setOtpSecret(owner, seal.seal(sealNames.otp(owner), bytes), context.now());
        audit.append({ actor, action: 'user.otpReset', user: id });
        const secret = showOtpSecret(bytes);
        bytes.fill(0);
        return { secret, uri: generateURI({ issuer: site.config.site.name, label: id, secret, algorithm }) };
      }),
    emergencyCodes: (id, actor) =>
      store.transaction(() => {
        needUser(store, id);
        const made = newEmergencyCodes();
        const kept = made.map((item) => item.kept);
        store.replaceEmergencyCodes(id, kept, context.now());
        audit.append({ actor, action: 'user.emergencyCodes', user: id, details: { count: made.length } });
        return made.map(({ code }) => code);
      }),
  };
}
