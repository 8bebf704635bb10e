import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { pinLimits } from '#contract/identity/pin.ts';
import type { OtpAnswer, SessionWarning } from '#contract/ipc/state.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import { useBridge } from '../../app/bridge.ts';
import { useCountdown } from '../../app/countdown.ts';
import { readFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormActions } from '../../components/form-actions.tsx';
import { OtpField, useOtp } from '../../components/otp-field.tsx';
import { Problem } from '../../components/problem.tsx';
import { SecretField, takeSecret } from '../../components/secret-field.tsx';
import { Wait } from '../../components/wait.tsx';

export type ExtendDialogProps = Readonly<{ warning: SessionWarning; method: OtpMethod; onClose: () => void }>;

/** The gateway's answer comes with the session's state; this long it is waited for before the form opens again. */
const answerMs = 5_000;

/** Signs in anew while connected. It goes away with the warning. */
export function ExtendDialog({ warning, method, onClose }: ExtendDialogProps) {
  const bridge = useBridge();
  const { text, duration } = useText();
  const pin = useRef<HTMLInputElement>(null);
  const otp = useOtp();
  const [shown, setShown] = useState(false);
  const [sending, setSending] = useState(false);
  const [refused, setRefused] = useState<Failure | null>(null);
  const [until, setUntil] = useState<number | null>(null);
  const answer = useAnswer(warning.failure);
  const busy = sending || answer.waiting;
  const failure = refused ?? (answer.asked ? warning.failure : null);
  const seconds = useCountdown(until);
  const left = useCountdown(warning.at);

  useEffect(() => {
    if (!busy) pin.current?.focus();
  }, [busy]);
  const pause = secondsOf(failure);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer begins its own pause
  useEffect(() => setUntil(busy || pause === null ? null : Date.now() + pause * 1000), [busy, pause, refused]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const field = pin.current;
    if (field === null || field.value === '' || busy || seconds > 0) return field?.focus();
    let code: OtpAnswer | null = null;
    if (method === 'prompted') {
      const taken = otp.take();
      if ('reason' in taken) return setRefused(taken);
      code = taken;
    }
    setRefused(null);
    setShown(false);
    setSending(true);
    try {
      await bridge.session.extend(takeSecret(field), code);
      answer.await();
    } catch (error) {
      setRefused(readFailure(error));
    } finally {
      setSending(false);
    }
  };

  return (
    <Dialog title={text('extend.title')} onCancel={onClose}>
      <p role="timer">{text('warning.left', { time: duration(left) })}</p>
      <form className="form" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <SecretField
          label={text('unlock.pin')}
          fieldRef={pin}
          maxLength={pinLimits.max}
          shown={shown}
          onShown={setShown}
          plain
          busy={busy}
          invalid={failure?.reason === 'pinWrong'}
        />
        {method === 'prompted' ? (
          <OtpField
            otp={otp}
            busy={busy}
            invalid={failure !== null && failure.reason !== 'pinWrong'}
            onSwitch={() => setRefused(null)}
          />
        ) : null}
        <Problem failure={busy || pause !== null ? null : failure} />
        <Wait seconds={seconds} />
        <FormActions
          place="dialog"
          submit={text('extend.submit')}
          doing={busy ? text('otp.checking') : null}
          isDisabled={busy || seconds > 0}
          back={text('common.back')}
          onBack={onClose}
        />
      </form>
    </Dialog>
  );
}

function secondsOf(failure: Failure | null): number | null {
  if (failure?.reason !== 'otpDelayed' && failure?.reason !== 'pinDelayed') return null;
  const { seconds } = failure.details;
  return typeof seconds === 'number' && seconds > 0 ? seconds : null;
}

/** Waits for the gateway's word on what was sent: a failure, which the state repeats with every change, or none. */
function useAnswer(failure: Failure | null) {
  const [waiting, setWaiting] = useState(false);
  const [asked, setAsked] = useState(false);
  const said = failure === null ? null : JSON.stringify(failure);
  // Another word than before is the answer.
  useEffect(() => {
    if (said !== null) setWaiting(false);
  }, [said]);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setWaiting(false), answerMs);
    return () => clearTimeout(timer);
  }, [waiting]);
  return {
    waiting,
    asked,
    await: () => {
      setAsked(true);
      setWaiting(true);
    },
  };
}
