import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useText } from '../../app/text.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormActions } from '../../components/form-actions.tsx';
import { SecretField, takeSecret } from '../../components/secret-field.tsx';

export type PasswordDialogProps = Readonly<{
  deskName: string | null;
  /** Sends the password on; it is nowhere kept after. */
  onAnswer: (password: string) => Promise<void>;
  onCancel: () => void;
}>;

/** The desk's own password; its field is emptied before anything else happens. */
export function PasswordDialog({ deskName, onAnswer, onCancel }: PasswordDialogProps) {
  const { text } = useText();
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);

  useEffect(() => field.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = field.current;
    if (input === null || input.value === '' || busy) return;
    const password = takeSecret(input);
    setShown(false);
    setBusy(true);
    void onAnswer(password).finally(() => setBusy(false));
  };

  return (
    <Dialog title={text('password.title')} onCancel={onCancel}>
      <p>{deskName === null ? text('password.bodyUnnamed') : text('password.body', { name: deskName })}</p>
      <form className="form" autoComplete="off" onSubmit={submit}>
        <SecretField
          label={text('password.label')}
          fieldRef={field}
          maxLength={256}
          shown={shown}
          onShown={setShown}
          busy={busy}
        />
        <p className="field__hint">{text('password.notKept')}</p>
        <FormActions place="dialog" submit={text('password.submit')} isDisabled={busy} onBack={onCancel} />
      </form>
    </Dialog>
  );
}
