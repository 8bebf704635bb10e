import { useText } from '../../app/text.ts';
import { Dialog } from '../../components/dialog.tsx';
import { RulesList } from './rules-list.tsx';

/** The rules on this laptop, over a session that goes on. */
export function RulesDialog({ onClose }: Readonly<{ onClose: () => void }>) {
  const { text } = useText();
  return (
    <Dialog title={text('rules.title')} size="page" close={text('rules.close')} onCancel={onClose}>
      <RulesList />
    </Dialog>
  );
}
