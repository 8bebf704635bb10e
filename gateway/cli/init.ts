import { type Command, Option } from 'commander';
import { trialRules } from '#contract/policy/policy.ts';
import { initSite } from '../site/site.ts';
import { CliError, type Context, exitCodes, globalOptions, show } from './outcome.ts';
import { collectHosts, parseHost, parseListenPort, parseName } from './values.ts';

type Options = {
  site: string;
  host?: string[];
  port: number;
  enrolPort: number;
  listen: string;
  rules: 'strict' | 'trial';
};

const trialText =
  '\nIts rules are for a trial: they only say what they would refuse. Before laptops are lent, put {"version": 2} in the ' +
  'place of "policy" in config.json and start the gateway anew.';

export function addInit(program: Command, context: Context): void {
  program
    .command('init')
    .description('make a new site: its CA, the gateway certificate, its keys, configuration and store')
    .requiredOption('--site <name>', 'name of the office, shown to people', parseName)
    .option('--host <host>', 'name or address that laptops connect to; repeat for several', collectHosts)
    .option('--port <number>', 'port to listen on', parseListenPort, 8443)
    .option('--enrol-port <number>', 'port on which laptops enrol', parseListenPort, 8444)
    .option('--listen <address>', 'address to listen on', parseHost, '0.0.0.0')
    .addOption(
      new Option('--rules <how>', 'strict: refuse what is not in order; trial: only say it, for laptops not kitted yet')
        .choices(['strict', 'trial'])
        .default('strict'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ hanare-gateway init --site "Sakura City" --host gw.example.lg.jp --host 192.0.2.7',
    )
    .action(async (options: Options, command: Command) => {
      const { data, json } = globalOptions(command, context);
      if (options.host === undefined) throw new CliError('Give at least one --host.', exitCodes.usage);
      const trial = options.rules === 'trial';
      const config = await initSite(data, {
        site: options.site,
        hosts: options.host,
        listen: { host: options.listen, port: options.port },
        enrol: { host: options.listen, port: options.enrolPort },
        policy: trial ? trialRules : {},
        now: context.now(),
      });
      show(
        context,
        json,
        {
          data,
          site: config.site.name,
          hosts: config.hosts,
          listen: config.listen,
          enrol: config.enrol,
          rules: options.rules,
        },
        `The site "${config.site.name}" is ready in ${data}.\nKeep that folder safe: whoever has ca.key can make devices, and whoever has store.key and the store can make one-time passwords.${trial ? trialText : ''}`,
      );
    });
}
