import * as v from 'valibot';
import { errorNames } from '#contract/errors/catalogue.ts';
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
