import { useCallback, useEffect, useState } from 'react';
import { isHideKey } from '#renderer/screen/api.ts';
import type { DeskSignals } from './desk.tsx';

export type Hiding = Readonly<{ hidden: boolean; toggle: () => void }>;

/** The quick way to hide the picture: a key, wherever the keyboard is, and a button. It ends with the session. */
export function useHiding(connected: boolean, { onHide }: Pick<DeskSignals, 'onHide'>): Hiding {
  const [hidden, setHidden] = useState(false);
  const toggle = useCallback(() => setHidden((on) => !on), []);

  useEffect(() => {
    if (!connected) return;
    const press = (event: KeyboardEvent) => {
      if (!isHideKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
      // Held down, it would show and hide by turns.
      if (!event.repeat) toggle();
    };
    // Before anything of the window sees the key.
    window.addEventListener('keydown', press, { capture: true });
    // The screen's page keeps the keys that it gets, and says this one.
    const stop = onHide(() => setHidden(true));
    return () => {
      window.removeEventListener('keydown', press, { capture: true });
      stop();
      setHidden(false);
    };
  }, [connected, onHide, toggle]);

  return { hidden, toggle };
}
