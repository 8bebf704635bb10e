import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import * as v from 'valibot';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { EnrolInspect, ImportedCertificate } from '#contract/ipc/state.ts';
import { type Address, addressSchema } from '#contract/wire/enrol.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { CodeField } from '../../components/code-field.tsx';
import { type Reading, readTyped } from '../../components/code-groups.ts';
import { LabelledInput } from '../../components/labelled-input.tsx';
import { Page } from '../../components/page.tsx';
import { Problem, Remark } from '../../components/problem.tsx';
import { CertificateOption } from './certificate-option.tsx';
import { StepMark } from './step-mark.tsx';

export type CodeStepProps = Readonly<{
  /** What the installer left on the laptop; without it the person has to say which office. */
  site: Readonly<{ name: string }> | null;
  /** Why it came back here from further on. */
  failure: Failure | null;
  imported: ImportedCertificate | null;
  onImported: (imported: ImportedCertificate | null) => void;
  onInspect: (input: EnrolInspect) => Promise<Failure | null>;
  standIn: boolean;
  footer: ReactNode;
}>;

export function CodeStep(props: CodeStepProps) {
  const { site, failure: sentBack, imported, onImported, onInspect, standIn, footer } = props;
  const { text } = useText();
  const code = useRef<HTMLInputElement>(null);
  const office = useRef<HTMLInputElement>(null);
  const [reading, setReading] = useState<Reading>({ state: 'empty' });
  const [insist, setInsist] = useState(false);
  const [officeWrong, setOfficeWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(sentBack);
  const asksOffice = site === null && reading.state !== 'line' && reading.state !== 'lineWrong';

  useEffect(() => code.current?.focus(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const field = code.current;
    if (field === null || busy) return;
    const read = readTyped('enrolment', field.value);
    const fits = read.state === 'good' || read.state === 'line';
    setInsist(!fits);
    if (!fits) return field.focus();
    const address = asksOffice ? readAddress(office.current?.value ?? '') : null;
    setOfficeWrong(address === undefined);
    if (address === undefined) return office.current?.focus();
    setFailure(null);
    setBusy(true);
    const why = await onInspect({ typed: field.value, office: address });
    // On the way further the code is main's; where it did not get there it stays, to be compared with the paper.
    if (why === null) field.value = '';
    setFailure(why);
    setBusy(false);
  };

  return (
    <Page
      screen="enrol.code"
      standIn={standIn}
      footer={footer}
      icon={<StepMark step={1} />}
      heading={text('enrol.title')}
    >
      <p className="enrol__lead">{text('enrol.lead')}</p>
      {site === null ? null : <p className="enrol__site">{text('enrol.site', { site: site.name })}</p>}
      <form className="form" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <CodeField
          kind="enrolment"
          label={text('enrol.code')}
          hint={text('enrol.codeHint')}
          fieldRef={code}
          busy={busy}
          insist={insist}
          onReading={(next) => {
            setReading(next);
            setInsist(false);
          }}
        />
        {asksOffice ? (
          <OfficeField fieldRef={office} busy={busy} wrong={officeWrong} onTyped={() => setOfficeWrong(false)} />
        ) : null}
        <Problem failure={failure} />
        <p className="visually-hidden" role="status">
          {busy ? text('enrol.looking') : null}
        </p>
        <div className="page__actions">
          <Button kind="primary" size="large" type="submit" isDisabled={busy}>
            {text('enrol.submit')}
          </Button>
        </div>
      </form>
      <CertificateOption imported={imported} onImported={onImported} />
    </Page>
  );
}

type OfficeFieldProps = Readonly<{
  fieldRef: React.RefObject<HTMLInputElement | null>;
  busy: boolean;
  wrong: boolean;
  onTyped: () => void;
}>;

function OfficeField({ fieldRef, busy, wrong, onTyped }: OfficeFieldProps) {
  const { text } = useText();
  const id = useId();
  return (
    <LabelledInput
      id={id}
      label={text('enrol.office')}
      fieldRef={fieldRef}
      busy={busy}
      inputMode="url"
      maxLength={300}
      aria-invalid={wrong}
      aria-describedby={`${id}-hint ${id}-wrong`}
      onInput={onTyped}
    >
      <p id={`${id}-hint`} className="field__hint">
        {text('enrol.officeHint')}
      </p>
      <Remark id={`${id}-wrong`}>{wrong ? text('enrol.officeWrong') : null}</Remark>
    </LabelledInput>
  );
}

/** `host:port`, full-width too. @returns undefined when it is no such thing. */
function readAddress(typed: string): Address | undefined {
  const parts = /^\s*\[?([^\s/[\]]+?)\]?:(\d{1,5})\s*$/.exec(typed.normalize('NFKC'));
  const read = v.safeParse(addressSchema, { host: parts?.[1]?.toLowerCase(), port: Number(parts?.[2]) });
  return read.success ? read.output : undefined;
}
