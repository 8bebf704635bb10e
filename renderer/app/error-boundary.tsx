import { Component, type ReactNode } from 'react';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { Language } from '#contract/errors/entry.ts';
import { messages } from './text.ts';
import './error-boundary.css';

type Props = Readonly<{ children: ReactNode; onError: () => void }>;

/** Shows a plain screen instead of an empty window when the window's own code fails. */
export class ErrorBoundary extends Component<Props, Readonly<{ failed: boolean }>> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(): void {
    this.props.onError();
  }

  override render(): ReactNode {
    return this.state.failed ? <CrashScreen /> : this.props.children;
  }
}

/** Uses neither providers nor components: whatever broke may be one of them. */
export function CrashScreen() {
  const language: Language = document.documentElement.lang === 'en' ? 'en' : 'ja';
  const { title, cause, user, code } = catalogue.internal;
  return (
    <main className="crash" data-screen="crash" role="alert">
      <h1>{title[language]}</h1>
      <p>{cause[language]}</p>
      <p>{user[language]}</p>
      <p>
        {messages[language]['ended.code']} <strong className="crash__code">{[...code].join(' ')}</strong>
      </p>
      <button type="button" className="crash__button" onClick={() => window.location.reload()}>
        {messages[language]['crash.reload']}
      </button>
    </main>
  );
}
