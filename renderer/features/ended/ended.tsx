import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { DeviceStatus, Receipt, Stage } from '#contract/ipc/state.ts';
import { sayFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { FailureText } from '../../components/failure-text.tsx';
import { labelOf } from '../../components/footer.tsx';
import { Page } from '../../components/page.tsx';
import { ReceiptNote } from './receipt.tsx';

export type Ended = Readonly<{
  /** Null when the person ended it. */
  failure: Failure | null;
  /** Null when it had been connected. */
  stage: Stage | null;
  deskName: string | null;
  seenAt: number;
  /** As the session's state has it. */
  receipt: Receipt | 'pending' | null;
}>;

export type EndedProps = Readonly<{
  ended: Ended;
  device: DeviceStatus;
  version: string;
  standIn: boolean;
  footer: ReactNode;
  busy: boolean;
  onRetry: () => void;
  onBack: () => void;
}>;

/**
 * The session is over: why, and what to do. Enter does not press the button from afar here, because a person who was
 * typing at the desk a moment ago may press it without having seen this screen.
 */
export function EndedScreen(props: EndedProps) {
  const { ended, standIn, footer } = props;
  const { text, language } = useText();
  const { failure } = ended;
  const facts = useFacts(props);
  const receipt = receiptOf(ended);
  return (
    <Page
      screen={failure === null ? 'ended' : `failed.${failure.reason}`}
      standIn={standIn}
      footer={footer}
      icon={
        failure === null ? (
          <CircleCheck className="sign sign--calm" size={48} aria-hidden="true" />
        ) : (
          <CircleAlert className="sign sign--error" size={48} aria-hidden="true" />
        )
      }
      heading={failure === null ? text('ended.byUser') : sayFailure(failure, language).title}
    >
      {failure === null ? (
        <>
          {receipt === null ? null : <ReceiptNote receipt={receipt} />}
          <Actions {...props} />
        </>
      ) : (
        <FailureText
          failure={failure}
          seenAt={ended.seenAt}
          facts={facts}
          actions={
            <>
              <Actions {...props} />
              {receipt === null ? null : (
                <div className="failure__receipt">
                  <ReceiptNote receipt={receipt} />
                </div>
              )}
            </>
          }
        />
      )}
    </Page>
  );
}

/** What there is to say of remains; null where nobody expects any, because the session never came so far. */
function receiptOf({ receipt, stage, failure }: Ended) {
  if (receipt !== null) return receipt;
  if (stage === null) return 'failed';
  return failure === null ? 'none' : null;
}

function Actions({ ended, device, busy, onRetry, onBack }: EndedProps) {
  const { text } = useText();
  const { failure } = ended;
  // The screen that it goes back to is another one now: the session's end has locked the laptop, or has erased it.
  if (device.state !== 'open' || device.hold !== null) {
    return (
      <div className="page__actions">
        <Button kind="primary" size="large" onPress={onBack}>
          {text(device.state === 'locked' ? 'ended.unlock' : 'ended.back')}
        </Button>
      </div>
    );
  }
  // Where trying again cannot help, the one primary button must not invite to it.
  const retry = failure === null || catalogue[failure.reason].retry;
  return (
    <div className="page__actions">
      {retry ? (
        <Button kind="primary" size="large" isDisabled={busy} onPress={onRetry}>
          {text('ended.retry')}
        </Button>
      ) : null}
      <Button kind={retry ? 'secondary' : 'primary'} size="large" onPress={onBack}>
        {text('ended.back')}
      </Button>
    </div>
  );
}

function useFacts({ ended, device, version }: EndedProps): (readonly [string, string])[] {
  const { text } = useText();
  const facts: (readonly [string, string])[] = [
    [text('ended.stage'), ended.stage === null ? text('ended.inUse') : text(`stage.${ended.stage}`)],
  ];
  const label = labelOf(device);
  if (label !== null) facts.push([text('ended.device'), label]);
  if (device.state === 'open') facts.push([text('ended.user'), device.user.name]);
  if (ended.deskName !== null) facts.push([text('ended.desk'), ended.deskName]);
  facts.push([text('ended.version'), version]);
  return facts;
}
