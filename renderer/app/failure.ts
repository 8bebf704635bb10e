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
  const { seconds } = details;
  // Which of the two clocks is ahead, the sentence does not say.
  const said = reason === 'otpClock' && typeof seconds === 'number' ? { seconds: Math.abs(seconds) } : details;
  const fill = (part: 'title' | 'cause' | 'user' | 'helpdesk') => fillText(entry[part][language], said);
  return {
    title: fill('title'),
    cause: fill('cause'),
    user: fill('user'),
    helpdesk: fill('helpdesk'),
    code: [...entry.code].join(' '),
  };
}
