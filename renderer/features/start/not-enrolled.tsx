import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { FailureText } from '../../components/failure-text.tsx';
import { Page } from '../../components/page.tsx';

export type NotEnrolledProps = Readonly<{
  failure: Failure;
  seenAt: number;
  version: string;
  standIn: boolean;
  footer: ReactNode;
  onCheckAgain: () => void;
  onQuit: () => void;
}>;

/** The laptop cannot connect as it is: says why and whom to ask, and offers no connect button that could only fail. */
export function NotEnrolled({ failure, seenAt, version, standIn, footer, onCheckAgain, onQuit }: NotEnrolledProps) {
  const { text, language } = useText();
  return (
    <Page
      screen="notEnrolled"
      standIn={standIn}
      footer={footer}
      icon={<CircleAlert className="sign sign--error" size={48} aria-hidden="true" />}
      heading={catalogue[failure.reason].title[language]}
    >
      <FailureText
        failure={failure}
        seenAt={seenAt}
        facts={[[text('ended.version'), version]]}
        actions={
          <div className="page__actions">
            <Button kind="primary" size="large" onPress={onCheckAgain}>
              {text('notEnrolled.checkAgain')}
            </Button>
            <Button size="large" onPress={onQuit}>
              {text('notEnrolled.quit')}
            </Button>
          </div>
        }
      />
    </Page>
  );
}
