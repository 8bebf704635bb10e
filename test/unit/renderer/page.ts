import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';

type HappyDom = Readonly<{
  settings: {
    enableIframePageLoading: boolean;
    fetch: { interceptor: { beforeAsyncRequest(): Promise<Response> } | null };
  };
  abort(): Promise<void>;
}>;

/** Every test begins with an empty document and the real clock; an iframe's page is an empty one, and nothing is fetched. */
export function emptyPageEachTime(): void {
  const { happyDOM } = window as unknown as { happyDOM: HappyDom };
  beforeEach(() => {
    happyDOM.settings.enableIframePageLoading = true;
    happyDOM.settings.fetch.interceptor = { beforeAsyncRequest: async () => new window.Response('') };
  });
  afterEach(async () => {
    cleanup();
    vi.useRealTimers();
    await happyDOM.abort();
    document.documentElement.removeAttribute('data-theme');
    document.title = '';
  });
}
