import { Timer } from 'lucide-react';
import { useText } from '../app/text.ts';
import './wait.css';

export type WaitProps = Readonly<{
  /** Whole seconds left; 0 for none. */
  seconds: number;
}>;

/**
 * A pause after wrong tries. The seconds count down for the eye only: a screen reader hears of the pause when it begins
 * and when it is over.
 */
export function Wait({ seconds }: WaitProps) {
  const { text, duration } = useText();
  const waiting = seconds > 0;
  return (
    <>
      {waiting ? (
        <div className="wait">
          <Timer size={24} aria-hidden="true" />
          <p className="wait__words">
            <span role="timer" className="wait__left">
              {text('wait.left', { time: duration(seconds) })}
            </span>
            <span>{text('wait.why')}</span>
          </p>
        </div>
      ) : null}
      <p className="visually-hidden" role="status">
        {waiting ? text('wait.why') : null}
      </p>
    </>
  );
}
