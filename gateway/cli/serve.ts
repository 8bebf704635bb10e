import type { Command } from 'commander';
import { createLogger } from '#contract/log/logger.ts';
import { openGateway } from '../server/index.ts';
import { CliError, type Context, exitCodes, globalOptions, show } from './outcome.ts';
import { formatAddress, parseHost, parseListenPort, parseReplica } from './values.ts';

type Options = { port?: number; enrolPort?: number; listen?: string; replica?: string };

export function addServe(program: Command, context: Context): void {
  program
    .command('serve')
    .description('run the gateway until it is told to stop (SIGTERM or Ctrl+C); its log goes to stderr as JSON lines')
    .option('--port <number>', 'port instead of the configured one; 0 takes a free one', parseListenPort)
    .option('--enrol-port <number>', 'the same for the port on which laptops enrol', parseListenPort)
    .option('--listen <address>', 'address instead of the configured ones', parseHost)
    .option('--replica <name>', 'own name, where several processes serve one data folder', parseReplica)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway --data /var/lib/hanare-gateway serve --port 8443')
    .action(async (options: Options, command: Command) => {
      const { data, json } = globalOptions(command, context);
      const logger = createLogger({ sink: context.output.err, now: context.now, context: 'gateway' });
      const { replica } = options;
      const gateway = openGateway({ dataDir: data, logger, ...(replica === undefined ? {} : { replica }) });
      try {
        const stopped = context.stopped();
        const address = await gateway.listen(listenAt(options)).catch((error: NodeJS.ErrnoException) => {
          throw new CliError(listenProblem(error), exitCodes.cannotListen, { cause: error });
        });
        const name = gateway.site.config.site.name;
        const enrol = gateway.enrolAddress();
        const enrolText = enrol === null ? 'Enrolment is switched off' : `Laptops enrol on ${formatAddress(enrol)}`;
        show(
          context,
          json,
          { event: 'ready', host: address.host, port: address.port, enrol },
          `The gateway of "${name}" listens on ${formatAddress(address)}. ${enrolText}. Stop it with Ctrl+C.`,
        );
        await stopped;
      } finally {
        await gateway.close();
      }
    });
}

function listenAt({ port, enrolPort, listen }: Options) {
  const host = listen === undefined ? {} : { host: listen };
  return {
    ...host,
    ...(port === undefined ? {} : { port }),
    enrol: { ...host, ...(enrolPort === undefined ? {} : { port: enrolPort }) },
  };
}

function listenProblem(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'Another program listens on that port already.';
    case 'EACCES':
      return 'This account may not listen on that port; use one above 1023.';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'This computer does not have that address.';
    default:
      return `The gateway cannot listen (${error.code ?? error.message}).`;
  }
}
