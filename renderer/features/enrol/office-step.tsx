import { ShieldCheck } from 'lucide-react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { EnrolOffer } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import { CheckBox } from '../../components/check-box.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { FormActions } from '../../components/form-actions.tsx';
import { Page } from '../../components/page.tsx';
import { Remark } from '../../components/problem.tsx';
import { StepMark } from './step-mark.tsx';

export type OfficeStepProps = Readonly<{
  offer: EnrolOffer;
  standIn: boolean;
  footer: ReactNode;
  onBack: () => void;
  onAccept: () => void;
}>;

/** Which office answered. Nothing has been sent to it yet; where its fingerprint was not known, a person vouches for it. */
export function OfficeStep({ offer, standIn, footer, onBack, onAccept }: OfficeStepProps) {
  const { text } = useText();
  const tick = useRef<HTMLInputElement>(null);
  const [same, setSame] = useState(false);
  const [insist, setInsist] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (offer.known || same) return onAccept();
    setInsist(true);
    tick.current?.focus();
  };

  return (
    <Page
      screen="enrol.office"
      standIn={standIn}
      footer={footer}
      icon={<StepMark step={2} />}
      heading={text('office.title')}
    >
      <dl className="facts facts--large">
        <div>
          <dt>{text('office.name')}</dt>
          <dd>
            <strong>{offer.site}</strong>
          </dd>
        </div>
        <div>
          <dt>{text('office.address')}</dt>
          <dd>{`${offer.enrol.host}:${offer.enrol.port}`}</dd>
        </div>
        <div>
          <dt>{text('office.fingerprint')}</dt>
          <dd>
            <Fingerprint hex={offer.fingerprint} />
          </dd>
        </div>
      </dl>
      <form className="form" onSubmit={submit}>
        {offer.known ? (
          <p className="enrol__known">
            <ShieldCheck size={24} aria-hidden="true" />
            {text('office.known')}
          </p>
        ) : (
          <div className="enrol__compare">
            <p className="enrol__compare-do">{text('office.compare')}</p>
            <CheckBox
              selected={same}
              invalid={insist && !same}
              describedBy="office-tick"
              inputRef={tick}
              onChange={(next) => {
                setSame(next);
                setInsist(false);
              }}
            >
              {text('office.same')}
            </CheckBox>
            <Remark id="office-tick">{insist ? text('office.tick') : null}</Remark>
            <p>{text('office.differs')}</p>
          </div>
        )}
        <FormActions place="page" submit={text('common.next')} back={text('common.back')} onBack={onBack} />
      </form>
    </Page>
  );
}
