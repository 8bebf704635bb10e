import type { Command } from 'commander';
import { withOutFile } from './out-file.ts';
import { type Context, show } from './outcome.ts';
import { addPolicyChanges } from './policy-change.ts';
import { withPolicies } from './policy-options.ts';
import { addPolicyShow } from './policy-show.ts';
import { addPolicySimulate } from './policy-simulate.ts';

export function addPolicyCommands(program: Command, context: Context): void {
  const policy = program.command('policy').description('the rules that laptops and sessions are held to');
  addPolicyShow(policy, context);
  addPolicyChanges(policy, context);
  addPolicySimulate(policy, context);
  addBaseline(policy, context);
}

function addBaseline(policy: Command, context: Context): void {
  policy
    .command('baseline')
    .description('write the rules for everybody, signed; on a laptop no later policy is looser than this file')
    .requiredOption('--out <file>', 'file to write; it must not exist yet')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway policy baseline --out baseline.jws')
    .action(({ out }: { out: string }, command: Command) =>
      withPolicies(command, context, async ({ policies, audit, actor, json }) => {
        const { version } = policies.general().policy;
        const token = await policies.baseline();
        const made = () => audit.append({ actor, action: 'policy.baseline', details: { version } });
        const { file } = withOutFile(context, out, made, () => `${token}\n`);
        const text = `The baseline is written to ${file}; it holds no secret. Put it where only administrators write.`;
        show(context, json, { file, version }, text);
      }),
    );
}
