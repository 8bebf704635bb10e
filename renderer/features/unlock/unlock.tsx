import { TriangleAlert } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { pinLimits } from '#contract/identity/pin.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { useBridge } from '../../app/bridge.ts';
import { useCountdown } from '../../app/countdown.ts';
import type { DeviceStore } from '../../app/device-store.ts';
import { readFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { PinPad } from '../../components/pin-pad.tsx';
import { Problem, Remark } from '../../components/problem.tsx';
import { isForeign, SecretField, takeSecret } from '../../components/secret-field.tsx';
import { Wait } from '../../components/wait.tsx';
import './unlock.css';

export type UnlockProps = Readonly<{
  status: Extract<DeviceStatus, { state: 'locked' }>;
  device: DeviceStore;
  standIn: boolean;
  footer: ReactNode;
}>;

/** From this many tries on, what is left is said without being asked. */
const fewLeft = pinLimits.lockAt - pinLimits.delayFrom;

type RemarkName = 'empty' | 'short' | 'foreign';

/** The PIN: typed into a password field, which takes letters too, or pressed on the pad beside it. */
export function Unlock({ status, device, standIn, footer }: UnlockProps) {
  const bridge = useBridge();
  const { text } = useText();
  const field = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [remark, setRemark] = useState<RemarkName | null>(null);
  const { left, waitUntil } = status.tries;
  const seconds = useCountdown(waitUntil);
  const waiting = seconds > 0;

  useEffect(() => field.current?.focus(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const input = field.current;
    if (input === null || busy || waiting) return;
    const wrong = remarkOn(input.value);
    setRemark(wrong);
    input.focus();
    if (wrong !== null) return;
    setFailure(null);
    setShown(false);
    setBusy(true);
    try {
      device.see(await bridge.device.unlock(takeSecret(input)));
    } catch (error) {
      setFailure(readFailure(error));
      await device.refresh();
    } finally {
      setBusy(false);
    }
  };
  const typed = () => setRemark(null);

  // A try within the pause is answered by the pause itself.
  const problem = failure?.reason === 'pinDelayed' && waiting ? null : failure;
  const remarkText =
    remark === null
      ? null
      : remark === 'foreign'
        ? text('key.foreign')
        : text(`unlock.${remark}`, { minimum: pinLimits.min });
  return (
    <Page screen="unlock" standIn={standIn} footer={footer} heading={text('unlock.title')}>
      <p className="unlock__device">{text('unlock.device', { label: status.label })}</p>
      <div className="unlock">
        <form className="unlock__form" autoComplete="off" onSubmit={(event) => void submit(event)}>
          <SecretField
            label={text('unlock.pin')}
            fieldRef={field}
            maxLength={pinLimits.max}
            shown={shown}
            onShown={setShown}
            plain
            busy={busy}
            invalid={problem !== null || remark !== null}
            describedBy="unlock-remark unlock-left"
            onTyped={typed}
          >
            <Remark id="unlock-remark">{remarkText}</Remark>
          </SecretField>
          <div className="unlock__actions">
            <Button kind="primary" size="large" type="submit" isDisabled={busy || waiting}>
              {text('unlock.submit')}
            </Button>
          </div>
          <p className="visually-hidden" role="status">
            {busy ? text('unlock.checking') : null}
          </p>
          <p className="unlock__forgot">{text('unlock.forgot')}</p>
        </form>
        <div className="unlock__pad">
          <PinPad fieldRef={field} disabled={busy || waiting} onTyped={typed} />
        </div>
      </div>
      <Problem failure={problem} />
      {left > fewLeft || problem?.reason === 'pinWrong' ? null : (
        <p id="unlock-left" className="unlock__left">
          <TriangleAlert size={20} aria-hidden="true" />
          {text('unlock.left', { left })}
        </p>
      )}
      <Wait seconds={seconds} />
    </Page>
  );
}

/** What cannot be the PIN is not tried, because each try counts. */
function remarkOn(typed: string): RemarkName | null {
  if (typed === '') return 'empty';
  if (isForeign(typed)) return 'foreign';
  return [...typed].length < pinLimits.min ? 'short' : null;
}
