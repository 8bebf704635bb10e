import type { ReactNode } from 'react';
import { useText } from '../app/text.ts';
import './steps.css';

export type StepItem = Readonly<{
  id: string;
  name: string;
  state: 'done' | 'present' | 'next' | 'failed';
  /** Below the name: how long it took. */
  note?: ReactNode;
}>;

/** What is done one after another, the present one marked. */
export function Steps({ label, items }: Readonly<{ label: string; items: readonly StepItem[] }>) {
  const { text } = useText();
  return (
    <ol className="stages" aria-label={label}>
      {items.map(({ id, name, state, note }, index) => (
        <li
          key={id}
          className={`stages__item stages__item--${state}`}
          aria-current={state === 'present' || state === 'failed' ? 'step' : undefined}
        >
          <span className="stages__sign" aria-hidden="true">
            {state === 'done' ? <Tick /> : state === 'failed' ? '!' : index + 1}
          </span>
          <span className="stages__name">{name}</span>
          {state === 'done' ? <span className="visually-hidden">{text('connecting.done')}</span> : null}
          <span className="stages__time">{note}</span>
        </li>
      ))}
    </ol>
  );
}

function Tick() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" />
    </svg>
  );
}
