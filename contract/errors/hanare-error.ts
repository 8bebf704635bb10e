import { catalogue, type ErrorName } from './catalogue.ts';

/** Values that explain one occurrence (seconds of clock skew, a server's address): shown and logged, so never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * An expected failure. `name` picks the text of the catalogue; `details` fill its placeholders.
 * The message is for logs and stacks only, never for a person.
 */
export class HanareError extends Error {
  readonly reason: ErrorName;
  readonly details: ErrorDetails;

  constructor(reason: ErrorName, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(`${catalogue[reason].code} ${reason}`, options);
    this.name = 'HanareError';
    this.reason = reason;
    this.details = details;
  }
}

/** The form in which a failure crosses a process boundary. */
export type Failure = Readonly<{ reason: ErrorName; details: ErrorDetails }>;

/** Turns whatever was thrown into a failure that may be shown; anything unexpected becomes `internal`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof HanareError) return { reason: error.reason, details: error.details };
  return { reason: 'internal', details: {} };
}

export function fromFailure(failure: Failure): HanareError {
  return new HanareError(failure.reason, failure.details);
}
