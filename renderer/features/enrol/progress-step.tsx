import type { ReactNode } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { type EnrolStep, enrolSteps } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { Steps } from '../../components/steps.tsx';

export type ProgressStepProps = Readonly<{
  /** Null before main has said the first one. */
  present: EnrolStep | null;
  failure: Failure | null;
  standIn: boolean;
  footer: ReactNode;
  onRetry: () => void;
  onRestart: () => void;
}>;

/** Main registers the laptop; it cannot be cancelled, because the office may have answered already. */
export function ProgressStep({ present, failure, standIn, footer, onRetry, onRestart }: ProgressStepProps) {
  const { text } = useText();
  const step = present ?? enrolSteps[0];
  const at = enrolSteps.indexOf(step);
  return (
    <Page
      screen={failure === null ? 'enrol.progress' : 'enrol.failed'}
      standIn={standIn}
      footer={footer}
      heading={text(failure === null ? 'progress.title' : 'progress.failed')}
    >
      {failure === null ? <p className="enrol__lead">{text('progress.lead')}</p> : null}
      <Steps
        label={text('progress.steps')}
        items={enrolSteps.map((id, index) => ({
          id,
          name: text(`progress.${id}`),
          state: index < at ? 'done' : index > at ? 'next' : failure === null ? 'present' : 'failed',
        }))}
      />
      <p className="enrol__doing" role="status">
        {failure === null ? text(`doing.${step}`) : null}
      </p>
      <Problem failure={failure} />
      {failure === null ? null : (
        <div className="page__actions">
          <Button kind="primary" size="large" onPress={onRetry}>
            {text('progress.retry')}
          </Button>
          <Button size="large" onPress={onRestart}>
            {text('progress.restart')}
          </Button>
        </div>
      )}
    </Page>
  );
}
