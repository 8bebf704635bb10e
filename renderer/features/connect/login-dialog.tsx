import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { DeskLogin } from '#contract/ipc/state.ts';
import { readFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormActions } from '../../components/form-actions.tsx';
import { LabelledInput } from '../../components/labelled-input.tsx';
import { Problem } from '../../components/problem.tsx';
import { SecretField, takeSecret } from '../../components/secret-field.tsx';

export type LoginDialogProps = Readonly<{
  deskName: string | null;
  /** Who signed in last since the window was opened. */
  user: string;
  /** Rejects when main would not even try it. */
  onAnswer: (login: DeskLogin) => Promise<void>;
  onCancel: () => void;
}>;

const mostLength = 255;

/** Who signs in to the office PC (RDP). The password's field is emptied before anything else happens. */
export function LoginDialog({ deskName, user, onAnswer, onCancel }: LoginDialogProps) {
  const { text } = useText();
  const nameField = useRef<HTMLInputElement>(null);
  const secretField = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const nameId = useId();
  const hintId = useId();
  const known = user !== '';

  useEffect(() => {
    const field = nameField.current;
    if (field === null) return;
    field.value = user;
    (known ? secretField.current : field)?.focus();
  }, [user, known]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const [name, secret] = [nameField.current, secretField.current];
    if (name === null || secret === null || busy) return;
    const missing = name.value.trim() === '' ? name : secret.value === '' ? secret : null;
    if (missing !== null) return missing.focus();
    const login = { user: name.value.trim(), password: takeSecret(secret) };
    setShown(false);
    setFailure(null);
    setBusy(true);
    await onAnswer(login).catch((error: unknown) => setFailure(readFailure(error)));
    setBusy(false);
  };

  return (
    <Dialog title={text('login.title')} onCancel={onCancel}>
      <p>{deskName === null ? text('login.bodyUnnamed') : text('login.body', { name: deskName })}</p>
      <form className="form" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <LabelledInput
          id={nameId}
          label={text('login.user')}
          fieldRef={nameField}
          busy={busy}
          maxLength={mostLength}
          aria-describedby={hintId}
        >
          <p className="field__hint" id={hintId}>
            {text('login.userHint')}
          </p>
        </LabelledInput>
        <SecretField
          label={text('login.password')}
          fieldRef={secretField}
          maxLength={mostLength}
          shown={shown}
          onShown={setShown}
          busy={busy}
        />
        <p className="field__hint">{text('login.notKept')}</p>
        <Problem failure={busy ? null : failure} />
        <FormActions place="dialog" submit={text('login.submit')} isDisabled={busy} onBack={onCancel} />
      </form>
    </Dialog>
  );
}
