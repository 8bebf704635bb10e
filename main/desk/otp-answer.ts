import { HanareError } from '#contract/errors/hanare-error.ts';
import { parseCode } from '#contract/identity/code.ts';
import type { OtpAnswer } from '#contract/ipc/state.ts';
import type { Otp } from '#contract/wire/messages.ts';

/**
 * Reads a one-time password as a person types it: full-width digits and any grouping are fine.
 * @throws HanareError otpMalformed
 */
export function readOtp({ kind, code }: OtpAnswer): Otp {
  const text =
    kind === 'emergency'
      ? parseCode('emergency', code)
      : /^\d{6}$/.exec(code.normalize('NFKC').replace(/[\s-]/g, ''))?.[0];
  if (text === undefined) throw new HanareError('otpMalformed');
  return { kind, code: text };
}
