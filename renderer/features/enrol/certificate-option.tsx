import { CircleCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { ImportedCertificate } from '#contract/ipc/state.ts';
import { useBridge } from '../../app/bridge.ts';
import { readFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/problem.tsx';
import { SecretField, takeSecret } from '../../components/secret-field.tsx';
import { Tell } from '../../components/tell.tsx';

export type CertificateOptionProps = Readonly<{
  imported: ImportedCertificate | null;
  onImported: (imported: ImportedCertificate | null) => void;
}>;

/** For sites with a CA of their own: a PKCS#12 file instead of a certificate made at enrolment. */
export function CertificateOption({ imported, onImported }: CertificateOptionProps) {
  const { text } = useText();
  return (
    <Tell title={text('p12.title')} open={imported !== null}>
      <div className="enrol__p12">
        {imported === null ? (
          <ChooseFile onImported={onImported} />
        ) : (
          <Chosen imported={imported} onDrop={() => onImported(null)} />
        )}
      </div>
    </Tell>
  );
}

function ChooseFile({ onImported }: Readonly<{ onImported: (imported: ImportedCertificate) => void }>) {
  const bridge = useBridge();
  const { text } = useText();
  const password = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const choose = async () => {
    const field = password.current;
    if (field === null || busy) return;
    setFailure(null);
    setShown(false);
    setBusy(true);
    try {
      // An empty password is one that files may have.
      const read = await bridge.enrol.import(takeSecret(field));
      if (read !== null) onImported(read);
    } catch (error) {
      setFailure(readFailure(error));
      field.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void choose();
      }}
    >
      <p>{text('p12.lead')}</p>
      <SecretField
        label={text('p12.password')}
        fieldRef={password}
        maxLength={128}
        shown={shown}
        onShown={setShown}
        busy={busy}
      />
      <Problem failure={failure} />
      <div className="enrol__p12-actions">
        <Button type="submit" isDisabled={busy}>
          {text('p12.choose')}
        </Button>
      </div>
    </form>
  );
}

function Chosen({ imported, onDrop }: Readonly<{ imported: ImportedCertificate; onDrop: () => void }>) {
  const { text, date } = useText();
  return (
    <>
      <p className="enrol__p12-read" role="status">
        <CircleCheck size={20} aria-hidden="true" />
        {text('p12.read')}
      </p>
      <dl className="facts">
        <div>
          <dt>{text('p12.subject')}</dt>
          <dd>{imported.subject}</dd>
        </div>
        <div>
          <dt>{text('p12.algorithm')}</dt>
          <dd>{imported.algorithm}</dd>
        </div>
        <div>
          <dt>{text('p12.until')}</dt>
          <dd>{date(imported.until)}</dd>
        </div>
      </dl>
      <div className="enrol__p12-actions">
        <Button onPress={onDrop}>{text('p12.drop')}</Button>
      </div>
    </>
  );
}
