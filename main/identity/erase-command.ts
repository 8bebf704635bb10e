import { catalogue } from '#contract/errors/catalogue.ts';
import type { Language } from '#contract/errors/entry.ts';
import { toFailure } from '#contract/errors/hanare-error.ts';

/** The part of Electron's `dialog` that is needed; `response` is the index of the button. */
type Dialog = Readonly<{
  showMessageBox: (options: {
    type: 'warning';
    message: string;
    detail: string;
    buttons: string[];
    defaultId: number;
    cancelId: number;
    noLink: boolean;
  }) => Promise<{ response: number }>;
}>;

const texts = {
  ja: {
    message: 'この端末の登録を消しますか。',
    detail: '鍵と登録、記録を消します。元には戻せません。使うには、情報システム担当による登録がもう一度いります。',
    buttons: ['やめる', '消す'],
    done: 'この端末の登録を消しました。',
    declined: '何も消していません。',
    failed: '登録を消しきれませんでした。',
  },
  en: {
    message: 'Erase the registration of this laptop?',
    detail: 'Its keys, registration and logs are erased. This cannot be undone: IT has to register it anew.',
    buttons: ['Cancel', 'Erase'],
    done: 'The registration of this laptop has been erased.',
    declined: 'Nothing was erased.',
    failed: 'The registration could not be erased completely.',
  },
} as const;
const eraseButton = 1;

/**
 * `hanare --erase`: takes this laptop's registration away by hand. It asks first, unless `--yes` is given too.
 * @param parts.argv the whole command line. @param parts.out gets one line, for a terminal or a log of the roll-out.
 * @returns the exit code: 0 erased (or nothing was there), 1 declined or failed; null when erasing was not asked for.
 */
export async function eraseCommand(parts: {
  argv: readonly string[];
  dialog: Dialog;
  erase: () => Promise<void>;
  out: (line: string) => void;
  language: Language;
}): Promise<number | null> {
  const { argv, dialog, erase, out } = parts;
  if (!argv.includes('--erase')) return null;
  const text = texts[parts.language];
  try {
    if (!argv.includes('--yes') && !(await confirmed(dialog, text))) {
      out(text.declined);
      return 1;
    }
    await erase();
    out(text.done);
    return 0;
  } catch (error) {
    const { reason } = toFailure(error);
    out(`${text.failed} ${catalogue[reason].title[parts.language]} (${catalogue[reason].code})`);
    return 1;
  }
}

async function confirmed(dialog: Dialog, text: (typeof texts)[Language]): Promise<boolean> {
  const { message, detail, buttons } = text;
  // The safe button is the one that Enter, Escape and closing the box press.
  const safe = { defaultId: 0, cancelId: 0, noLink: true };
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message,
    detail,
    buttons: [...buttons],
    ...safe,
  });
  return response === eraseButton;
}
