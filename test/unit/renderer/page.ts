import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';

/** happy-dom as our tests need it: it loads no iframe's page, and every test begins with an empty document. */
export function useEmptyPage(): void {
  beforeEach(() => {
    const { happyDOM } = window as unknown as { happyDOM: { settings: { disableIframePageLoading: boolean } } };
    happyDOM.settings.disableIframePageLoading = true;
  });
  afterEach(() => {
    cleanup();
    document.documentElement.removeAttribute('data-theme');
    document.title = '';
  });
}
