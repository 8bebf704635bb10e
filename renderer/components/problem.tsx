import { CircleAlert } from 'lucide-react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { sayFailure } from '../app/failure.ts';
import { useText } from '../app/text.ts';
import './problem.css';

/**
 * Why something was refused, in place: what happened, what to do, and the code to read out. The alert is in the page
 * before it has something to say, so that a screen reader says it, and says the same again when it comes again.
 */
export function Problem({ failure }: Readonly<{ failure: Failure | null }>) {
  const { text, language } = useText();
  const said = failure === null ? null : sayFailure(failure, language);
  return (
    <div role="alert" className="problem-place">
      {said === null ? null : (
        <div className="problem">
          <CircleAlert size={24} aria-hidden="true" />
          <div className="problem__words">
            <div className="problem__head">
              <p className="problem__title">{said.title}</p>
              <p className="problem__code">
                {text('ended.code')} <strong>{said.code}</strong>
              </p>
            </div>
            <p>{[said.cause, said.user].join(language === 'ja' ? '' : ' ')}</p>
          </div>
        </div>
      )}
    </div>
  );
}

/** A remark of the window itself about what was typed: no failure, so no code. */
export function Remark({ id, children }: Readonly<{ id?: string; children: string | null }>) {
  return (
    <p id={id} role="status" className="remark">
      {children === null ? null : (
        <>
          <CircleAlert size={20} aria-hidden="true" />
          <span>{children}</span>
        </>
      )}
    </p>
  );
}
