import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { sayFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { FailureText } from '../../components/failure-text.tsx';
import { Page } from '../../components/page.tsx';

export type UnusableProps = Readonly<{
  failure: Failure;
  seenAt: number;
  version: string;
  standIn: boolean;
  footer: ReactNode;
  onAgain: () => void;
  onQuit: () => void;
}>;

/** Registration or keychain cannot be used as they are: says why and whom to ask, and offers no button that could only fail. */
export function Unusable({ failure, seenAt, version, standIn, footer, onAgain, onQuit }: UnusableProps) {
  const { text, language } = useText();
  return (
    <Page
      screen={`failed.${failure.reason}`}
      standIn={standIn}
      footer={footer}
      icon={<CircleAlert className="sign sign--error" size={48} aria-hidden="true" />}
      heading={sayFailure(failure, language).title}
    >
      <FailureText
        failure={failure}
        seenAt={seenAt}
        facts={[[text('ended.version'), version]]}
        actions={
          <div className="page__actions">
            <Button kind="primary" size="large" onPress={onAgain}>
              {text('unusable.again')}
            </Button>
            <Button size="large" onPress={onQuit}>
              {text('unusable.quit')}
            </Button>
          </div>
        }
      />
    </Page>
  );
}
