import type { ReactNode } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { sayFailure } from '../app/failure.ts';
import { useText } from '../app/text.ts';
import { Tell } from './tell.tsx';
import './failure-text.css';

export type FailureTextProps = Readonly<{
  failure: Failure;
  /** When it happened, ms since 1970. */
  seenAt: number;
  /** What else the helpdesk will ask: name and value. */
  facts: readonly (readonly [string, string])[];
  /** What can be pressed; it comes before what only the helpdesk needs. */
  actions: ReactNode;
}>;

/** Why, what to do next, the code to read out, and one press away what the helpdesk will want to know. */
export function FailureText({ failure, seenAt, facts, actions }: FailureTextProps) {
  const { text, language, dateTime } = useText();
  const said = sayFailure(failure, language);
  return (
    <>
      <p className="failure__cause">{said.cause}</p>
      <section className="failure__next" aria-label={text('ended.next')}>
        <h2 className="failure__label">{text('ended.next')}</h2>
        <p className="failure__do">{said.user}</p>
      </section>
      <dl className="failure__facts">
        <div>
          <dt>{text('ended.code')}</dt>
          <dd className="failure__code">{said.code}</dd>
        </div>
        <div>
          <dt>{text('ended.time')}</dt>
          <dd className="failure__time">{dateTime(seenAt)}</dd>
        </div>
      </dl>
      {actions}
      <Tell title={text('ended.tell')}>
        <dl className="tell__list">
          <Fact name={text('ended.code')} value={said.code} />
          {facts.map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
          <Fact name={text('ended.helpdesk')} value={said.helpdesk} />
        </dl>
      </Tell>
    </>
  );
}

function Fact({ name, value }: Readonly<{ name: string; value: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
