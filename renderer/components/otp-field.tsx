import { type RefObject, useId, useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { parseCode } from '#contract/identity/code.ts';
import type { OtpAnswer } from '#contract/ipc/state.ts';
import { useText } from '../app/text.ts';
import { Button } from './button.tsx';
import { CodeField } from './code-field.tsx';
import { LabelledInput } from './labelled-input.tsx';

const malformed: Failure = { reason: 'otpMalformed', details: {} };

/** A one-time password or an emergency code. `take` gives what was typed and empties the field. */
export function useOtp() {
  const field = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<OtpAnswer['kind']>('totp');
  const [insist, setInsist] = useState(false);
  const take = (): OtpAnswer | Failure => {
    const input = field.current;
    const code = readOtp(kind, input?.value ?? '');
    setInsist(code === undefined);
    if (input === null || code === undefined) {
      input?.focus();
      return malformed;
    }
    input.value = '';
    return { kind, code };
  };
  const use = (next: OtpAnswer['kind']) => {
    if (field.current !== null) field.current.value = '';
    setInsist(false);
    setKind(next);
  };
  return { field, kind, insist, take, use };
}

type OtpEntry = ReturnType<typeof useOtp>;

/** @returns undefined when it cannot be one; main decides the same and would refuse it. */
function readOtp(kind: OtpAnswer['kind'], typed: string): string | undefined {
  if (kind === 'emergency') return parseCode('emergency', typed);
  const code = typed.normalize('NFKC').replace(/[\s\p{Pd}ー]/gu, '');
  return /^\d{6}$/.test(code) ? code : undefined;
}

export type OtpFieldProps = Readonly<{ otp: OtpEntry; busy: boolean; invalid: boolean; onSwitch: () => void }>;

export function OtpField({ otp, busy, invalid, onSwitch }: OtpFieldProps) {
  const { text } = useText();
  const other = otp.kind === 'totp' ? 'emergency' : 'totp';
  return (
    <>
      {otp.kind === 'totp' ? (
        <NumberField fieldRef={otp.field} busy={busy} invalid={invalid} />
      ) : (
        <CodeField
          kind="emergency"
          label={text('otp.emergencyTitle')}
          hint={text('otp.emergencyLead')}
          fieldRef={otp.field}
          busy={busy}
          insist={otp.insist}
        />
      )}
      <div className="field__switch">
        <Button
          kind="quiet"
          isDisabled={busy}
          onPress={() => {
            otp.use(other);
            onSwitch();
          }}
        >
          {text(other === 'emergency' ? 'otp.useEmergency' : 'otp.useTotp')}
        </Button>
      </div>
    </>
  );
}

type NumberFieldProps = Readonly<{ fieldRef: RefObject<HTMLInputElement | null>; busy: boolean; invalid: boolean }>;

function NumberField({ fieldRef, busy, invalid }: NumberFieldProps) {
  const { text } = useText();
  const id = useId();
  return (
    <LabelledInput
      id={id}
      label={text('otp.label')}
      fieldRef={fieldRef}
      look="field__input--code field__input--otp"
      busy={busy}
      inputMode="numeric"
      autoComplete="one-time-code"
      // Phones show it as 123 456.
      maxLength={16}
      aria-invalid={invalid}
      aria-describedby={`${id}-hint`}
    >
      <p id={`${id}-hint`} className="field__hint">
        {text('otp.lead')}
      </p>
    </LabelledInput>
  );
}
