import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type SessionState, type Stage, stages } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { Steps } from '../../components/steps.tsx';
import { Wake } from './wake.tsx';
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
/**
 * Signing in may wait for the next one-time password: the gateway takes each once, and there is one every half minute.
 * From the first on it is said, from the second on that is no reason any more. Milliseconds.
 */
const nextOtpMs = { from: 3000, to: 33_000 } as const;
/** A sleeping office PC takes its time; only after this is that slow. Milliseconds. */
const wakeMs = 180_000;
const tickMs = 500;

/** Five stages, the present one marked, with the time each took. */
export function Connecting({ state, deskName, asking, standIn, footer, onCancel }: ConnectingProps) {
  const { text, rich } = useText();
  const elapsed = useElapsed(state.stage);
  const present = stages.indexOf(state.stage);
  const waking = state.wake !== null && state.stage === 'desk' ? state.wake : null;
  const slow = waking === null ? whyWaiting(state.stage, elapsed) : elapsed < wakeMs ? null : 'slow';
  const why = asking ? null : slow;
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
      <Steps
        label={text('connecting.stages')}
        items={stages.map((stage, index) => {
          const taken = state.times[stage];
          const where = index < present ? 'done' : index === present ? 'present' : 'next';
          const seconds =
            where === 'done' ? taken : where === 'present' && elapsed >= 1000 && !asking ? elapsed : undefined;
          return {
            id: stage,
            name: text(`stage.${stage}`),
            state: where,
            note:
              seconds === undefined
                ? null
                : text(seconds < 100 ? 'connecting.atOnce' : 'connecting.seconds', { seconds: seconds / 1000 }),
          };
        })}
      />
      <p className="connecting__doing" role="status">
        {text(waking === null || waking === 'ready' ? `doing.${state.stage}` : 'doing.wake')}
        {why === null ? null : <span className="connecting__slow">{text(`connecting.${why}`)}</span>}
      </p>
      {waking === null ? null : <Wake stage={waking} />}
      <div className="page__actions">
        <Button size="large" onPress={onCancel}>
          {text('connecting.cancel')}
        </Button>
      </div>
    </Page>
  );
}

function whyWaiting(stage: Stage, elapsed: number): 'nextOtp' | 'slow' | null {
  if (stage === 'signIn' && elapsed < nextOtpMs.to) return elapsed < nextOtpMs.from ? null : 'nextOtp';
  return elapsed < slowMs ? null : 'slow';
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
