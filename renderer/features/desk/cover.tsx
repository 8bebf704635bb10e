import { EyeOff, ShieldAlert } from 'lucide-react';
import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { sayFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import './cover.css';

export type CoverProps = Readonly<{
  /** Why a rule hides the picture; it comes before what the person has hidden. */
  pause: Failure | null;
  hidden: boolean;
  onShow: () => void;
  onRules: () => void;
  onDisconnect: () => void;
}>;

/**
 * What stands where the picture was. The alert is there before it has something to say. The heading takes the keyboard,
 * which takes it from the desk; and no key pressed by mistake shows the picture again.
 */
export function Cover({ pause, hidden, onShow, onRules, onDisconnect }: CoverProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const kind = pause !== null ? pause.reason : hidden ? 'hidden' : null;
  useEffect(() => {
    if (kind !== null) heading.current?.focus();
  }, [kind]);
  return (
    <div role="alert" className={kind === null ? 'cover' : 'cover cover--shown'} data-cover={kind ?? undefined}>
      {pause !== null ? (
        <Paused pause={pause} heading={heading} onRules={onRules} onDisconnect={onDisconnect} />
      ) : hidden ? (
        <Hidden heading={heading} onShow={onShow} />
      ) : null}
    </div>
  );
}

type Headed = Readonly<{ heading: Ref<HTMLHeadingElement> }>;

function Paused({
  pause,
  heading,
  onRules,
  onDisconnect,
}: Headed & Pick<CoverProps, 'onRules' | 'onDisconnect'> & Readonly<{ pause: Failure }>) {
  const { text, language } = useText();
  const said = sayFailure(pause, language);
  return (
    <Panel icon={<ShieldAlert className="sign sign--error" size={48} aria-hidden="true" />}>
      <h1 className="page__heading" ref={heading} tabIndex={-1}>
        {said.title}
      </h1>
      <p className="failure__cause">{said.cause}</p>
      <div className="failure__next">
        <p className="failure__label">{text('ended.next')}</p>
        <p className="failure__do">{said.user}</p>
      </div>
      <p className="cover__code">
        {text('ended.code')} <strong>{said.code}</strong>
      </p>
      <div className="page__actions">
        <Button size="large" onPress={onDisconnect}>
          {text('pause.disconnect')}
        </Button>
        <Button size="large" onPress={onRules}>
          {text('rules.open')}
        </Button>
      </div>
    </Panel>
  );
}

function Hidden({ heading, onShow }: Headed & Pick<CoverProps, 'onShow'>) {
  const { text } = useText();
  return (
    <Panel icon={<EyeOff className="sign" size={48} aria-hidden="true" />}>
      <h1 className="page__heading" ref={heading} tabIndex={-1}>
        {text('hidden.title')}
      </h1>
      <p className="failure__cause">{text('hidden.body')}</p>
      <div className="page__actions">
        <Button kind="primary" size="large" onPress={onShow}>
          {text('hidden.show')}
        </Button>
        <span className="cover__key">{text('hidden.key')}</span>
      </div>
    </Panel>
  );
}

function Panel({ icon, children }: Readonly<{ icon: ReactNode; children: ReactNode }>) {
  return (
    <div className="cover__column">
      {icon}
      {children}
    </div>
  );
}
