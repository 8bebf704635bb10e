import { generate } from 'otplib';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { EnrolAnswer } from '#contract/wire/enrol.ts';
import { needBaseline, type StandingRules } from './baseline.ts';
import type { DeviceCredentials, SignInNews } from './identity.ts';
import type { Keeper } from './keeper.ts';
import { checkPair } from './keys.ts';
import { checkNewPin } from './pin-guard.ts';
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
  const rules = await keeper.rulesUnder(answer.policy, answer);
  checkNewPin(pin, rules.policy.pinMinimum);
  // Throws when there is something that cannot be read: that is no empty place.
  if ((await keeper.vault.look()) !== null) throw new HanareError('alreadyEnrolled');
  const content: Content = { ...rest, privateKey, next: null, lastContact: now, liftSeen: null };
  keeper.keep(await keeper.vault.create(pin, { content, rules, unlockKey }), { lifted: null, challenge: null });
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
export async function takeNews(keeper: Keeper, news: SignInNews, now: number): Promise<StandingRules> {
  const rules = await newRules(keeper, news.policy);
  const { user, lease } = news;
  const desk = news.desks[0] ?? null;
  await keeper.save({ user, desk, lease, policy: news.policy, lastContact: now, liftSeen: keeper.seenLift() });
  return rules;
}

/** @see DeviceIdentity.policyChanged */
export async function takePolicy(keeper: Keeper, token: string): Promise<StandingRules> {
  const rules = await newRules(keeper, token);
  await keeper.save({ policy: token });
  return rules;
}

async function newRules(keeper: Keeper, token: string): Promise<StandingRules> {
  const { content, rules: last } = keeper.openOrThrow();
  const rules = await keeper.rulesUnder(token, content);
  if (rules.policy.version < last.policy.version) throw new HanareError('policyRejected');
  // A baseline that has gone bad since the PIN would leave the office's rules without their floor.
  needBaseline(rules);
  return rules;
}

export function credentialsOf(content: Content): DeviceCredentials {
  const { gateway, site, desk, device } = content;
  const { newest, older } = pairsOf(content);
  return {
    gateway,
    ca: site.ca,
    ...newest,
    older,
    device,
    deskId: desk?.id ?? null,
    desk,
    method: methodOf(content),
  };
}

/**
 * TOTP (RFC 6238), 30 s, 6 digits.
 * @param now ms since 1970. @throws deviceFileDamaged when the registration has no secret: this user's is on a phone
 */
export async function otpNow({ otp }: Content, now: number): Promise<string> {
  if (otp === null) throw new HanareError('deviceFileDamaged', { field: 'otp' });
  return generate({ ...otp, digits: 6, period: 30, epoch: Math.floor(now / 1000) });
}
