import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultDeviceDays, registerDevice } from '../site/devices.ts';
import { writeAtomically } from '../site/files.ts';
import { loadCa, loadConfig } from '../site/site.ts';
import { CliError, type Context, show, table, time } from './outcome.ts';
import { parseDays, parseHost, parseId, parseName, parsePort } from './values.ts';
import { withStore } from './with-store.ts';

type IssueOptions = {
  user: string;
  label: string;
  out: string;
  id?: string;
  gatewayHost?: string;
  gatewayPort?: number;
  days: number;
};

export function addDeviceCommands(program: Command, context: Context): void {
  const device = program.command('device').description('the laptops that may connect');
  device
    .command('issue')
    .description('register a laptop and write its device file: it holds the private key, so hand it over with care')
    .requiredOption('--user <id>', 'whose laptop it is', parseId)
    .requiredOption('--label <label>', 'what is written on the laptop', parseName)
    .requiredOption('--out <file>', 'device file to write; it must not exist yet')
    .option('--id <id>', 'id of the device (default: made up)', parseId)
    .option('--gateway-host <host>', 'where the laptop connects to (default: the first host of the site)', parseHost)
    .option('--gateway-port <number>', 'and on which port (default: the configured one)', parsePort)
    .option('--days <number>', 'how long the certificate is valid', parseDays, defaultDeviceDays)
    .addHelpText(
      'after',
      '\nExample:\n  $ hanare-gateway device issue --user yamada --label "Laptop 7" --out laptop-7.json',
    )
    .action((options: IssueOptions, command: Command) =>
      withStore(command, context, async ({ store, json, data }) => {
        const path = resolve(context.cwd, options.out);
        if (existsSync(path)) throw fileExists(path);
        const config = loadConfig(data);
        if (options.gatewayPort === undefined && config.listen.port === 0) {
          throw new CliError('The site has no fixed port; give --gateway-port.');
        }
        // The file is claimed before the store is changed, so that a full disk leaves no device without a key.
        const claim = () => writeAtomically(path, '', { replace: false });
        try {
          claim();
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(path);
          throw new CliError(`The file ${path} cannot be written.`, undefined, { cause: error });
        }
        try {
          const file = await registerDevice(
            { config, ca: loadCa(data), store },
            {
              ...{ user: options.user, label: options.label, id: options.id, days: options.days, now: context.now() },
              gateway: { host: options.gatewayHost, port: options.gatewayPort },
            },
          );
          writeAtomically(path, `${JSON.stringify(file, null, 2)}\n`, { replace: true });
          const { id, label } = file.device;
          const result = { device: { id, label, user: options.user }, gateway: file.gateway, file: path };
          show(context, json, result, `Device "${id}" (${label}) of "${options.user}" registered; file: ${path}`);
        } catch (error) {
          rmSync(path, { force: true });
          throw error;
        }
      }),
    );
  device
    .command('list')
    .description('list all laptops')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway device list')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const devices = store.devices();
        const rows = devices.map(({ id, label, user, status, expires }) => [id, label, user, status, time(expires)]);
        const head = ['ID', 'LABEL', 'USER', 'STATUS', 'EXPIRES'];
        show(context, json, { devices }, table(head, rows, 'There are no devices yet.'));
      }),
    );
  for (const [verb, status, description] of [
    ['revoke', 'revoked', 'stop a laptop at once; a live session is cut'],
    ['restore', 'active', 'let a stopped laptop connect again'],
  ] as const) {
    device
      .command(verb)
      .description(description)
      .argument('<id>', 'id of the device', parseId)
      .addHelpText('after', `\nExample:\n  $ hanare-gateway device ${verb} laptop-7`)
      .action((id: string, _: object, command: Command) =>
        withStore(command, context, ({ store, json }) => {
          const changed = store.setDeviceStatus(id, status);
          const text = changed ? `Device "${id}" is ${status} now.` : `Device "${id}" was ${status} already.`;
          show(context, json, { device: id, status, changed }, text);
        }),
      );
  }
}

function fileExists(path: string): CliError {
  return new CliError(`The file ${path} exists already; nothing was changed.`);
}
