import { Clock } from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
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

/**
 * The session will end soon, and how to go on. It takes no focus and covers little, because work goes on under it. The
 * status is there before it has something to say; the seconds count down for the eye only.
 */
export function WarningBanner({ warning, bannerRef, onExtend, onBackToDesk }: WarningBannerProps) {
  const { text, duration } = useText();
  const seconds = useCountdown(warning?.at ?? null);
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) onBackToDesk();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape in it gives the keyboard back to the desk
    <div className={warning === null ? 'warning' : 'warning warning--shown'} ref={bannerRef} onKeyDown={keys}>
      {warning === null ? null : <Clock size={24} aria-hidden="true" />}
      <div className="warning__words">
        <div role="status">
          {warning === null ? null : (
            <>
              <p className="warning__title">{text(`warning.${warning.kind}`)}</p>
              <p>{text(warning.kind === 'idle' ? 'warning.idleDo' : 'warning.signInDo')}</p>
            </>
          )}
          {warning?.kind === 'signIn' ? <p className="visually-hidden">{text('warning.keyboard')}</p> : null}
        </div>
      </div>
      {warning === null ? null : (
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
