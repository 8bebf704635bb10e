import { setTimeout as sleep } from 'node:timers/promises';
import { Skipped } from './steps.ts';
import { type Language, type Say, tasks } from './words.ts';

/** Asks the person to do something in the window. */
export type Guide = Readonly<{
  /** Waits until they are about to. @throws Skipped when nobody is there, or nobody wants to */
  ready(task: keyof typeof tasks, signal: AbortSignal): Promise<void>;
}>;

export const patienceMs = 120_000;
/** From the terminal to the window. */
export const leadMs = 3_000;

const prompts = {
  ja: 'hanare:   用意ができたらEnter、飛ばすなら s とEnter: ',
  en: 'hanare:   Enter when ready, or s and Enter to pass it over: ',
} as const;
const began = { ja: '  3秒後に始めます …', en: '  it begins in 3 seconds …' } as const;

/** @param ask null where there is no terminal */
export function createGuide(
  language: Language,
  say: Say,
  ask: ((question: string, signal: AbortSignal) => Promise<string | null>) | null,
): Guide {
  return {
    ready: async (task, signal) => {
      if (!ask) throw new Skipped('nobody');
      say.line(`  ${tasks[task][language]}`);
      const answer = await ask(prompts[language], AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
      if (answer === null || /^\s*s/i.test(answer)) throw new Skipped('passedOver');
      say.line(began[language]);
      await sleep(leadMs, undefined, { signal });
    },
  };
}
