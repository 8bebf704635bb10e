import type { InputHTMLAttributes, ReactNode, RefObject } from 'react';
import './field.css';

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'readOnly' | 'className'>;

export type LabelledInputProps = InputProps &
  Readonly<{
    id: string;
    label: string;
    fieldRef: RefObject<HTMLInputElement | null>;
    /** How it looks besides being a field; see field.css. */
    look?: string;
    busy: boolean;
    /** What is said below the field. */
    children: ReactNode;
  }>;

/** An uncontrolled field under its label. What is typed is never completed, corrected or sent to a spelling service. */
export function LabelledInput({ id, label, fieldRef, look = '', busy, children, ...input }: LabelledInputProps) {
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <input
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        {...input}
        id={id}
        ref={fieldRef}
        className={`field__input ${look}`.trimEnd()}
        readOnly={busy}
      />
      {children}
    </div>
  );
}
