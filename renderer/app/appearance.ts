import { useEffect } from 'react';
import type { Preferences } from '#contract/ipc/state.ts';

const dark = '(prefers-color-scheme: dark)';

/** Keeps the document's theme and language as the person chose them, following the laptop where they chose that. */
export function useAppearance({ theme, language }: Preferences): void {
  useEffect(() => {
    const media = window.matchMedia(dark);
    const apply = () => {
      const chosen = theme === 'system' ? (media.matches ? 'dark' : 'light') : theme;
      document.documentElement.dataset.theme = chosen;
    };
    apply();
    media.addEventListener('change', apply);
    return () => media.removeEventListener('change', apply);
  }, [theme]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
}
