import type { Command } from 'commander';
import { createLogger } from '#contract/log/logger.ts';
import { openGateway } from '../server/index.ts';
import { CliError, type Context, exitCodes, globalOptions, show } from './outcome.ts';
import { formatAddress, parseHost, parseListenPort } from './values.ts';

export function addServe(program: Command, context: Context): void {
  program
    .command('serve')
    .description('run the gateway until it is told to stop (SIGTERM or Ctrl+C); its log goes to stderr as JSON lines')
    .option('--port <number>', 'port instead of the configured one; 0 takes a free one', parseListenPort)
    .option('--listen <address>', 'address instead of the configured one', parseHost)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway --data /var/lib/hanare-gateway serve --port 8443')
    .action(async (options: { port?: number; listen?: string }, command: Command) => {
      const { data, json } = globalOptions(command, context);
      const logger = createLogger({ sink: context.output.err, now: context.now, context: 'gateway' });
      const gateway = openGateway({ dataDir: data, logger });
      try {
        const stopped = context.stopped();
        const address = await gateway
          .listen({
            ...(options.port === undefined ? {} : { port: options.port }),
            ...(options.listen === undefined ? {} : { host: options.listen }),
          })
          .catch((error: NodeJS.ErrnoException) => {
            throw new CliError(listenProblem(error), exitCodes.cannotListen, { cause: error });
          });
        const name = gateway.site.config.site.name;
        show(
          context,
          json,
          { event: 'ready', host: address.host, port: address.port },
          `The gateway of "${name}" listens on ${formatAddress(address)}. Stop it with Ctrl+C.`,
        );
        await stopped;
      } finally {
        await gateway.close();
      }
    });
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
