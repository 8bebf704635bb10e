import { Circle, CircleAlert, CircleCheck } from 'lucide-react';
import { type RefObject, useRef, useState } from 'react';
import { type PinProblem, pinLimits, pinProblem } from '#contract/identity/pin.ts';
import { useText } from '../app/text.ts';
import { isForeign, SecretField, takeSecret } from './secret-field.tsx';
import './new-pin.css';

type Problem = PinProblem | 'foreign';
/** What is wrong with a PIN that is being chosen; never the PIN. */
type Check = Readonly<{
  problem: Problem | undefined;
  again: 'empty' | 'typing' | 'differs' | 'same';
}>;
type Mark = 'open' | 'met' | 'failed';
const untouched: Check = { problem: 'tooShort', again: 'empty' };

export type NewPinOptions = Readonly<{ minimum: number; old?: RefObject<HTMLInputElement | null> }>;

/** Two fields for a new PIN. `take` gives it once both are right and empties them; otherwise it shows what is wrong. */
export function useNewPin({ minimum, old }: NewPinOptions) {
  const first = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const [check, setCheck] = useState<Check>(untouched);
  const [insist, setInsist] = useState(false);
  const [shown, setShown] = useState(false);

  const look = (): Check => {
    const next = checkOf(first.current?.value ?? '', again.current?.value ?? '', minimum, old?.current?.value);
    setCheck(next);
    return next;
  };
  const take = (): string | null => {
    const { problem, again: second } = look();
    setInsist(true);
    if (problem !== undefined) first.current?.focus();
    else if (second !== 'same') again.current?.focus();
    if (first.current === null || again.current === null || problem !== undefined || second !== 'same') return null;
    takeSecret(again.current);
    setCheck(untouched);
    setInsist(false);
    setShown(false);
    return takeSecret(first.current);
  };
  return { first, again, check, insist, shown, setShown, look, take, minimum: Math.max(minimum, pinLimits.min) };
}

export type NewPin = ReturnType<typeof useNewPin>;

function checkOf(pin: string, again: string, minimum: number, old: string | undefined): Check {
  return {
    problem: isForeign(pin) ? 'foreign' : pinProblem(pin, minimum, old),
    again:
      again === ''
        ? 'empty'
        : again === pin
          ? 'same'
          : pin.length > again.length && pin.startsWith(again)
            ? 'typing'
            : 'differs',
  };
}

export function NewPinFields({ pin, busy }: Readonly<{ pin: NewPin; busy: boolean }>) {
  const { text } = useText();
  const { check, insist, minimum } = pin;
  const rules = rulesOf(check, insist);
  const failed = (rule: Rule['name']) => rules.some(({ name, mark }) => name === rule && mark === 'failed');
  const words = rules.map(({ problem }) => (problem === null ? '' : text(`newPin.problem.${problem}`, { minimum })));
  const common = { maxLength: pinLimits.max, shown: pin.shown, plain: true, busy, onTyped: () => void pin.look() };
  return (
    <>
      <SecretField
        {...common}
        label={text('newPin.first')}
        fieldRef={pin.first}
        invalid={failed('length') || failed('pattern')}
        describedBy="new-pin-rules"
      />
      <SecretField
        {...common}
        label={text('newPin.again')}
        fieldRef={pin.again}
        invalid={failed('again')}
        onShown={pin.setShown}
      />
      <ul className="rules" id="new-pin-rules" aria-label={text('newPin.rules')}>
        {rules.map(({ name, mark }, index) => (
          <li key={name} className={`rules__item rules__item--${mark}`}>
            <Sign mark={mark} />
            <span>{words[index] || text(`newPin.rule.${name}`, { minimum })}</span>
            <span className="visually-hidden">({text(`newPin.mark.${mark}`)})</span>
          </li>
        ))}
      </ul>
      <p className="visually-hidden" role="status">
        {words.join('')}
      </p>
    </>
  );
}

type Rule = Readonly<{ name: 'length' | 'pattern' | 'again'; mark: Mark; problem: Problem | 'differs' | null }>;

/** Each rule with how it stands. While a PIN is still short, or the second still grows, nothing is held against it. */
function rulesOf({ problem, again }: Check, insist: boolean): readonly Rule[] {
  const short = problem === 'tooShort';
  const length = (short && insist) || problem === 'tooLong';
  const pattern = problem !== undefined && !short && !length;
  const differs = again === 'differs' || (insist && problem === undefined && again !== 'same');
  const mark = (failed: boolean, met: boolean): Mark => (failed ? 'failed' : met ? 'met' : 'open');
  return [
    { name: 'length', mark: mark(length, !short && problem !== 'foreign'), problem: length ? (problem ?? null) : null },
    { name: 'pattern', mark: mark(pattern, problem === undefined), problem: pattern ? problem : null },
    { name: 'again', mark: mark(differs, again === 'same'), problem: differs ? 'differs' : null },
  ];
}

function Sign({ mark }: Readonly<{ mark: Mark }>) {
  const Icon = mark === 'met' ? CircleCheck : mark === 'failed' ? CircleAlert : Circle;
  return <Icon size={20} aria-hidden="true" />;
}
