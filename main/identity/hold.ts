import type { Content } from './vault-content.ts';

const dayMs = 86_400_000;
export type HoldReason = 'leaseOver' | 'offlineTooLong';

/**
 * Whether the laptop has to lock itself. The gateway decides about the lease at every sign-in as well; how long it was out
 * of reach, this alone decides. A lift by IT counts as a contact, and past the lease leaves the decision to the gateway, until the next sign-in.
 * @param lifted Entry.lifted. @param offlineDays the policy's. @param now ms since 1970.
 */
export function holdReason(
  content: Pick<Content, 'lease' | 'lastContact' | 'liftSeen'>,
  { lifted, offlineDays, now }: { lifted: number | null; offlineDays: number; now: number },
): HoldReason | undefined {
  const { lease, lastContact, liftSeen } = content;
  const fresh = lifted === liftSeen ? null : lifted;
  if (lease !== null && lease < now && (fresh === null || fresh <= lease)) return 'leaseOver';
  const contact = fresh ?? lastContact;
  // A clock that was set back would make any limit endless.
  return now > contact + offlineDays * dayMs || now < contact - dayMs ? 'offlineTooLong' : undefined;
}
