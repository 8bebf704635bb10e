import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { ErrorDetails, Failure } from '#contract/errors/hanare-error.ts';

/**
 * Thrown to end the session for a reason of the catalogue. Not HanareError: that carries the catalogue's texts with it,
 * and the worker needs none of them.
 */
export class ScreenEnd extends Error {
  readonly failure: Failure;

  constructor(reason: ErrorName, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'ScreenEnd';
    this.failure = { reason, details };
  }
}

/** @param problem a short fixed phrase with at most a number in it; never text from the desk. */
export function protocolProblem(problem: string, options?: ErrorOptions): ScreenEnd {
  return new ScreenEnd('screenProtocolError', { problem }, options);
}

/** Text from the desk, made fit to be shown: one line, no control or direction characters, short. */
export function plainText(text: string, most: number): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, most);
}
