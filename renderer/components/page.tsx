import { type ReactNode, useEffect, useRef } from 'react';
import { useText } from '../app/text.ts';
import { Brand } from './brand.tsx';
import './page.css';

export type PageProps = Readonly<{
  /** The largest text: what happened, or what is about to. */
  heading: ReactNode;
  /** A sign beside the heading; never the only bearer of a meaning. */
  icon?: ReactNode;
  standIn: boolean;
  footer: ReactNode;
  children: ReactNode;
  /** When this changes it is another screen, and its heading takes the focus. */
  screen: string;
}>;

/** One screen of the window outside a session: one column, heading first. */
export function Page({ heading, icon, standIn, footer, children, screen }: PageProps) {
  const { text } = useText();
  const title = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the screen's name is what makes it another screen
  useEffect(() => title.current?.focus({ preventScroll: true }), [screen]);
  return (
    <div className="page" data-screen={screen}>
      <header className="page__header">
        <Brand name={text('app.name')} />
        {standIn ? <span className="page__stand-in">{text('app.standIn')}</span> : null}
      </header>
      <main className="page__main">
        <div className="page__column">
          {icon}
          <h1 className="page__heading" ref={title} tabIndex={-1}>
            {heading}
          </h1>
          {children}
        </div>
      </main>
      {footer}
    </div>
  );
}
