import { type FocusEvent, type RefObject, useEffect, useState } from 'react';

/** How long the bar stays out in full screen after it was last touched. Milliseconds. */
const hideAfterMs = 3000;

export type BarHiding = Readonly<{
  /** Whether the bar hides at all: only in full screen. */
  hides: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  barRef: RefObject<HTMLElement | null>;
  menuOpen: boolean;
}>;

/**
 * In full screen the bar goes away when the pointer leaves it, and by itself after a while, but never from under the
 * keyboard or an open menu. @returns what the bar's element listens with.
 */
export function useBarHiding({ hides, open, onOpen, barRef, menuOpen }: BarHiding) {
  const [touched, setTouched] = useState(0);
  const touch = () => setTouched((n) => n + 1);
  const hide = () => {
    if (hides && !menuOpen && barRef.current?.contains(document.activeElement) !== true) onOpen(false);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: each touch begins the time anew; `hide` is not one
  useEffect(() => {
    if (!hides || !open) return;
    const timer = setTimeout(hide, hideAfterMs);
    return () => clearTimeout(timer);
  }, [hides, open, menuOpen, touched]);

  return {
    onPointerMove: touch,
    onPointerLeave: hide,
    onBlur(event: FocusEvent<HTMLElement>) {
      if (!event.currentTarget.contains(event.relatedTarget)) touch();
    },
  };
}
