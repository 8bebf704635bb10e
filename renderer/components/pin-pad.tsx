import { Delete, X } from 'lucide-react';
import { type MouseEvent, type ReactNode, type RefObject, useState } from 'react';
import { Toolbar } from 'react-aria-components';
import { useText } from '../app/text.ts';
import './pin-pad.css';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

export type PinPadProps = Readonly<{
  fieldRef: RefObject<HTMLInputElement | null>;
  disabled: boolean;
  onTyped: () => void;
}>;

/**
 * Digits for a finger or a mouse, beside a field that takes any character. One stop of the Tab key, arrows within. A press
 * does not take the focus from the field, and on a touch screen does not call the keyboard up.
 */
export function PinPad({ fieldRef, disabled, onTyped }: PinPadProps) {
  const { text } = useText();
  const [count, setCount] = useState<number | null>(null);

  const change = (next: (value: string) => string) => {
    const field = fieldRef.current;
    if (field === null || disabled) return;
    field.value = next(field.value).slice(0, field.maxLength);
    setCount([...field.value].length);
    onTyped();
  };
  const key = (label: string, next: (value: string) => string, sign: ReactNode) => (
    <button
      key={label}
      type="button"
      className="pad__key"
      aria-label={label}
      disabled={disabled}
      onMouseDown={keepFocus}
      onClick={() => change(next)}
    >
      {sign}
    </button>
  );
  const digit = (sign: string) => key(sign, (value) => value + sign, sign);

  return (
    <>
      <Toolbar className="pad" aria-label={text('pad.label')}>
        {digits.map(digit)}
        {key(text('pad.clear'), () => '', <X size={24} aria-hidden="true" />)}
        {digit('0')}
        {key(text('pad.erase'), (value) => [...value].slice(0, -1).join(''), <Delete size={24} aria-hidden="true" />)}
      </Toolbar>
      <p className="visually-hidden" role="status">
        {count === null ? null : text('pad.count', { count })}
      </p>
    </>
  );
}

function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
