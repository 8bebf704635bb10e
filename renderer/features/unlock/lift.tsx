import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { parseCode, showCode } from '#contract/identity/code.ts';
import { useBridge } from '../../app/bridge.ts';
import type { DeviceStore } from '../../app/device-store.ts';
import { readFailure, sayFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { CodeField } from '../../components/code-field.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import './unlock.css';

export type LiftProps = Readonly<{
  reason: 'pinLocked' | 'leaseOver' | 'offlineTooLong';
  /** What IT has to be told; bare, as contract/identity/code.ts makes it. */
  challenge: string;
  /** What the helpdesk will ask: name and value. */
  facts: readonly (readonly [string, string])[];
  device: DeviceStore;
  standIn: boolean;
  footer: ReactNode;
}>;

/** The laptop has locked itself: a code to read out by telephone, and the field for IT's answer to it. */
export function Lift({ reason, challenge, facts, device, standIn, footer }: LiftProps) {
  const bridge = useBridge();
  const { text, language } = useText();
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [insist, setInsist] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const said = sayFailure({ reason, details: {} }, language);
  const groups = showCode(challenge).split('-');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const input = field.current;
    if (input === null || busy) return;
    input.focus();
    const code = parseCode('unlock', input.value);
    setInsist(code === undefined);
    if (code === undefined) return;
    setFailure(null);
    setBusy(true);
    input.value = '';
    try {
      device.see(await bridge.device.lift(code));
    } catch (error) {
      setFailure(readFailure(error));
      // After some wrong answers there is another challenge.
      await device.refresh();
    } finally {
      setBusy(false);
    }
  };

  return (
    <Page screen={`lift.${reason}`} standIn={standIn} footer={footer} heading={said.title}>
      <p className="lift__cause">{said.cause}</p>
      <p className="lift__do">{said.user}</p>
      <section className="challenge" aria-label={text('lift.challenge')}>
        <p className="challenge__label">{text('lift.challenge')}</p>
        <p className="challenge__code" aria-hidden="true">
          {groups.map((group, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two groups may be the same, and they never move
            <span key={index}>{group}</span>
          ))}
        </p>
        {/* Sign by sign: that is how it is read out. */}
        <p className="visually-hidden">{groups.map((group) => [...group].join(' ')).join(', ')}</p>
      </section>
      <form className="lift__form" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <div className="lift__field">
          <CodeField
            kind="unlock"
            label={text('lift.code')}
            hint={text('lift.hint')}
            fieldRef={field}
            busy={busy}
            insist={insist}
            onReading={() => setInsist(false)}
          />
        </div>
        <div className="lift__actions">
          <Button kind="primary" size="large" type="submit" isDisabled={busy}>
            {text('lift.submit')}
          </Button>
        </div>
        <Problem failure={failure} />
      </form>
      <dl className="lift__facts">
        <div>
          <dt>{text('ended.code')}</dt>
          <dd>{said.code}</dd>
        </div>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Page>
  );
}
