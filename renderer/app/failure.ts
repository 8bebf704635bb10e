import * as v from 'valibot';
import { catalogue, errorNames, fillText } from '#contract/errors/catalogue.ts';
import type { Language } from '#contract/errors/entry.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';

const failureSchema = v.object({
  reason: v.picklist(errorNames),
  details: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
});

const internal: Failure = { reason: 'internal', details: {} };

/**
 * Reads back the Failure that preload put into a rejection's message as JSON (contextBridge keeps nothing else).
 * Anything else that was thrown becomes `internal`, so a screen always has a catalogue entry to show.
 */
export function readFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return internal;
  try {
    const parsed = v.safeParse(failureSchema, JSON.parse(error.message));
    return parsed.success ? parsed.output : internal;
  } catch {
    return internal;
  }
}

export type SaidFailure = Readonly<{ title: string; cause: string; user: string; helpdesk: string; code: string }>;

/** A failure in words. `code`: its digits one by one, as they are read out over the telephone and by a screen reader. */
export function sayFailure({ reason, details }: Failure, language: Language): SaidFailure {
  const entry = catalogue[reason];
  const said = spoken({ reason, details }, language);
  const fill = (part: 'title' | 'cause' | 'user' | 'helpdesk') => fillText(entry[part][language], said);
  return {
    title: fill('title'),
    cause: fill('cause'),
    user: fill('user'),
    helpdesk: fill('helpdesk'),
    code: [...entry.code].join(' '),
  };
}

/** A failure's values as a person reads them. */
function spoken({ reason, details }: Failure, language: Language): Failure['details'] {
  const { seconds, opens } = details;
  // Which of the two clocks is ahead, the sentence does not say.
  if (reason === 'otpClock' && typeof seconds === 'number') return { seconds: Math.abs(seconds) };
  if (reason === 'outsideHours') return { opens: sayOpening(opens, language) };
  return details;
}

/** The gateway's `11/24 08:30`, on the clock of the hours, which need not be this laptop's. */
function sayOpening(opens: Failure['details'][string] | undefined, language: Language): string {
  if (typeof opens !== 'string') return language === 'ja' ? '庁で決められた日' : 'a day that the office names';
  const [, month, day, time] = /^(\d{2})\/(\d{2}) (\d{2}:\d{2})$/.exec(opens) ?? [];
  if (month === undefined || day === undefined || time === undefined) return opens;
  // A leap year, so that it has every day.
  const date = new Intl.DateTimeFormat(language, {
    month: language === 'ja' ? 'long' : 'short',
    day: 'numeric',
    timeZone: 'UTC',
  }).format(Date.UTC(2028, Number(month) - 1, Number(day)));
  return `${date} ${time}`;
}
