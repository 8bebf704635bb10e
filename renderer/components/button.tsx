import type { ReactNode, Ref } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import './button.css';

export type ButtonProps = Readonly<
  Omit<AriaButtonProps, 'className' | 'children' | 'style'> & {
    /** `primary` once a screen; `quiet` has no frame; `bar` stands on the session bar. */
    kind?: 'primary' | 'secondary' | 'quiet' | 'bar';
    size?: 'large' | 'normal';
    icon?: ReactNode;
    ref?: Ref<HTMLButtonElement>;
    children: ReactNode;
  }
>;

export function Button({ kind = 'secondary', size = 'normal', icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`button button--${kind} button--${size}`}>
      {icon}
      <span className="button__label">{children}</span>
    </AriaButton>
  );
}
