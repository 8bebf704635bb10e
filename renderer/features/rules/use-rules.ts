import { useCallback, useEffect, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { RulesView } from '#contract/ipc/state.ts';
import { useBridge } from '../../app/bridge.ts';
import { readFailure } from '../../app/failure.ts';

export type RulesState = Readonly<{
  /** Null until main has answered. */
  view: RulesView | null;
  /** Why they could not be read, or the laptop not be looked at. */
  failure: Failure | null;
  checking: boolean;
  check: () => void;
  read: () => void;
}>;

/** The rules of this laptop as main says them, followed while somebody looks at them. */
export function useRules(): RulesState {
  const { rules } = useBridge();
  const [view, setView] = useState<RulesView | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [asked, setAsked] = useState(false);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each try reads anew
  useEffect(() => {
    let heard = false;
    let gone = false;
    const take = (next: RulesView) => {
      heard = true;
      setView(next);
    };
    const stop = rules.onChange(take);
    rules.get().then(
      // A change that arrives meanwhile is newer than the answer.
      (next) => gone || heard || take(next),
      (error: unknown) => gone || heard || setFailure(readFailure(error)),
    );
    return () => {
      gone = true;
      stop();
    };
  }, [rules, tries]);

  const check = useCallback(() => {
    setFailure(null);
    setAsked(true);
    rules
      .check()
      .catch((error: unknown) => setFailure(readFailure(error)))
      .finally(() => setAsked(false));
  }, [rules]);
  const read = useCallback(() => {
    setFailure(null);
    setTries((n) => n + 1);
  }, []);

  return { view, failure, checking: asked || view?.checking === true, check, read };
}
