import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { RulesList } from './rules-list.tsx';

export type RulesPageProps = Readonly<{ standIn: boolean; footer: ReactNode; onBack: () => void }>;

/** The rules on this laptop, outside a session. */
export function RulesPage({ standIn, footer, onBack }: RulesPageProps) {
  const { text } = useText();
  return (
    <Page
      screen="rules"
      standIn={standIn}
      footer={footer}
      icon={
        <div className="page__back">
          <Button kind="quiet" icon={<ArrowLeft size={20} aria-hidden="true" />} onPress={onBack}>
            {text('common.back')}
          </Button>
        </div>
      }
      heading={text('rules.title')}
    >
      <RulesList />
    </Page>
  );
}
