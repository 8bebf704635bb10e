import { HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { createRules, needBaseline, type StandingRules } from './baseline.ts';
import { type HoldReason, holdReason } from './hold.ts';
import type { IdentityParts } from './identity.ts';
import { type Entry, newChallenge } from './keychain-entry.ts';
import { boundDelay, countTry, isPinLocked, normalPin, tryWasRight, wrongPin } from './pin-guard.ts';
import { readSiteFile } from './site-file.ts';
import { closedStatus, notEnrolledStatus, openStatus } from './status.ts';
import { answerWasWrong, countAnswer, isAnswer, lifted, parseAnswer } from './unlock-code.ts';
import { type Closed, createVault, type Opened } from './vault.ts';
import { type Content, parseContent } from './vault-content.ts';
import { deriveKeys, unseal, wipeKeys } from './vault-format.ts';

/** Of the entry, what an open laptop has to know without asking the keychain again. */
type Marks = Pick<Entry, 'lifted' | 'challenge'>;

export type Keeper = ReturnType<typeof createKeeper>;

/** Keeps the vault open or closed, and says which. Its caller lets one call run at a time. */
export function createKeeper(parts: IdentityParts) {
  const { siteFile, now, log } = parts;
  const vault = createVault(parts);
  const standing = createRules(parts.baselineFile);
  let open: (Opened & Marks) | null = null;
  /** When the PIN was last given, ms since 1970. */
  let provedAt = 0;
  /** Of a renewal that waits for its certificate, PEM. */
  let newKey: string | null = null;

  function keep(opened: Opened, { lifted, challenge }: Marks): void {
    if (open && open.keys !== opened.keys) wipeKeys(open.keys);
    // What opens a closed vault is always a PIN.
    if (!open) provedAt = now();
    open = { ...opened, lifted, challenge };
  }

  function forget(): void {
    if (open) wipeKeys(open.keys);
    open = null;
    newKey = null;
  }

  async function store(entry: Entry): Promise<Entry> {
    await vault.writeEntry(entry);
    if (open) keep(open, entry);
    return entry;
  }

  async function lookOrThrow(): Promise<Closed> {
    const closed = await vault.look();
    if (closed === null) throw new HanareError('notEnrolled');
    return closed;
  }

  function held({ content, rules, lifted }: Opened & Marks): HoldReason | undefined {
    return holdReason(content, { lifted, offlineDays: rules.policy.offlineDays, now: now() });
  }

  async function describeOpen(opened: Opened & Marks): Promise<DeviceStatus> {
    const { content, rules } = opened;
    const { policy } = rules;
    const reason = held(opened);
    if (reason === undefined) return openStatus(content, policy, null);
    const challenge = opened.challenge ?? (await challengeNow());
    return openStatus(content, policy, { reason, challenge });
  }

  async function challengeNow(): Promise<string> {
    const { entry } = await lookOrThrow();
    const challenge = entry.challenge ?? newChallenge();
    await store({ ...entry, challenge });
    return challenge;
  }

  /** Puts right what a kill or a changed clock has left in the entry. */
  async function settled({ entry, sealed }: Closed): Promise<Closed> {
    const bounded = boundDelay(entry, now());
    const challenge = isPinLocked(entry) ? (entry.challenge ?? newChallenge()) : entry.challenge;
    if (bounded === entry && challenge === entry.challenge) return { entry, sealed };
    return { entry: await store({ ...bounded, challenge }), sealed };
  }

  async function describe(): Promise<DeviceStatus> {
    if (open) return describeOpen(open);
    const closed = await vault.look();
    if (closed === null) return notEnrolledStatus(await readSiteFile(siteFile));
    return closedStatus(await settled(closed), now());
  }

  /** The vault is sealed, so a policy in it that does not verify means damage. */
  async function storedRules(content: Content): Promise<StandingRules> {
    try {
      return await rulesUnder(content.policy, content);
    } catch {
      throw new HanareError('vaultDamaged', { field: 'policy' });
    }
  }

  /** @param token of the office. @throws policyRejected */
  function rulesUnder(token: string, { policyKey, device }: Pick<Content, 'policyKey' | 'device'>) {
    return standing.under(token, { policyKey, device: device.id });
  }

  return {
    vault,
    rulesUnder,
    keep,
    forget,

    /** Never rejects. */
    async status(): Promise<DeviceStatus> {
      try {
        return await describe();
      } catch (error) {
        log.warn('the registration cannot be read', { error });
        return { state: 'failed', failure: toFailure(error) };
      }
    },

    /** @returns null when it is closed. */
    opened: (): Opened | null => open,

    newKey: () => newKey,
    setNewKey: (privateKey: string | null) => {
      newKey = privateKey;
    },

    /** Until when the last PIN counts, ms since 1970; null when it is closed. */
    pinUntil: (): number | null => (open ? provedAt + open.rules.policy.sessionSeconds * 1000 : null),

    /** @throws deviceLocked */
    openOrThrow(): Opened {
      if (!open) throw new HanareError('deviceLocked');
      return open;
    },

    /** @throws notEnrolled, deviceLocked, pinLocked, leaseOver, offlineTooLong, baselineRejected, keychain…, vault… */
    async usableOrThrow(): Promise<Opened> {
      if (!open) {
        const { entry } = await lookOrThrow();
        throw new HanareError(isPinLocked(entry) ? 'pinLocked' : 'deviceLocked');
      }
      const reason = held(open);
      if (reason) throw new HanareError(reason);
      needBaseline(open.rules);
      return open;
    },

    /**
     * Tries a PIN, and counts it first.
     * @returns what it opens; the caller keeps it or wipes its keys.
     * @throws pinWrong, pinDelayed, pinLocked, notEnrolled, keychain…, vault…
     */
    async tryPin(pin: string): Promise<Opened & { closed: Closed }> {
      const { entry, sealed } = await settled(await lookOrThrow());
      const counted = await store(countTry(entry, now()));
      const keys = await deriveKeys(entry.key, normalPin(pin), sealed.kdf);
      const plain = unseal(sealed, keys);
      if (plain === undefined) {
        wipeKeys(keys);
        log.warn('wrong PIN', { failures: counted.failures });
        if (isPinLocked(counted)) forget();
        throw wrongPin(counted);
      }
      provedAt = now();
      const right = await store(tryWasRight(entry));
      const content = parseContent(plain);
      plain.fill(0);
      return { content, keys, rules: await storedRules(content), closed: { entry: right, sealed } };
    },

    /** @throws deviceLocked, and what Vault.save throws; then nothing has changed */
    async save(change: Partial<Content>): Promise<void> {
      if (!open) throw new HanareError('deviceLocked');
      const content = { ...open.content, ...change };
      const rules = change.policy === undefined ? open.rules : await storedRules(content);
      const opened = await vault.save({ content, rules, keys: open.keys });
      keep(opened, { challenge: open.challenge, lifted: open.lifted });
    },

    /** IT's lifts that the gateway has seen by now. */
    seenLift: (): number | null => open?.lifted ?? null,

    /** @throws unlockCodeWrong, notEnrolled, keychain…, vault… */
    async lift(typed: string): Promise<void> {
      const { entry } = await lookOrThrow();
      const answer = parseAnswer(typed);
      if (answer === undefined || entry.challenge === null) throw new HanareError('unlockCodeWrong');
      const counted = await store(countAnswer(entry));
      if (isAnswer(counted, answer)) {
        await store(lifted(counted, now()));
        log.info('lifted by IT');
        return;
      }
      log.warn('wrong unlock code');
      const after = answerWasWrong(counted);
      if (after !== counted) await store(after);
      throw new HanareError('unlockCodeWrong');
    },
  };
}
