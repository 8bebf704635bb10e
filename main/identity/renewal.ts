import { HanareError } from '#contract/errors/hanare-error.ts';
import type { DeviceIdentity } from './identity.ts';
import type { Keeper } from './keeper.ts';
import { certificateFacts, checkPair, newKey } from './keys.ts';

type Renewal = Pick<DeviceIdentity, 'renewalDue' | 'beginRenewal' | 'finishRenewal' | 'confirmRenewal' | 'dropRenewal'>;

/**
 * A certificate's successor: key made here, certificate stored beside the old pair, and only a good sign-in with it
 * removes the old one. @param inTurn runs one call at a time. @param now ms since 1970.
 */
export function createRenewal(
  keeper: Keeper,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
  now: () => number,
): Renewal {
  return {
    renewalDue() {
      const content = keeper.opened()?.content;
      return content?.next === null && now() >= certificateFacts(content.certificate).renewFrom;
    },
    beginRenewal: () =>
      inTurn(async () => {
        keeper.openOrThrow();
        const { privateKey, csr } = await newKey();
        keeper.setNewKey(privateKey);
        return csr;
      }),
    finishRenewal: (certificate) =>
      inTurn(async () => {
        keeper.openOrThrow();
        const privateKey = keeper.newKey();
        if (privateKey === null) throw new HanareError('deviceFileDamaged');
        checkPair({ certificate, privateKey });
        await keeper.save({ next: { certificate, privateKey } });
        keeper.setNewKey(null);
      }),
    confirmRenewal: () =>
      inTurn(async () => {
        const { next } = keeper.openOrThrow().content;
        if (next !== null) await keeper.save({ ...next, next: null });
      }),
    dropRenewal: () =>
      inTurn(async () => {
        if (keeper.openOrThrow().content.next !== null) await keeper.save({ next: null });
      }),
  };
}
