import type { DeviceStatus } from '#contract/ipc/state.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { Address, EnrolAnswer } from '#contract/wire/enrol.ts';
import type { Desk, OtpMethod, User } from '#contract/wire/messages.ts';
import type { StandingRules } from './baseline.ts';
import { eraseAll } from './erase.ts';
import { createKeeper } from './keeper.ts';
import type { Keychain } from './keychain.ts';
import { normalPin } from './pin-guard.ts';
import { adopt, changePin, credentialsOf, otpNow, takeNews, takePolicy } from './registration.ts';
import { createRenewal } from './renewal.ts';
import type { StoreStep } from './replace-file.ts';
import { createTurns } from './turns.ts';
import { wipeKeys } from './vault-format.ts';

type KeyPair = Readonly<{ certificate: string; privateKey: string }>;

/** What a connection to the gateway needs. PEM everywhere. */
export type DeviceCredentials = Readonly<
  KeyPair & {
    gateway: Address;
    ca: string;
    /** The pair before a renewal that the gateway has not confirmed yet. */
    older: KeyPair | null;
    device: Readonly<{ id: string; label: string }>;
    deskId: string | null;
    desk: Desk | null;
    method: OtpMethod;
  }
>;

/** What a sign-in brought. `lease`: ms since 1970, this laptop's clock. */
export type SignInNews = Readonly<{ policy: string; lease: number | null; user: User; desks: readonly Desk[] }>;

/** All calls run one after the other, in the order in which they were made. */
export type DeviceIdentity = Readonly<{
  /** Never rejects: what is wrong is part of the status. */
  status(): Promise<DeviceStatus>;
  /** @throws pinWrong {left}, pinDelayed {seconds}, pinLocked, notEnrolled, keychain…, vault… */
  unlock(pin: string): Promise<DeviceStatus>;
  /** Forgets keys and content. */
  lock(): Promise<DeviceStatus>;
  /** IT's answer to the challenge. @throws unlockCodeWrong, notEnrolled, keychain…, vault… */
  lift(code: string): Promise<DeviceStatus>;
  /** @throws pinWeak {problem: PinProblem}, and what unlock and saving throw */
  changePin(old: string, next: string): Promise<void>;
  /** Counts as unlock does, opens nothing. @throws what unlock throws */
  checkPin(pin: string): Promise<void>;
  /** @throws notEnrolled, deviceLocked, pinLocked, leaseOver, offlineTooLong, baselineRejected, keychain…, vault… */
  credentials(): Promise<DeviceCredentials>;
  /**
   * The one-time password of a moment.
   * @param at ms since 1970; now when left out. @throws deviceLocked; deviceFileDamaged when this registration has no secret
   */
  otp(at?: number): Promise<string>;
  /**
   * Stores a registration: keychain entry first, then the vault's file (the commit point); then it is open.
   * @param privateKey PEM of the certificate's key.
   * @throws pinWeak, policyRejected, deviceFileDamaged, alreadyEnrolled, keychain…, vault…, disk…, storageFailed
   */
  adopt(answer: EnrolAnswer, privateKey: string, pin: string): Promise<DeviceStatus>;
  /** Checks and stores what a sign-in brought. @throws policyRejected, baselineRejected, deviceLocked, disk… */
  signedIn(news: SignInNews): Promise<StandingRules>;
  /** The same for a policy that changed during a session. */
  policyChanged(token: string): Promise<StandingRules>;
  /** The rules as they stand, and when the office was last reached, ms since 1970. @throws deviceLocked */
  rules(): StandingRules & Readonly<{ lastContact: number }>;
  /** The last policy that verified. @throws deviceLocked */
  policy(): Policy;
  /** Until when the PIN that was given last counts, ms since 1970; null when the laptop is locked. */
  pinUntil(): number | null;
  /** From two thirds of the certificate's life on, while no renewal waits for its confirmation. False when locked. */
  renewalDue(): boolean;
  /** @returns the CSR (PEM) of a new key, which stays in memory until finishRenewal. @throws deviceLocked */
  beginRenewal(): Promise<string>;
  /** @throws deviceFileDamaged when it is not for the key of beginRenewal; disk…, storageFailed */
  finishRenewal(certificate: string): Promise<void>;
  /** After a good sign-in with the new pair: the old one goes. */
  confirmRenewal(): Promise<void>;
  /** The gateway refused the new pair: the old one is used again. */
  dropRenewal(): Promise<void>;
  /** Keychain entry, vault and its temporary file, logs. Done twice it does nothing. @throws keychain…, storageFailed */
  erase(): Promise<void>;
}>;

export type IdentityParts = Readonly<{
  /** The app's data folder. */
  folder: string;
  keychain: Keychain;
  /** Path of the installer's site.json; need not exist. */
  siteFile: string;
  /** Path of kitting's baseline.jws; need not exist. */
  baselineFile: string;
  /** ms since 1970 */
  now: () => number;
  log: Logger;
  onChange: (status: DeviceStatus) => void;
  /** scrypt's N for new PINs; the default is 2^17. */
  kdfN?: number;
  /** Called between the steps of storing. */
  at?: (step: StoreStep) => void;
}>;

export function createIdentity(parts: IdentityParts): DeviceIdentity {
  const { folder, keychain, now, log, onChange } = parts;
  const keeper = createKeeper(parts);
  const inTurn = createTurns();

  async function tell(): Promise<DeviceStatus> {
    const status = await keeper.status();
    onChange(status);
    return status;
  }

  /** Runs `work` in turn, and tells what has become of the laptop, also when it failed: a wrong PIN changes the status. */
  const change = <T>(work: () => Promise<T>) =>
    inTurn(async () => {
      try {
        await work();
      } catch (error) {
        await tell();
        throw error;
      }
      return tell();
    });
  const changeQuietly = <T>(work: () => Promise<T>): Promise<void> => change(work).then(() => undefined);

  return {
    status: () => inTurn(keeper.status),
    unlock: (pin) =>
      change(async () => {
        const { closed, ...opened } = await keeper.tryPin(pin);
        keeper.keep(opened, closed.entry);
        log.info('unlocked');
      }),
    lock: () => change(async () => keeper.forget()),
    lift: (code) => change(() => keeper.lift(code)),
    changePin: (old, next) => changeQuietly(() => changePin(keeper, normalPin(old), normalPin(next))),
    checkPin: (pin) => changeQuietly(async () => wipeKeys((await keeper.tryPin(pin)).keys)),
    credentials: () => inTurn(async () => credentialsOf((await keeper.usableOrThrow()).content)),
    otp: (at) => inTurn(() => otpNow(keeper.openOrThrow().content, at ?? now())),
    adopt: (answer, privateKey, pin) =>
      change(async () => {
        await adopt(keeper, { answer, privateKey, pin: normalPin(pin), now: now() });
        log.info('enrolled', { device: answer.device.id });
      }),
    signedIn: (news) =>
      inTurn(async () => {
        const rules = await takeNews(keeper, news, now());
        await tell();
        return rules;
      }),
    policyChanged: (token) =>
      inTurn(async () => {
        const rules = await takePolicy(keeper, token);
        await tell();
        return rules;
      }),
    rules: () => {
      const { rules, content } = keeper.openOrThrow();
      return { ...rules, lastContact: content.lastContact };
    },
    policy: () => keeper.openOrThrow().rules.policy,
    pinUntil: keeper.pinUntil,
    ...createRenewal(keeper, inTurn, now),
    erase: () =>
      changeQuietly(async () => {
        keeper.forget();
        await eraseAll({ folder, keychain });
        log.info('erased');
      }),
  };
}
