import type { ReactNode, RefObject } from 'react';
import { Checkbox } from 'react-aria-components';
import './check-box.css';

export type CheckBoxProps = Readonly<{
  selected: boolean;
  onChange: (selected: boolean) => void;
  disabled?: boolean;
  invalid?: boolean;
  /** Id of the text that says what is wrong with it. */
  describedBy?: string;
  inputRef?: RefObject<HTMLInputElement | null>;
  children: ReactNode;
}>;

export function CheckBox(props: CheckBoxProps) {
  const { selected, onChange, disabled = false, invalid = false, describedBy, inputRef, children } = props;
  return (
    <Checkbox
      className="check"
      isSelected={selected}
      onChange={onChange}
      isDisabled={disabled}
      isInvalid={invalid}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      {...(inputRef === undefined ? {} : { inputRef })}
    >
      <span className="check__box" aria-hidden="true" />
      <span>{children}</span>
    </Checkbox>
  );
}
