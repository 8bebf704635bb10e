import { type FormEvent, useEffect, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { OtpAnswer } from '#contract/ipc/state.ts';
import { useCountdown, useDeadline } from '../../app/countdown.ts';
import { readFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormActions } from '../../components/form-actions.tsx';
import { OtpField, useOtp } from '../../components/otp-field.tsx';
import { Problem } from '../../components/problem.tsx';
import { Wait } from '../../components/wait.tsx';

export type OtpDialogProps = Readonly<{
  /** As SessionState says it: why the last one was refused, and whether one is on its way. */
  prompt: Readonly<{ failure: Failure | null; busy: boolean }>;
  /** Rejects when main would not even send it. */
  onAnswer: (answer: OtpAnswer) => Promise<void>;
  onCancel: () => void;
}>;

/** The gateway wants a one-time password that the person's phone makes, or a code of the emergency list. */
export function OtpDialog({ prompt, onAnswer, onCancel }: OtpDialogProps) {
  const { text } = useText();
  const otp = useOtp();
  const [sending, setSending] = useState(false);
  /** What this window or main found wrong with it; the gateway's own word is in `prompt`. */
  const [refused, setRefused] = useState<Failure | null>(null);
  const [switched, setSwitched] = useState(false);
  const busy = prompt.busy || sending;
  const failure = refused ?? (switched ? null : prompt.failure);
  const until = useDeadline(secondsOf(prompt.failure), prompt.busy);
  const seconds = useCountdown(prompt.busy ? null : until);
  const { field, kind } = otp;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal or the other kind of code puts the keyboard back
  useEffect(() => {
    if (!busy) field.current?.focus();
  }, [busy, field, kind]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || seconds > 0) return;
    const answer = otp.take();
    if ('reason' in answer) return setRefused(answer);
    setRefused(null);
    setSwitched(false);
    setSending(true);
    await onAnswer(answer).catch((error: unknown) => setRefused(readFailure(error)));
    setSending(false);
  };

  return (
    <Dialog title={text(kind === 'totp' ? 'otp.title' : 'otp.emergencyTitle')} onCancel={onCancel}>
      <form className="form" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <OtpField
          otp={otp}
          busy={busy}
          invalid={failure !== null}
          onSwitch={() => {
            setRefused(null);
            setSwitched(true);
          }}
        />
        <Problem failure={busy || failure?.reason === 'otpDelayed' ? null : failure} />
        <Wait seconds={seconds} />
        <FormActions
          place="dialog"
          submit={text('otp.submit')}
          doing={busy ? text('otp.checking') : null}
          isDisabled={busy || seconds > 0}
          onBack={onCancel}
        />
      </form>
    </Dialog>
  );
}

function secondsOf(failure: Failure | null): number | null {
  const seconds = failure?.reason === 'otpDelayed' ? failure.details.seconds : null;
  return typeof seconds === 'number' && seconds > 0 ? seconds : null;
}
