import { CircleAlert, CircleCheck } from 'lucide-react';
import { type RefObject, useId, useState } from 'react';
import { type CodeKind, codeLengths } from '#contract/identity/code.ts';
import { useText } from '../app/text.ts';
import { type Reading, readTyped, regroup } from './code-groups.ts';
import { LabelledInput } from './labelled-input.tsx';

const longest = 500;

export type CodeFieldProps = Readonly<{
  kind: CodeKind;
  label: string;
  hint: string;
  fieldRef: RefObject<HTMLInputElement | null>;
  busy?: boolean;
  /** Whether to insist on what is missing: the person has tried to go on. */
  insist: boolean;
  onReading?: (reading: Reading) => void;
}>;

/** A code in groups as it is typed, its check symbol checked at once. The code itself is in the field alone. */
export function CodeField({ kind, label, hint, fieldRef, busy = false, insist, onReading }: CodeFieldProps) {
  const id = useId();
  const [reading, setReading] = useState<Reading>({ state: 'empty' });

  const look = () => {
    const field = fieldRef.current;
    if (field === null) return;
    const next = regroup(field.value, field.selectionStart ?? field.value.length);
    if (next.shown !== field.value) {
      field.value = next.shown;
      field.setSelectionRange(next.caret, next.caret);
    }
    const read = readTyped(kind, next.shown);
    setReading(read);
    onReading?.(read);
  };

  // The owner empties the field itself when its code is taken; then nothing said about it holds any more.
  const said = fieldRef.current?.value === '' && reading.state !== 'empty' ? ({ state: 'empty' } as const) : reading;
  return (
    <LabelledInput
      id={id}
      label={label}
      fieldRef={fieldRef}
      look={reading.state === 'line' ? 'field__input--line' : 'field__input--code'}
      busy={busy}
      autoCapitalize="characters"
      maxLength={longest}
      aria-invalid={said.state === 'wrong' || said.state === 'lineWrong' || (insist && isShort(said))}
      aria-describedby={`${id}-hint ${id}-said`}
      onInput={(event) => {
        if (!(event.nativeEvent as InputEvent).isComposing) look();
      }}
      onCompositionEnd={look}
    >
      <div className="field__below">
        <p id={`${id}-hint`} className="field__hint">
          {hint}
        </p>
        <Said id={`${id}-said`} kind={kind} reading={said} insist={insist} />
      </div>
    </LabelledInput>
  );
}

function isShort(reading: Reading): boolean {
  return reading.state === 'typing' || reading.state === 'empty';
}

function Said({
  id,
  kind,
  reading,
  insist,
}: Readonly<{ id: string; kind: CodeKind; reading: Reading; insist: boolean }>) {
  const { text } = useText();
  const [tone, words] = (() => {
    switch (reading.state) {
      case 'empty':
        return insist
          ? (['bad', text('code.short', { count: codeLengths[kind] })] as const)
          : (['open', null] as const);
      case 'typing':
        return insist
          ? (['bad', text('code.short', { count: reading.left })] as const)
          : (['open', text('code.left', { count: reading.left })] as const);
      case 'good':
        return ['good', text('code.good')] as const;
      case 'wrong':
        return ['bad', text('code.wrong')] as const;
      case 'line':
        return ['good', text('enrol.line', { office: reading.office })] as const;
      case 'lineWrong':
        return ['bad', text('enrol.lineWrong')] as const;
      default:
        return reading satisfies never;
    }
  })();
  return (
    <p id={id} className={`field__said field__said--${tone}`}>
      {tone === 'good' ? <CircleCheck size={20} aria-hidden="true" /> : null}
      {tone === 'bad' ? <CircleAlert size={20} aria-hidden="true" /> : null}
      {/* A screen reader says what is right or wrong, not the count that goes down with every key. */}
      <span role="status">{tone === 'open' ? null : words}</span>
      {tone === 'open' ? <span>{words}</span> : null}
    </p>
  );
}
