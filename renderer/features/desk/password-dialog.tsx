import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { Checkbox, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import './password-dialog.css';

export type PasswordDialogProps = Readonly<{
  deskName: string | null;
  /** Sends the password on; it is nowhere kept after. */
  onAnswer: (password: string) => Promise<void>;
  onCancel: () => void;
}>;

/**
 * The desk's own password. A plain, uncontrolled field, because a controlled one (React Aria's TextField too) keeps
 * its value in React's state and mirrors it into the `value` attribute. It is emptied before anything else happens.
 */
export function PasswordDialog({ deskName, onAnswer, onCancel }: PasswordDialogProps) {
  const { text } = useText();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);

  useEffect(() => field.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = field.current;
    if (input === null || input.value === '' || busy) return;
    const password = input.value;
    input.value = '';
    setShown(false);
    setBusy(true);
    void onAnswer(password).finally(() => setBusy(false));
  };

  return (
    <ModalOverlay
      className="dialog-ground"
      isOpen
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
    >
      <Modal className="dialog">
        <Dialog className="dialog__body">
          <Heading slot="title" className="dialog__title" level={2}>
            {text('password.title')}
          </Heading>
          <p>{deskName === null ? text('password.bodyUnnamed') : text('password.body', { name: deskName })}</p>
          <form className="password" autoComplete="off" onSubmit={submit}>
            <div className="password__field">
              <label className="password__label" htmlFor={id}>
                {text('password.label')}
              </label>
              <input
                id={id}
                ref={field}
                className="password__input"
                type={shown ? 'text' : 'password'}
                autoComplete="off"
                autoCapitalize="off"
                autoCorrect="off"
                spellCheck={false}
                maxLength={256}
                disabled={busy}
              />
            </div>
            <Checkbox className="password__show" isSelected={shown} onChange={setShown} isDisabled={busy}>
              <span className="password__box" aria-hidden="true" />
              {text('password.show')}
            </Checkbox>
            <p className="password__note">{text('password.notKept')}</p>
            <div className="dialog__actions">
              <Button kind="primary" size="large" type="submit" isDisabled={busy}>
                {text('password.submit')}
              </Button>
              <Button size="large" onPress={onCancel}>
                {text('password.cancel')}
              </Button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
