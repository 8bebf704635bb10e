import { useText } from '../../app/text.ts';

/** Where one is on the way: three screens that a person fills in. */
export function StepMark({ step }: Readonly<{ step: 1 | 2 | 3 }>) {
  const { text } = useText();
  return <p className="enrol__step">{text('enrol.step', { step })}</p>;
}
