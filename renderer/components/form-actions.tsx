import { useText } from '../app/text.ts';
import { Button } from './button.tsx';

export type FormActionsProps = Readonly<{
  /** Where the form stands: on a page of its own, or in a dialog. */
  place: 'page' | 'dialog';
  submit: string;
  /** What is being done since it was sent, for the ear; null when nothing is. */
  doing?: string | null;
  isDisabled?: boolean;
  /** The way out; by default "cancel". */
  back?: string;
  onBack: () => void;
}>;

/** The end of a form: the one primary button, and the way out beside it. */
export function FormActions({ place, submit, doing, isDisabled = false, back, onBack }: FormActionsProps) {
  const { text } = useText();
  return (
    <>
      {doing === undefined ? null : (
        <p className="visually-hidden" role="status">
          {doing}
        </p>
      )}
      <div className={`${place}__actions`}>
        <Button kind="primary" size="large" type="submit" isDisabled={isDisabled}>
          {submit}
        </Button>
        <Button size="large" onPress={onBack}>
          {back ?? text('common.cancel')}
        </Button>
      </div>
    </>
  );
}
