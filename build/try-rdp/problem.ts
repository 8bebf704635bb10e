import { catalogue } from '#contract/errors/catalogue.ts';
import { type Failure, HanareError } from '#contract/errors/hanare-error.ts';
import { RdpProblem } from '#main/desk/rdp/problems.ts';
import { rdpFailure } from '#main/desk/rdp/reasons.ts';

export type Problem = Readonly<{ code: string; detail: string | null }>;

/** A step's own way to fail, in one word. */
export class StepFailure extends Error {
  readonly code: 'deskKeptItsSize' | 'notGivenBack' | 'noFrames' | 'keysMissing' | 'ended' | 'notBuilt';
  constructor(code: StepFailure['code']) {
    super(code);
    this.code = code;
  }
}

/**
 * What may be told of an error. INVARIANT: never its message, in which systems and libraries write addresses, paths and
 * what they were given; but for RdpProblem's, which are fixed phrases by its own contract.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof RdpProblem) return { code: codeOf(rdpFailure(error)), detail: error.message };
  if (error instanceof HanareError) return { code: codeOf(error), detail: phraseOf(error) };
  if (error instanceof StepFailure) return { code: error.code, detail: null };
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return { code: 'tooLong', detail: null };
  if (typeof code === 'string' && /^E[A-Z_]{2,40}$/.test(code)) return { code, detail: null };
  return { code: 'unexpected', detail: null };
}

const codeOf = ({ reason }: Pick<Failure, 'reason'>): string => catalogue[reason].code;

/** The screen's phrases are fixed ones too (protocolProblem); other details may name a server. */
function phraseOf({ reason, details }: Failure): string {
  const { problem } = details;
  return reason === 'screenProtocolError' && typeof problem === 'string' ? `${reason}: ${problem}` : reason;
}
