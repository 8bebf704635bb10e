import type { Credentials } from '#main/desk/rdp/ntlm.ts';
import { RdpProblem } from '#main/desk/rdp/problems.ts';
import type { Findings } from '../findings.ts';
import type { Steps } from '../steps.ts';
import { judgeStandardRdp, negotiate, readAnswer } from './negotiation.ts';
import { signIn, wrongPassword } from './sign-in.ts';
import { type Asked, asked, type Target } from './target.ts';
import { describeCredssp, describeTls } from './tls.ts';

const second = 1_000;

export type ProbeOptions = Readonly<{
  target: Target;
  credentials: Credentials;
  /** One logon with a password that is wrong. */
  wrongPassword: boolean;
  now(): number;
}>;

/**
 * What the host says before there is a screen. INVARIANT: a password that the host has refused is never sent again, for
 * hosts lock accounts.
 * @returns whether the app may go on with this password
 */
export async function probe(steps: Steps, findings: Findings, options: ProbeOptions): Promise<boolean> {
  const { target, credentials, now } = options;
  const answers: Partial<Record<Asked, Buffer | undefined>> = {};
  await steps.run('negotiation', { budgetMs: 45 * second }, async (signal) => {
    for (const what of Object.keys(asked) as Asked[]) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(10 * second)]);
      answers[what] = await negotiate(target, what, within).catch((error: unknown) => {
        // A host that hangs up on one of the questions, or does not answer it, may answer the others.
        if (isSilence(error) || (within.aborted && !signal.aborted)) return undefined;
        throw error;
      });
    }
    if (Object.values(answers).every((answer) => answer === undefined))
      throw new RdpProblem('desk-hung-up', 'no answer');
    const told = (what: Asked) => (answers[what] ? readAnswer(answers[what]) : null);
    findings.negotiation = { rdp: told('rdp'), tls: told('tls'), nla: told('nla'), nlaEx: told('nlaEx') };
  });
  const reached = findings.negotiation !== undefined;
  const unreached = reached ? null : 'unreachable';
  const offers = (what: Asked, ...wanted: string[]) =>
    wanted.includes(findings.negotiation?.[what]?.selected ?? '') ? null : 'notOffered';

  await steps.run('standardRdp', { budgetMs: second, skip: unreached ?? (answers.rdp ? null : 'notAnswered') }, () => {
    findings.standardRdp = judgeStandardRdp(answers.rdp!);
    if (!findings.standardRdp.hanareRefuses) throw new Error('standard RDP security was taken');
  });
  await steps.run('tls', { budgetMs: 15 * second, skip: unreached }, async (signal) => {
    findings.tls = await describeTls(target, signal, now());
  });
  const noNla = unreached ?? offers('nlaEx', 'HYBRID', 'HYBRID_EX');
  await steps.run('credssp', { budgetMs: 15 * second, skip: noNla }, async (signal) => {
    findings.credssp = await describeCredssp(target, signal);
  });
  let allowed = true;
  const enter = async (what: Asked, signal: AbortSignal) => {
    try {
      findings.signIn = { ...findings.signIn, [what]: await signIn(target, { what, credentials, signal }) };
    } catch (error) {
      allowed = !isRefusal(error);
      throw error;
    }
  };
  await steps.run('nlaEx', { budgetMs: 20 * second, skip: noNla }, (signal) => enter('nlaEx', signal));
  const afterSignIn = findings.signIn?.nlaEx ? null : 'noSignIn';
  // A right password after it sets the host's counter of wrong ones back.
  const mayErr = unreached ?? noNla ?? (options.wrongPassword ? afterSignIn : 'notAsked');
  await steps.run('wrongPassword', { budgetMs: 20 * second, skip: mayErr, expect: '4103' }, async (signal) => {
    await signIn(target, { what: 'nlaEx', credentials: { ...credentials, password: wrongPassword() }, signal });
  });
  const nla = unreached ?? offers('nla', 'HYBRID') ?? refusedBefore(allowed);
  await steps.run('nla', { budgetMs: 20 * second, skip: nla }, (signal) => enter('nla', signal));
  // Nobody is signed in by it, so a password that was refused is no matter.
  const tlsOnly = unreached ?? offers('tls', 'TLS');
  await steps.run('tlsOnly', { budgetMs: 20 * second, skip: tlsOnly }, async (signal) => {
    findings.signIn = { ...findings.signIn, tls: await signIn(target, { what: 'tls', credentials, signal }) };
  });
  return reached && allowed;
}

const refusedBefore = (allowed: boolean) => (allowed ? null : 'refusedBefore');

function isSilence(error: unknown): boolean {
  return error instanceof RdpProblem || (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

/** The host has judged the account or its password. */
function isRefusal(error: unknown): boolean {
  return error instanceof RdpProblem && /^desk-(password|account|logon|refused)/.test(error.reason);
}
