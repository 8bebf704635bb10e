import type { DeviceStatus } from '#contract/ipc/state.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { SiteFile } from '#contract/wire/enrol.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import type { Entry } from './keychain-entry.ts';
import { certificateFacts, fingerprintOf } from './keys.ts';
import { isPinLocked, pinTries } from './pin-guard.ts';
import type { Closed } from './vault.ts';
import type { Content } from './vault-content.ts';

type Open = Extract<DeviceStatus, { state: 'open' }>;

export const methodOf = ({ otp }: Content): OtpMethod => (otp === null ? 'prompted' : 'embedded');

/** The pair to be used: the newest, with what it replaces until the gateway has confirmed it. */
export function pairsOf({ certificate, privateKey, next }: Content) {
  const first = { certificate, privateKey };
  return next === null ? { newest: first, older: null } : { newest: next, older: first };
}

export function notEnrolledStatus(site: SiteFile | null): DeviceStatus {
  if (site === null) return { state: 'notEnrolled', site: null };
  return { state: 'notEnrolled', site: { name: site.site, enrol: site.enrol, fingerprint: site.fingerprint } };
}

/** @param closed.entry with a challenge when it is locked. @param now ms since 1970. */
export function closedStatus({ entry, sealed: { label, pinMinimum } }: Closed, now: number): DeviceStatus {
  if (isPinLocked(entry)) return { state: 'pinLocked', label, challenge: challengeOf(entry) };
  return { state: 'locked', label, tries: pinTries(entry, now), pinMinimum };
}

export function openStatus(content: Content, policy: Policy, hold: Open['hold']): DeviceStatus {
  const { device, user, desk, site, gateway, lease, lastContact } = content;
  return {
    state: 'open',
    device,
    user,
    desk,
    site: { name: site.name, gateway, fingerprint: fingerprintOf(site.ca) },
    method: methodOf(content),
    pinMinimum: policy.pinMinimum,
    certificate: certificateFacts(pairsOf(content).newest.certificate),
    lease,
    lastContact,
    hold,
  };
}

function challengeOf({ challenge }: Entry): string {
  if (challenge === null) throw new Error('a locked laptop without a challenge');
  return challenge;
}
