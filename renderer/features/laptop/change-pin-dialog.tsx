import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { pinLimits } from '#contract/identity/pin.ts';
import { useBridge } from '../../app/bridge.ts';
import { useCountdown, useDeadline } from '../../app/countdown.ts';
import { readFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormActions } from '../../components/form-actions.tsx';
import { NewPinFields, useNewPin } from '../../components/new-pin.tsx';
import { Problem } from '../../components/problem.tsx';
import { SecretField, takeSecret } from '../../components/secret-field.tsx';
import { Wait } from '../../components/wait.tsx';

export type ChangePinDialogProps = Readonly<{
  minimum: number;
  onTried: () => Promise<void>;
  onClose: (changed: boolean) => void;
}>;

export function ChangePinDialog({ minimum, onTried, onClose }: ChangePinDialogProps) {
  const bridge = useBridge();
  const { text } = useText();
  const old = useRef<HTMLInputElement>(null);
  const pin = useNewPin({ minimum, old });
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const pause = failure?.reason === 'pinDelayed' ? Number(failure.details.seconds) : null;
  const seconds = useCountdown(useDeadline(pause, failure));

  useEffect(() => old.current?.focus(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const field = old.current;
    if (field === null || busy || seconds > 0) return;
    // What was wrong with the last try says nothing about this one.
    setFailure(null);
    if (field.value === '') return field.focus();
    const next = pin.take();
    if (next === null) return;
    setBusy(true);
    try {
      await bridge.device.changePin(takeSecret(field), next);
      onClose(true);
    } catch (error) {
      setFailure(readFailure(error));
      setBusy(false);
      field.focus();
      await onTried();
    }
  };

  return (
    <Dialog title={text('laptop.changePin')} onCancel={() => onClose(false)}>
      <form className="form" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <SecretField
          label={text('changePin.old')}
          fieldRef={old}
          maxLength={pinLimits.max}
          shown={pin.shown}
          plain
          busy={busy}
          invalid={failure?.reason === 'pinWrong'}
        />
        <Problem failure={pause === null ? failure : null} />
        <Wait seconds={seconds} />
        <NewPinFields pin={pin} busy={busy} />
        <FormActions
          place="dialog"
          submit={text('changePin.submit')}
          doing={busy ? text('changePin.saving') : null}
          isDisabled={busy || seconds > 0}
          onBack={() => onClose(false)}
        />
      </form>
    </Dialog>
  );
}
