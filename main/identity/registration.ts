import { generate } from 'otplib';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { EnrolAnswer } from '#contract/wire/enrol.ts';
import type { DeviceCredentials, SignInNews } from './identity.ts';
import type { Keeper } from './keeper.ts';
import { checkPair } from './keys.ts';
import { checkNewPin } from './pin-guard.ts';
import { verifyPolicy } from './policy-token.ts';
import { methodOf, pairsOf } from './status.ts';
import type { Content } from './vault-content.ts';
import { wipeKeys } from './vault-format.ts';

/** Stores what enrolment has brought, if the laptop has nothing yet, and opens it. @see DeviceIdentity.adopt */
export async function adopt(
  keeper: Keeper,
  { answer, privateKey, pin, now }: { answer: EnrolAnswer; privateKey: string; pin: string; now: number },
): Promise<void> {
  const { unlockKey, ...rest } = answer;
  checkPair({ certificate: answer.certificate, privateKey });
  const policy = await verifyPolicy(answer.policy, { policyKey: answer.policyKey, device: answer.device.id });
  checkNewPin(pin, policy.pinMinimum);
  // Throws when there is something that cannot be read: that is no empty place.
  if ((await keeper.vault.look()) !== null) throw new HanareError('alreadyEnrolled');
  const content: Content = { ...rest, privateKey, next: null, lastContact: now, liftSeen: null };
  keeper.keep(await keeper.vault.create(pin, { content, policy, unlockKey }), { lifted: null, challenge: null });
}

/** @see DeviceIdentity.changePin; both PINs in their normal form. */
export async function changePin(keeper: Keeper, old: string, next: string): Promise<void> {
  const found = await keeper.vault.look();
  if (found === null) throw new HanareError('notEnrolled');
  checkNewPin(next, found.sealed.pinMinimum, old);
  const { closed, ...before } = await keeper.tryPin(old);
  try {
    const after = await keeper.vault.reseal(next, before, closed);
    if (keeper.opened()) keeper.keep(after, closed.entry);
    else wipeKeys(after.keys);
  } finally {
    wipeKeys(before.keys);
  }
}

/** @see DeviceIdentity.signedIn */
export async function takeNews(keeper: Keeper, news: SignInNews, now: number): Promise<Policy> {
  const { content, policy: last } = keeper.openOrThrow();
  const policy = await verifyPolicy(news.policy, { policyKey: content.policyKey, device: content.device.id });
  if (policy.version < last.version) throw new HanareError('policyRejected');
  const { user, lease } = news;
  const desk = news.desks[0] ?? null;
  await keeper.save({ user, desk, lease, policy: news.policy, lastContact: now, liftSeen: keeper.seenLift() });
  return policy;
}

export function credentialsOf(content: Content): DeviceCredentials {
  const { gateway, site, desk } = content;
  const { newest, older } = pairsOf(content);
  return { gateway, ca: site.ca, ...newest, older, deskId: desk?.id ?? null, desk, method: methodOf(content) };
}

/**
 * TOTP (RFC 6238), 30 s, 6 digits.
 * @param now ms since 1970. @throws deviceFileDamaged when the registration has no secret: this user's is on a phone
 */
export async function otpNow({ otp }: Content, now: number): Promise<string> {
  if (otp === null) throw new HanareError('deviceFileDamaged', { field: 'otp' });
  return generate({ ...otp, digits: 6, period: 30, epoch: Math.floor(now / 1000) });
}
