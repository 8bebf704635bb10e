import { once } from 'node:events';
import { createLogger } from '#contract/log/logger.ts';
import type { EnrolAnswer } from '#contract/wire/enrol.ts';
import { createIdentity } from '#main/identity/identity.ts';
import { openKeychain } from '#main/identity/keychain.ts';

/**
 * A process of its own, which stores something in the real keychain and a real file and ends itself with SIGKILL when it
 * reaches `killAt` for the `time`-th time. Without such a step it runs through. Its order comes as the first message.
 */
export type Order = Readonly<{
  folder: string;
  killAt: string;
  time: number;
  kdfN: number;
  work:
    | Readonly<{ task: 'adopt'; answer: EnrolAnswer; privateKey: string; pin: string }>
    | Readonly<{ task: 'changePin'; old: string; next: string }>
    /** Says the CSR, and waits for the certificate. */
    | Readonly<{ task: 'renew'; pin: string }>
    | Readonly<{ task: 'erase' }>;
}>;

async function nextMessage(): Promise<unknown> {
  const [message] = await once(process, 'message');
  return message;
}

const { folder, killAt, time, kdfN, work } = (await nextMessage()) as Order;
let left = time;
const at = (step: string): void => {
  if (step !== killAt) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};
const keychain = openKeychain();
const identity = createIdentity({
  folder,
  keychain: {
    ...keychain,
    async write(text) {
      at('before the entry');
      const written = keychain.write(text);
      setImmediate(at, 'within the entry');
      await written;
      at('after the entry');
    },
    async remove() {
      await keychain.remove();
      at('entry removed');
    },
  },
  siteFile: `${folder}/site.json`,
  baselineFile: `${folder}/baseline.jws`,
  now: Date.now,
  log: createLogger({ sink: () => undefined, now: Date.now, context: 'test' }),
  onChange: () => undefined,
  kdfN,
  at,
});

switch (work.task) {
  case 'adopt':
    await identity.adopt(work.answer, work.privateKey, work.pin);
    break;
  case 'changePin':
    await identity.changePin(work.old, work.next);
    break;
  case 'renew': {
    await identity.unlock(work.pin);
    const answer = nextMessage();
    process.send?.(await identity.beginRenewal());
    await identity.finishRenewal((await answer) as string);
    break;
  }
  case 'erase':
    await identity.erase();
    break;
  default:
    work satisfies never;
}
process.disconnect?.();
