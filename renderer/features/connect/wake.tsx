import { Check, LoaderCircle } from 'lucide-react';
import { type WakeStage, wakeStages } from '#contract/wire/messages.ts';
import { useText } from '../../app/text.ts';
import './wake.css';

const waits = { sent: 'wake.waitsAnswer', answers: 'wake.waitsReady', ready: null } as const;

/** How waking the office PC gets on: what has happened, and what is waited for now. */
export function Wake({ stage }: Readonly<{ stage: WakeStage }>) {
  const { text } = useText();
  const done = wakeStages.slice(0, wakeStages.indexOf(stage) + 1);
  const next = waits[stage];
  return (
    <div className="wake">
      <ol className="wake__stages" aria-label={text('wake.stages')}>
        {done.map((one) => (
          <li key={one} className="wake__stage wake__stage--done">
            <Check size={20} aria-hidden="true" />
            {text(`wake.${one}`)}
          </li>
        ))}
        {next === null ? null : (
          <li className="wake__stage" aria-current="step">
            <LoaderCircle size={20} aria-hidden="true" />
            {text(next)}
          </li>
        )}
      </ol>
      <p className="wake__usual">{text('wake.usual')}</p>
    </div>
  );
}
