import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type SessionState, type Stage, stages } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import './connecting.css';

type ConnectingState = Extract<SessionState, { phase: 'connecting' }>;

export type ConnectingProps = Readonly<{
  state: ConnectingState;
  deskName: string | null;
  /** Whether the person is being asked something: then time is theirs and nothing is slow. */
  asking: boolean;
  standIn: boolean;
  footer: ReactNode;
  onCancel: () => void;
}>;

/** A stage that takes longer than this is said to be slow. Milliseconds. */
const slowMs = 8000;
const tickMs = 500;

/** Five stages, the present one marked, with the time each took. */
export function Connecting({ state, deskName, asking, standIn, footer, onCancel }: ConnectingProps) {
  const { text, rich } = useText();
  const elapsed = useElapsed(state.stage);
  const present = stages.indexOf(state.stage);
  const name = (chunks: ReactNode[]) => <strong className="desk-name">{chunks}</strong>;
  return (
    <Page
      screen="connecting"
      standIn={standIn}
      footer={footer}
      heading={
        <span className="sentence">
          {deskName === null
            ? rich('connecting.titleUnnamed', { desk: name })
            : rich('connecting.title', { name: deskName, desk: name })}
        </span>
      }
    >
      <ol className="stages" aria-label={text('connecting.stages')}>
        {stages.map((stage, index) => {
          const taken = state.times[stage];
          const where = index < present ? 'done' : index === present ? 'present' : 'next';
          return (
            <li
              key={stage}
              className={`stages__item stages__item--${where}`}
              aria-current={where === 'present' ? 'step' : undefined}
            >
              <span className="stages__sign" aria-hidden="true">
                {where === 'done' ? <Tick /> : index + 1}
              </span>
              <span className="stages__name">{text(`stage.${stage}`)}</span>
              {where === 'done' ? <span className="visually-hidden">{text('connecting.done')}</span> : null}
              <span className="stages__time">
                {where === 'done' && taken !== undefined
                  ? text(taken < 100 ? 'connecting.atOnce' : 'connecting.seconds', { seconds: taken / 1000 })
                  : where === 'present' && elapsed >= 1000 && !asking
                    ? text('connecting.seconds', { seconds: elapsed / 1000 })
                    : null}
              </span>
            </li>
          );
        })}
      </ol>
      <p className="connecting__doing" role="status">
        {text(`doing.${state.stage}`)}
        {elapsed >= slowMs && !asking ? <span className="connecting__slow">{text('connecting.slow')}</span> : null}
      </p>
      <div className="page__actions">
        <Button size="large" onPress={onCancel}>
          {text('connecting.cancel')}
        </Button>
      </div>
    </Page>
  );
}

/** Milliseconds since the present stage began, as this window saw it. */
function useElapsed(stage: Stage): number {
  const began = useRef({ stage, at: performance.now() });
  const [, tick] = useState(0);
  if (began.current.stage !== stage) began.current = { stage, at: performance.now() };
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), tickMs);
    return () => clearInterval(timer);
  }, []);
  return performance.now() - began.current.at;
}

function Tick() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" />
    </svg>
  );
}
