import { Clock } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useMemo } from 'react';
import type { SessionWarning } from '#contract/ipc/state.ts';
import { useCountdown } from '../../app/countdown.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import './session-warning.css';

export type WarningBannerProps = Readonly<{
  warning: SessionWarning | null;
  /** So that the key chord that leaves the desk comes here first. */
  bannerRef: RefObject<HTMLDivElement | null>;
  onExtend: () => void;
  onBackToDesk: () => void;
}>;

const doing = { idle: 'warning.idleDo', signIn: 'warning.signInDo', hours: 'warning.hoursDo' } as const;
/** From here on the end of the hours is said a second time. Seconds. */
const lastSeconds = 120;

/**
 * The session will end soon, and how to go on. It takes no focus and covers little, because work goes on under it. The
 * status is there before it has something to say; the time counts down for the eye only.
 */
export function WarningBanner({ warning, bannerRef, onExtend, onBackToDesk }: WarningBannerProps) {
  const { text, duration } = useText();
  const seconds = useCountdown(warning?.at ?? null);
  const hours = useHoursWords(warning?.kind === 'hours' ? warning.at : null, seconds);
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) onBackToDesk();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape in it gives the keyboard back to the desk
    <div className={warning === null ? 'warning' : 'warning warning--shown'} ref={bannerRef} onKeyDown={keys}>
      {warning === null ? null : <Clock size={24} aria-hidden="true" />}
      <div className="warning__words">
        {hours === null ? null : (
          <p className="warning__title" aria-hidden="true">
            {hours.shown}
          </p>
        )}
        <div role="status">
          {hours === null ? null : <p className="visually-hidden">{hours.said}</p>}
          {warning === null || warning.kind === 'hours' ? null : (
            <p className="warning__title">{text(`warning.${warning.kind}`)}</p>
          )}
          {warning === null ? null : <p>{text(doing[warning.kind])}</p>}
          {warning?.kind === 'signIn' ? <p className="visually-hidden">{text('warning.keyboard')}</p> : null}
        </div>
      </div>
      {warning === null || warning.kind === 'hours' ? null : (
        <p className="warning__left" role="timer">
          {text('warning.left', { time: duration(seconds) })}
        </p>
      )}
      {warning?.kind === 'signIn' ? (
        <Button kind="primary" onPress={onExtend}>
          {text('warning.extend')}
        </Button>
      ) : null}
    </div>
  );
}

/** The end of the hours in whole minutes: `shown` with each of them, `said` when it comes and shortly before the end. */
function useHoursWords(at: number | null, seconds: number): Readonly<{ shown: string; said: string }> | null {
  const { text } = useText();
  const shown = text('warning.hours', {
    time:
      seconds > 60
        ? text('length.minutes', { count: Math.ceil(seconds / 60) })
        : text('length.seconds', { count: seconds }),
  });
  const last = seconds <= lastSeconds;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said stays until there is something else to say
  const said = useMemo(() => shown, [at, last]);
  return at === null ? null : { shown, said };
}
