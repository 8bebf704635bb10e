import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import type { Tri } from '#contract/evidence/posture.ts';
import { useText } from '../../app/text.ts';

const signs = { yes: CircleCheck, no: CircleX, unknown: CircleHelp } as const;

/** Yes, no or not known: a sign of its own shape and a word, so that the colour is never alone. */
export function Mark({ value }: Readonly<{ value: Tri }>) {
  const { text } = useText();
  const Sign = signs[value];
  return (
    <span className={`mark mark--${value}`}>
      <Sign size={20} aria-hidden="true" />
      {text(`tri.${value}`)}
    </span>
  );
}
