import { readFile } from 'node:fs/promises';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { anyDevice } from '#contract/policy/policy.ts';
import { underBaseline } from '#contract/policy/rules.ts';
import { type SignedPolicy, verifyPolicy } from './policy-token.ts';

/** The rules of this laptop: the office's last policy under the baseline that kitting left, where it left one. */
export type StandingRules = SignedPolicy & Readonly<{ baseline: 'none' | 'verified' | 'rejected' }>;

/**
 * @param baselineFile in a folder that only administrators write; need not be there. One that is there and does not verify
 *   does not loosen anything by it: `rejected`, and no session opens.
 */
export function createRules(baselineFile: string) {
  async function baseline(policyKey: string): Promise<SignedPolicy | 'none' | 'rejected'> {
    let token: string;
    try {
      token = (await readFile(baselineFile, 'utf8')).trim();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'rejected';
    }
    return verifyPolicy(token, { policyKey, device: anyDevice }).catch(() => 'rejected' as const);
  }

  return {
    /** @param token the office's policy. @throws policyRejected */
    async under(token: string, by: { policyKey: string; device: string }): Promise<StandingRules> {
      const [current, floor] = await Promise.all([verifyPolicy(token, by), baseline(by.policyKey)]);
      if (floor === 'none' || floor === 'rejected') return { ...current, baseline: floor };
      return { ...underBaseline(current, floor.policy), baseline: 'verified' };
    },
  };
}

/** @throws baselineRejected */
export function needBaseline({ baseline }: StandingRules): void {
  if (baseline === 'rejected') throw new HanareError('baselineRejected');
}
