import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Language } from '#contract/errors/entry.ts';
import { en } from './messages/en.ts';
import { ja, type MessageId } from './messages/ja.ts';

export const messages: Readonly<Record<Language, Readonly<Record<MessageId, string>>>> = { ja, en };

type Plain = Readonly<Record<string, string | number>>;
type Rich = Readonly<Record<string, string | number | ((chunks: ReactNode[]) => ReactNode)>>;

/** The window's texts in the present language; an unknown key does not compile. */
export function useText() {
  const intl = useIntl();
  const language: Language = intl.locale === 'en' ? 'en' : 'ja';
  return {
    language,
    text: (id: MessageId, values?: Plain): string => intl.formatMessage({ id }, values),
    rich: (id: MessageId, values: Rich): ReactNode => intl.formatMessage({ id }, values),
    /** A length of time as it is said: `58秒`, `1分58秒`. */
    duration: (seconds: number): string =>
      seconds < 60
        ? intl.formatMessage({ id: 'time.seconds' satisfies MessageId }, { seconds })
        : intl.formatMessage(
            { id: 'time.minutes' satisfies MessageId },
            { minutes: Math.floor(seconds / 60), seconds: seconds % 60 },
          ),
    date: (at: number): string =>
      intl.formatDate(at, { year: 'numeric', month: language === 'ja' ? 'long' : 'short', day: 'numeric' }),
    /** A day and a time of day, to the minute. */
    moment: (at: number): string =>
      intl.formatDate(at, {
        month: language === 'ja' ? 'long' : 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
    dateTime: (at: number): string =>
      intl.formatDate(at, {
        year: 'numeric',
        month: language === 'ja' ? 'long' : 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }),
  };
}
