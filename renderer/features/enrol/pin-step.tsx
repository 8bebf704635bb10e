import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { pinLimits } from '#contract/identity/pin.ts';
import { useText } from '../../app/text.ts';
import { FormActions } from '../../components/form-actions.tsx';
import { NewPinFields, useNewPin } from '../../components/new-pin.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { StepMark } from './step-mark.tsx';

export type PinStepProps = Readonly<{
  failure: Failure | null;
  standIn: boolean;
  footer: ReactNode;
  onBack: () => void;
  onPin: (pin: string) => void;
}>;

export function PinStep({ failure: sentBack, standIn, footer, onBack, onPin }: PinStepProps) {
  const { text } = useText();
  const pin = useNewPin({ minimum: pinLimits.min });
  const [failure, setFailure] = useState(sentBack);
  const { first } = pin;

  useEffect(() => first.current?.focus(), [first]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFailure(null);
    const chosen = pin.take();
    if (chosen !== null) onPin(chosen);
  };

  return (
    <Page
      screen="enrol.pin"
      standIn={standIn}
      footer={footer}
      icon={<StepMark step={3} />}
      heading={text('newPin.title')}
    >
      <p className="enrol__lead">{text('newPin.lead')}</p>
      <form className="form enrol__pin" autoComplete="off" onSubmit={submit}>
        <NewPinFields pin={pin} busy={false} />
        <Problem failure={failure} />
        <FormActions place="page" submit={text('newPin.submit')} back={text('common.back')} onBack={onBack} />
      </form>
    </Page>
  );
}
