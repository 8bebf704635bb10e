import { CircleCheck, ShieldCheck } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import type { Desk } from '#contract/wire/messages.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import './ready.css';

export type ReadyProps = Readonly<{
  desk: Desk | null;
  /** Whether it has just been registered. */
  registered: boolean;
  standIn: boolean;
  footer: ReactNode;
  busy: boolean;
  onConnect: () => void;
}>;

/** Ready to connect: whose desk, and one button. */
export function Ready({ desk, registered, standIn, footer, busy, onConnect }: ReadyProps) {
  const { text, rich } = useText();
  useEnter(onConnect, !busy);
  const name = (chunks: ReactNode[]) => <strong className="desk-name">{chunks}</strong>;
  return (
    <Page
      screen="ready"
      standIn={standIn}
      footer={footer}
      icon={
        registered ? (
          <p className="ready__registered">
            <CircleCheck size={24} aria-hidden="true" />
            {text('progress.done')}
          </p>
        ) : null
      }
      heading={
        <span className="sentence">
          {desk === null
            ? rich('ready.sentenceUnnamed', { desk: name })
            : rich('ready.sentence', { name: desk.name, desk: name })}
        </span>
      }
    >
      <div className="page__actions">
        <Button kind="primary" size="large" isDisabled={busy} onPress={onConnect}>
          {text('ready.connect')}
        </Button>
        <span className="ready__hint">{text('ready.enter')}</span>
      </div>
      <p className="ready__kept">
        <ShieldCheck size={24} aria-hidden="true" />
        {text('ready.nothingKept')}
      </p>
    </Page>
  );
}

/** Enter presses the one button from wherever the focus is, unless it is on something that has an Enter of its own. */
function useEnter(action: () => void, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || event.repeat || event.isComposing || event.defaultPrevented) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const target = event.target as Element | null;
      if (target?.closest('button, a, input, [role="menu"], [role="dialog"]') != null) return;
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [action, on]);
}
