import { TriangleAlert } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useState } from 'react';
import { useText } from '../app/text.ts';
import { CheckBox } from './check-box.tsx';
import { LabelledInput } from './labelled-input.tsx';

export type SecretFieldProps = Readonly<{
  label: string;
  fieldRef: RefObject<HTMLInputElement | null>;
  maxLength: number;
  shown: boolean;
  /** Without it the field has no box to show its characters: another field's box does it for both. */
  onShown?: (shown: boolean) => void;
  /** Turns full-width characters into plain ones as they come: the same PIN with Japanese input on or off. */
  plain?: boolean;
  busy?: boolean;
  invalid?: boolean;
  describedBy?: string;
  /** Something was typed; what it was, is in the field alone. */
  onTyped?: () => void;
  /** What is to be said below the field. */
  children?: ReactNode;
}>;

type Typing = 'composing' | 'converted' | null;

/**
 * A PIN or a password. A plain, uncontrolled field, because a controlled one (React Aria's TextField too) keeps its value
 * in React's state and mirrors it into the `value` attribute. Whoever reads it empties it, too.
 */
export function SecretField(props: SecretFieldProps) {
  const { label, fieldRef, maxLength, shown, onShown, plain = false, busy = false, invalid = false } = props;
  const { describedBy, onTyped, children } = props;
  const { text } = useText();
  const id = useId();
  const [capsLock, setCapsLock] = useState(false);
  const [typing, setTyping] = useState<Typing>(null);

  const toPlain = () => {
    const field = fieldRef.current;
    if (!plain || field === null) return setTyping(null);
    const value = field.value.normalize('NFKC');
    setTyping(value === field.value ? null : 'converted');
    if (value !== field.value) field.value = value;
  };
  const look = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));

  return (
    <LabelledInput
      id={id}
      label={label}
      fieldRef={fieldRef}
      look="field__input--secret"
      busy={busy}
      type={shown ? 'text' : 'password'}
      maxLength={maxLength}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      onKeyDown={look}
      onKeyUp={look}
      onBlur={() => setCapsLock(false)}
      onCompositionStart={() => setTyping('composing')}
      onCompositionEnd={() => {
        toPlain();
        onTyped?.();
      }}
      onInput={(event) => {
        // A composition that is touched from outside falls apart; it is read when it has ended.
        if ((event.nativeEvent as InputEvent).isComposing) return;
        toPlain();
        onTyped?.();
      }}
    >
      <div className="field__warnings" role="status">
        {capsLock ? <Warning>{text('key.capsLock')}</Warning> : null}
        {typing === null ? null : <Warning>{text(`key.${typing}`)}</Warning>}
      </div>
      {children}
      {onShown === undefined ? null : (
        <CheckBox selected={shown} onChange={onShown} disabled={busy}>
          {text('secret.show')}
        </CheckBox>
      )}
    </LabelledInput>
  );
}

function Warning({ children }: Readonly<{ children: string }>) {
  return (
    <p className="field__warning">
      <TriangleAlert size={20} aria-hidden="true" />
      {children}
    </p>
  );
}

/** Takes the secret out of its field, which is empty after. */
export function takeSecret(field: HTMLInputElement): string {
  const secret = field.value;
  field.value = '';
  return secret;
}

/** Whether it holds what no password field of Chromium could take in again: it switches Japanese input off. */
export function isForeign(secret: string): boolean {
  return /[^\x20-\x7e]/.test(secret);
}
